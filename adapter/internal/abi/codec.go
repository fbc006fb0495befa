// Code generated from abi/schema.json by `cargo run -p dorcas-generate`. DO NOT EDIT.

package abi

func readGuestError(r *reader, v *GuestError) *Fault {
	if fault := readU32(r, &v.Code); fault != nil {
		return fault.in("code")
	}
	if fault := readNonEmpty(r, &v.Message); fault != nil {
		return fault.in("message")
	}
	return nil
}

func writeGuestError(w *writer, v *GuestError) *Fault {
	if fault := writeU32(w, &v.Code); fault != nil {
		return fault.in("code")
	}
	if fault := writeNonEmpty(w, &v.Message); fault != nil {
		return fault.in("message")
	}
	return nil
}

func readDiagnostic(r *reader, v *Diagnostic) *Fault {
	if fault := readSeverity(r, &v.Severity); fault != nil {
		return fault.in("severity")
	}
	if fault := readNonEmpty(r, &v.Message); fault != nil {
		return fault.in("message")
	}
	if fault := readOption(r, &v.File, readText); fault != nil {
		return fault.in("file")
	}
	if fault := readPosition(r, &v.Position); fault != nil {
		return fault.in("position")
	}
	return nil
}

func writeDiagnostic(w *writer, v *Diagnostic) *Fault {
	if fault := writeSeverity(w, &v.Severity); fault != nil {
		return fault.in("severity")
	}
	if fault := writeNonEmpty(w, &v.Message); fault != nil {
		return fault.in("message")
	}
	if fault := writeOption(w, &v.File, writeText); fault != nil {
		return fault.in("file")
	}
	if fault := writePosition(w, &v.Position); fault != nil {
		return fault.in("position")
	}
	return nil
}

func readSeverity(r *reader, v *Severity) *Fault {
	tag, fault := r.tag("Severity", 3)
	*v = Severity(tag)
	return fault
}

func writeSeverity(w *writer, v *Severity) *Fault { return w.tag("Severity", uint32(*v), 3) }

func readPosition(r *reader, v *Position) *Fault {
	tag, fault := r.tag("Position", 6)
	if fault != nil {
		return fault
	}
	switch tag {
	case 0:
		*v = nil
	case 1:
		var one uint32
		fault = readU32(r, &one).in("Line")
		*v = Line(one)
	case 2:
		var one uint32
		fault = readU32(r, &one).in("Offset")
		*v = Offset(one)
	case 3:
		var one uint32
		fault = readU32(r, &one).in("MatchIndex")
		*v = MatchIndex(one)
	case 4:
		var one uint32
		fault = readU32(r, &one).in("DirectiveIndex")
		*v = DirectiveIndex(one)
	case 5:
		var one uint32
		fault = readU32(r, &one).in("RuleIndex")
		*v = RuleIndex(one)
	}
	return fault
}

func writePosition(w *writer, v *Position) *Fault {
	if *v == nil {
		return w.tag("Position", 0, 6)
	}
	return (*v).writePosition(w)
}

func (v Line) writePosition(w *writer) *Fault {
	if fault := w.tag("Position", 1, 6); fault != nil {
		return fault
	}
	one := uint32(v)
	return writeU32(w, &one).in("Line")
}

func (v Offset) writePosition(w *writer) *Fault {
	if fault := w.tag("Position", 2, 6); fault != nil {
		return fault
	}
	one := uint32(v)
	return writeU32(w, &one).in("Offset")
}

func (v MatchIndex) writePosition(w *writer) *Fault {
	if fault := w.tag("Position", 3, 6); fault != nil {
		return fault
	}
	one := uint32(v)
	return writeU32(w, &one).in("MatchIndex")
}

func (v DirectiveIndex) writePosition(w *writer) *Fault {
	if fault := w.tag("Position", 4, 6); fault != nil {
		return fault
	}
	one := uint32(v)
	return writeU32(w, &one).in("DirectiveIndex")
}

func (v RuleIndex) writePosition(w *writer) *Fault {
	if fault := w.tag("Position", 5, 6); fault != nil {
		return fault
	}
	one := uint32(v)
	return writeU32(w, &one).in("RuleIndex")
}

func readManifestRequest(r *reader, v *ManifestRequest) *Fault {
	if fault := readText(r, &v.Host); fault != nil {
		return fault.in("host")
	}
	return nil
}

func writeManifestRequest(w *writer, v *ManifestRequest) *Fault {
	if fault := writeText(w, &v.Host); fault != nil {
		return fault.in("host")
	}
	return nil
}

func readManifest(r *reader, v *Manifest) *Fault {
	if fault := readText(r, &v.Version); fault != nil {
		return fault.in("version")
	}
	if fault := readList(r, &v.Kinds, 7, 1, readKind); fault != nil {
		return fault.in("kinds")
	}
	if fault := readList(r, &v.Loads, 5, 0, readLoadInfo); fault != nil {
		return fault.in("loads")
	}
	if fault := readList(r, &v.Directives, 2, 1, readDirectiveInfo); fault != nil {
		return fault.in("directives")
	}
	if fault := readList(r, &v.Flags, 4, 1, readFlag); fault != nil {
		return fault.in("flags")
	}
	if fault := readList(r, &v.Inputs, 8, 0, readInput); fault != nil {
		return fault.in("inputs")
	}
	if fault := readBool(r, &v.Stateful); fault != nil {
		return fault.in("stateful")
	}
	if fault := readBool(r, &v.Quiet); fault != nil {
		return fault.in("quiet")
	}
	return nil
}

func writeManifest(w *writer, v *Manifest) *Fault {
	if fault := writeText(w, &v.Version); fault != nil {
		return fault.in("version")
	}
	if fault := writeList(w, &v.Kinds, 7, 1, writeKind); fault != nil {
		return fault.in("kinds")
	}
	if fault := writeList(w, &v.Loads, 5, 0, writeLoadInfo); fault != nil {
		return fault.in("loads")
	}
	if fault := writeList(w, &v.Directives, 2, 1, writeDirectiveInfo); fault != nil {
		return fault.in("directives")
	}
	if fault := writeList(w, &v.Flags, 4, 1, writeFlag); fault != nil {
		return fault.in("flags")
	}
	if fault := writeList(w, &v.Inputs, 8, 0, writeInput); fault != nil {
		return fault.in("inputs")
	}
	if fault := writeBool(w, &v.Stateful); fault != nil {
		return fault.in("stateful")
	}
	if fault := writeBool(w, &v.Quiet); fault != nil {
		return fault.in("quiet")
	}
	return nil
}

func readKind(r *reader, v *Kind) *Fault {
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readBool(r, &v.MatchAny); fault != nil {
		return fault.in("match_any")
	}
	if fault := readList(r, &v.MatchAttrs, 1, 0, readText); fault != nil {
		return fault.in("match_attrs")
	}
	if fault := readList(r, &v.NonEmptyAttrs, 1, 1, readText); fault != nil {
		return fault.in("non_empty_attrs")
	}
	if fault := readList(r, &v.SubstituteAttrs, 1, 1, readText); fault != nil {
		return fault.in("substitute_attrs")
	}
	if fault := readList(r, &v.MergeableAttrs, 1, 1, readText); fault != nil {
		return fault.in("mergeable_attrs")
	}
	if fault := readList(r, &v.ResolveAttrs, 1, 1, readText); fault != nil {
		return fault.in("resolve_attrs")
	}
	return nil
}

func writeKind(w *writer, v *Kind) *Fault {
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeBool(w, &v.MatchAny); fault != nil {
		return fault.in("match_any")
	}
	if fault := writeList(w, &v.MatchAttrs, 1, 0, writeText); fault != nil {
		return fault.in("match_attrs")
	}
	if fault := writeList(w, &v.NonEmptyAttrs, 1, 1, writeText); fault != nil {
		return fault.in("non_empty_attrs")
	}
	if fault := writeList(w, &v.SubstituteAttrs, 1, 1, writeText); fault != nil {
		return fault.in("substitute_attrs")
	}
	if fault := writeList(w, &v.MergeableAttrs, 1, 1, writeText); fault != nil {
		return fault.in("mergeable_attrs")
	}
	if fault := writeList(w, &v.ResolveAttrs, 1, 1, writeText); fault != nil {
		return fault.in("resolve_attrs")
	}
	return nil
}

func readLoadInfo(r *reader, v *LoadInfo) *Fault {
	if fault := readText(r, &v.Module); fault != nil {
		return fault.in("module")
	}
	if fault := readText(r, &v.Repo); fault != nil {
		return fault.in("repo")
	}
	if fault := readNonEmpty(r, &v.File); fault != nil {
		return fault.in("file")
	}
	if fault := readList(r, &v.Symbols, 1, 1, readText); fault != nil {
		return fault.in("symbols")
	}
	if fault := readList(r, &v.After, 1, 0, readText); fault != nil {
		return fault.in("after")
	}
	return nil
}

func writeLoadInfo(w *writer, v *LoadInfo) *Fault {
	if fault := writeText(w, &v.Module); fault != nil {
		return fault.in("module")
	}
	if fault := writeText(w, &v.Repo); fault != nil {
		return fault.in("repo")
	}
	if fault := writeNonEmpty(w, &v.File); fault != nil {
		return fault.in("file")
	}
	if fault := writeList(w, &v.Symbols, 1, 1, writeText); fault != nil {
		return fault.in("symbols")
	}
	if fault := writeList(w, &v.After, 1, 0, writeText); fault != nil {
		return fault.in("after")
	}
	return nil
}

func readDirectiveInfo(r *reader, v *DirectiveInfo) *Fault {
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readText(r, &v.Help); fault != nil {
		return fault.in("help")
	}
	return nil
}

func writeDirectiveInfo(w *writer, v *DirectiveInfo) *Fault {
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeText(w, &v.Help); fault != nil {
		return fault.in("help")
	}
	return nil
}

func readFlag(r *reader, v *Flag) *Fault {
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readFlagType(r, &v.Type); fault != nil {
		return fault.in("ty")
	}
	if fault := readText(r, &v.Default); fault != nil {
		return fault.in("default")
	}
	if fault := readText(r, &v.Help); fault != nil {
		return fault.in("help")
	}
	return nil
}

func writeFlag(w *writer, v *Flag) *Fault {
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeFlagType(w, &v.Type); fault != nil {
		return fault.in("ty")
	}
	if fault := writeText(w, &v.Default); fault != nil {
		return fault.in("default")
	}
	if fault := writeText(w, &v.Help); fault != nil {
		return fault.in("help")
	}
	return nil
}

func readFlagType(r *reader, v *FlagType) *Fault {
	tag, fault := r.tag("FlagType", 4)
	*v = FlagType(tag)
	return fault
}

func writeFlagType(w *writer, v *FlagType) *Fault { return w.tag("FlagType", uint32(*v), 4) }

func readInput(r *reader, v *Input) *Fault {
	if fault := readNonEmpty(r, &v.Glob); fault != nil {
		return fault.in("glob")
	}
	if fault := readReach(r, &v.Reach); fault != nil {
		return fault.in("reach")
	}
	if fault := readWant(r, &v.Want); fault != nil {
		return fault.in("want")
	}
	if fault := readMethods(r, &v.Methods); fault != nil {
		return fault.in("methods")
	}
	return nil
}

func writeInput(w *writer, v *Input) *Fault {
	if fault := writeNonEmpty(w, &v.Glob); fault != nil {
		return fault.in("glob")
	}
	if fault := writeReach(w, &v.Reach); fault != nil {
		return fault.in("reach")
	}
	if fault := writeWant(w, &v.Want); fault != nil {
		return fault.in("want")
	}
	if fault := writeMethods(w, &v.Methods); fault != nil {
		return fault.in("methods")
	}
	return nil
}

func readReach(r *reader, v *Reach) *Fault {
	tag, fault := r.tag("Reach", 4)
	*v = Reach(tag)
	return fault
}

func writeReach(w *writer, v *Reach) *Fault { return w.tag("Reach", uint32(*v), 4) }

func readWant(r *reader, v *Want) *Fault {
	tag, fault := r.tag("Want", 4)
	if fault != nil {
		return fault
	}
	switch tag {
	case 0:
		*v = nil
	case 1:
		*v = WantContent{}
	case 2:
		var one []string
		fault = readList(r, &one, 1, 0, readText).in("Matches")
		*v = WantMatches(one)
	case 3:
		*v = WantScan{}
	}
	return fault
}

func writeWant(w *writer, v *Want) *Fault {
	if *v == nil {
		return w.tag("Want", 0, 4)
	}
	return (*v).writeWant(w)
}

func (v WantContent) writeWant(w *writer) *Fault {
	if fault := w.tag("Want", 1, 4); fault != nil {
		return fault
	}
	return nil
}

func (v WantMatches) writeWant(w *writer) *Fault {
	if fault := w.tag("Want", 2, 4); fault != nil {
		return fault
	}
	one := []string(v)
	return writeList(w, &one, 1, 0, writeText).in("Matches")
}

func (v WantScan) writeWant(w *writer) *Fault {
	if fault := w.tag("Want", 3, 4); fault != nil {
		return fault
	}
	return nil
}

func readMethods(r *reader, v *Methods) *Fault {
	if fault := readBool(r, &v.Setup); fault != nil {
		return fault.in("setup")
	}
	if fault := readBool(r, &v.Configure); fault != nil {
		return fault.in("configure")
	}
	if fault := readBool(r, &v.Fix); fault != nil {
		return fault.in("fix")
	}
	if fault := readBool(r, &v.GenerateRules); fault != nil {
		return fault.in("generate_rules")
	}
	if fault := readBool(r, &v.Imports); fault != nil {
		return fault.in("imports")
	}
	return nil
}

func writeMethods(w *writer, v *Methods) *Fault {
	if fault := writeBool(w, &v.Setup); fault != nil {
		return fault.in("setup")
	}
	if fault := writeBool(w, &v.Configure); fault != nil {
		return fault.in("configure")
	}
	if fault := writeBool(w, &v.Fix); fault != nil {
		return fault.in("fix")
	}
	if fault := writeBool(w, &v.GenerateRules); fault != nil {
		return fault.in("generate_rules")
	}
	if fault := writeBool(w, &v.Imports); fault != nil {
		return fault.in("imports")
	}
	return nil
}

func readSetupRequest(r *reader, v *SetupRequest) *Fault {
	if fault := readRunInfo(r, &v.Run); fault != nil {
		return fault.in("run")
	}
	if fault := readList(r, &v.Files, 2, 1, readFile); fault != nil {
		return fault.in("files")
	}
	return nil
}

func writeSetupRequest(w *writer, v *SetupRequest) *Fault {
	if fault := writeRunInfo(w, &v.Run); fault != nil {
		return fault.in("run")
	}
	if fault := writeList(w, &v.Files, 2, 1, writeFile); fault != nil {
		return fault.in("files")
	}
	return nil
}

func readCatalogue(r *reader, v *Catalogue) *Fault {
	if fault := readList(r, &v.Kinds, 7, 1, readKind); fault != nil {
		return fault.in("kinds")
	}
	if fault := readList(r, &v.Loads, 5, 0, readLoadInfo); fault != nil {
		return fault.in("loads")
	}
	if fault := readList(r, &v.Directives, 2, 1, readDirectiveInfo); fault != nil {
		return fault.in("directives")
	}
	if fault := readList(r, &v.Inputs, 8, 0, readInput); fault != nil {
		return fault.in("inputs")
	}
	if fault := readList(r, &v.Diagnostics, 4, 0, readDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func writeCatalogue(w *writer, v *Catalogue) *Fault {
	if fault := writeList(w, &v.Kinds, 7, 1, writeKind); fault != nil {
		return fault.in("kinds")
	}
	if fault := writeList(w, &v.Loads, 5, 0, writeLoadInfo); fault != nil {
		return fault.in("loads")
	}
	if fault := writeList(w, &v.Directives, 2, 1, writeDirectiveInfo); fault != nil {
		return fault.in("directives")
	}
	if fault := writeList(w, &v.Inputs, 8, 0, writeInput); fault != nil {
		return fault.in("inputs")
	}
	if fault := writeList(w, &v.Diagnostics, 4, 0, writeDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func readScanRequest(r *reader, v *ScanRequest) *Fault {
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readBytes(r, &v.Content); fault != nil {
		return fault.in("content")
	}
	return nil
}

func writeScanRequest(w *writer, v *ScanRequest) *Fault {
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeBytes(w, &v.Content); fault != nil {
		return fault.in("content")
	}
	return nil
}

func readScanResponse(r *reader, v *ScanResponse) *Fault {
	if fault := readBytes(r, &v.Facts); fault != nil {
		return fault.in("facts")
	}
	if fault := readList(r, &v.Diagnostics, 4, 0, readDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func writeScanResponse(w *writer, v *ScanResponse) *Fault {
	if fault := writeBytes(w, &v.Facts); fault != nil {
		return fault.in("facts")
	}
	if fault := writeList(w, &v.Diagnostics, 4, 0, writeDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func readConfigureRequest(r *reader, v *ConfigureRequest) *Fault {
	if fault := readText(r, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := readBytes(r, &v.Parent); fault != nil {
		return fault.in("parent")
	}
	if fault := readOption(r, &v.Run, readRunInfo); fault != nil {
		return fault.in("run")
	}
	if fault := readList(r, &v.Directives, 2, 0, readDirective); fault != nil {
		return fault.in("directives")
	}
	if fault := readOption(r, &v.BuildFile, readBuildFile); fault != nil {
		return fault.in("build_file")
	}
	if fault := readList(r, &v.Files, 2, 1, readFile); fault != nil {
		return fault.in("files")
	}
	if fault := readList(r, &v.Above, 2, 0, readFile); fault != nil {
		return fault.in("above")
	}
	return nil
}

func writeConfigureRequest(w *writer, v *ConfigureRequest) *Fault {
	if fault := writeText(w, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := writeBytes(w, &v.Parent); fault != nil {
		return fault.in("parent")
	}
	if fault := writeOption(w, &v.Run, writeRunInfo); fault != nil {
		return fault.in("run")
	}
	if fault := writeList(w, &v.Directives, 2, 0, writeDirective); fault != nil {
		return fault.in("directives")
	}
	if fault := writeOption(w, &v.BuildFile, writeBuildFile); fault != nil {
		return fault.in("build_file")
	}
	if fault := writeList(w, &v.Files, 2, 1, writeFile); fault != nil {
		return fault.in("files")
	}
	if fault := writeList(w, &v.Above, 2, 0, writeFile); fault != nil {
		return fault.in("above")
	}
	return nil
}

func readRunInfo(r *reader, v *RunInfo) *Fault {
	if fault := readCommand(r, &v.Command); fault != nil {
		return fault.in("command")
	}
	if fault := readText(r, &v.RepoName); fault != nil {
		return fault.in("repo_name")
	}
	if fault := readText(r, &v.RootName); fault != nil {
		return fault.in("root_name")
	}
	if fault := readList(r, &v.BuildFileNames, 1, 0, readText); fault != nil {
		return fault.in("build_file_names")
	}
	if fault := readIndexing(r, &v.Indexing); fault != nil {
		return fault.in("indexing")
	}
	if fault := readList(r, &v.Modules, 2, 1, readBazelModule); fault != nil {
		return fault.in("modules")
	}
	if fault := readList(r, &v.Flags, 2, 0, readFlagValue); fault != nil {
		return fault.in("flags")
	}
	if fault := readList(r, &v.Languages, 1, 0, readText); fault != nil {
		return fault.in("languages")
	}
	return nil
}

func writeRunInfo(w *writer, v *RunInfo) *Fault {
	if fault := writeCommand(w, &v.Command); fault != nil {
		return fault.in("command")
	}
	if fault := writeText(w, &v.RepoName); fault != nil {
		return fault.in("repo_name")
	}
	if fault := writeText(w, &v.RootName); fault != nil {
		return fault.in("root_name")
	}
	if fault := writeList(w, &v.BuildFileNames, 1, 0, writeText); fault != nil {
		return fault.in("build_file_names")
	}
	if fault := writeIndexing(w, &v.Indexing); fault != nil {
		return fault.in("indexing")
	}
	if fault := writeList(w, &v.Modules, 2, 1, writeBazelModule); fault != nil {
		return fault.in("modules")
	}
	if fault := writeList(w, &v.Flags, 2, 0, writeFlagValue); fault != nil {
		return fault.in("flags")
	}
	if fault := writeList(w, &v.Languages, 1, 0, writeText); fault != nil {
		return fault.in("languages")
	}
	return nil
}

func readCommand(r *reader, v *Command) *Fault {
	tag, fault := r.tag("Command", 2)
	*v = Command(tag)
	return fault
}

func writeCommand(w *writer, v *Command) *Fault { return w.tag("Command", uint32(*v), 2) }

func readIndexing(r *reader, v *Indexing) *Fault {
	tag, fault := r.tag("Indexing", 3)
	*v = Indexing(tag)
	return fault
}

func writeIndexing(w *writer, v *Indexing) *Fault { return w.tag("Indexing", uint32(*v), 3) }

func readBazelModule(r *reader, v *BazelModule) *Fault {
	if fault := readText(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readText(r, &v.Apparent); fault != nil {
		return fault.in("apparent")
	}
	return nil
}

func writeBazelModule(w *writer, v *BazelModule) *Fault {
	if fault := writeText(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeText(w, &v.Apparent); fault != nil {
		return fault.in("apparent")
	}
	return nil
}

func readFlagValue(r *reader, v *FlagValue) *Fault {
	if fault := readText(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readText(r, &v.Value); fault != nil {
		return fault.in("value")
	}
	return nil
}

func writeFlagValue(w *writer, v *FlagValue) *Fault {
	if fault := writeText(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeText(w, &v.Value); fault != nil {
		return fault.in("value")
	}
	return nil
}

func readConfigureResponse(r *reader, v *ConfigureResponse) *Fault {
	if fault := readBytes(r, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := readList(r, &v.Provided, 4, 3, readProvided); fault != nil {
		return fault.in("provided")
	}
	if fault := readList(r, &v.Diagnostics, 4, 0, readDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func writeConfigureResponse(w *writer, v *ConfigureResponse) *Fault {
	if fault := writeBytes(w, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := writeList(w, &v.Provided, 4, 3, writeProvided); fault != nil {
		return fault.in("provided")
	}
	if fault := writeList(w, &v.Diagnostics, 4, 0, writeDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func readProvided(r *reader, v *Provided) *Fault {
	if fault := readImportSpec(r, &v.Import); fault != nil {
		return fault.in("import")
	}
	if fault := readNonEmpty(r, &v.Label); fault != nil {
		return fault.in("label")
	}
	if fault := readBytes(r, &v.Payload); fault != nil {
		return fault.in("payload")
	}
	return nil
}

func writeProvided(w *writer, v *Provided) *Fault {
	if fault := writeImportSpec(w, &v.Import); fault != nil {
		return fault.in("import")
	}
	if fault := writeNonEmpty(w, &v.Label); fault != nil {
		return fault.in("label")
	}
	if fault := writeBytes(w, &v.Payload); fault != nil {
		return fault.in("payload")
	}
	return nil
}

func readBuildFile(r *reader, v *BuildFile) *Fault {
	if fault := readText(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readList(r, &v.Loads, 2, 0, readLoad); fault != nil {
		return fault.in("loads")
	}
	if fault := readList(r, &v.Rules, 7, 0, readRule); fault != nil {
		return fault.in("rules")
	}
	if fault := readList(r, &v.Directives, 2, 0, readDirective); fault != nil {
		return fault.in("directives")
	}
	return nil
}

func writeBuildFile(w *writer, v *BuildFile) *Fault {
	if fault := writeText(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeList(w, &v.Loads, 2, 0, writeLoad); fault != nil {
		return fault.in("loads")
	}
	if fault := writeList(w, &v.Rules, 7, 0, writeRule); fault != nil {
		return fault.in("rules")
	}
	if fault := writeList(w, &v.Directives, 2, 0, writeDirective); fault != nil {
		return fault.in("directives")
	}
	return nil
}

func readLoad(r *reader, v *Load) *Fault {
	if fault := readText(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readList(r, &v.Symbols, 2, 0, readSymbol); fault != nil {
		return fault.in("symbols")
	}
	return nil
}

func writeLoad(w *writer, v *Load) *Fault {
	if fault := writeText(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeList(w, &v.Symbols, 2, 0, writeSymbol); fault != nil {
		return fault.in("symbols")
	}
	return nil
}

func readSymbol(r *reader, v *Symbol) *Fault {
	if fault := readText(r, &v.From); fault != nil {
		return fault.in("from")
	}
	if fault := readText(r, &v.To); fault != nil {
		return fault.in("to")
	}
	return nil
}

func writeSymbol(w *writer, v *Symbol) *Fault {
	if fault := writeText(w, &v.From); fault != nil {
		return fault.in("from")
	}
	if fault := writeText(w, &v.To); fault != nil {
		return fault.in("to")
	}
	return nil
}

func readDirective(r *reader, v *Directive) *Fault {
	if fault := readText(r, &v.Key); fault != nil {
		return fault.in("key")
	}
	if fault := readText(r, &v.Value); fault != nil {
		return fault.in("value")
	}
	return nil
}

func writeDirective(w *writer, v *Directive) *Fault {
	if fault := writeText(w, &v.Key); fault != nil {
		return fault.in("key")
	}
	if fault := writeText(w, &v.Value); fault != nil {
		return fault.in("value")
	}
	return nil
}

func readRule(r *reader, v *Rule) *Fault {
	if fault := readText(r, &v.Kind); fault != nil {
		return fault.in("kind")
	}
	if fault := readOption(r, &v.Written, readText); fault != nil {
		return fault.in("written")
	}
	if fault := readText(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readList(r, &v.Attrs, 3, 1, readAttr); fault != nil {
		return fault.in("attrs")
	}
	if fault := readList(r, &v.Args, 1, 0, readText); fault != nil {
		return fault.in("args")
	}
	if fault := readList(r, &v.Comments, 1, 0, readText); fault != nil {
		return fault.in("comments")
	}
	if fault := readBool(r, &v.Keep); fault != nil {
		return fault.in("keep")
	}
	return nil
}

func writeRule(w *writer, v *Rule) *Fault {
	if fault := writeText(w, &v.Kind); fault != nil {
		return fault.in("kind")
	}
	if fault := writeOption(w, &v.Written, writeText); fault != nil {
		return fault.in("written")
	}
	if fault := writeText(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeList(w, &v.Attrs, 3, 1, writeAttr); fault != nil {
		return fault.in("attrs")
	}
	if fault := writeList(w, &v.Args, 1, 0, writeText); fault != nil {
		return fault.in("args")
	}
	if fault := writeList(w, &v.Comments, 1, 0, writeText); fault != nil {
		return fault.in("comments")
	}
	if fault := writeBool(w, &v.Keep); fault != nil {
		return fault.in("keep")
	}
	return nil
}

func readAttr(r *reader, v *Attr) *Fault {
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readValue(r, &v.Value); fault != nil {
		return fault.in("value")
	}
	if fault := readList(r, &v.Comments, 1, 0, readText); fault != nil {
		return fault.in("comments")
	}
	return nil
}

func writeAttr(w *writer, v *Attr) *Fault {
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeValue(w, &v.Value); fault != nil {
		return fault.in("value")
	}
	if fault := writeList(w, &v.Comments, 1, 0, writeText); fault != nil {
		return fault.in("comments")
	}
	return nil
}

func readValue(r *reader, v *Value) *Fault {
	tag, fault := r.tag("Value", 13)
	if fault != nil {
		return fault
	}
	switch tag {
	case 0:
		var one bool
		fault = readBool(r, &one).in("Bool")
		*v = Bool(one)
	case 1:
		var one int64
		fault = readI64(r, &one).in("Int")
		*v = Int(one)
	case 2:
		var one string
		fault = readText(r, &one).in("String")
		*v = String(one)
	case 3:
		var one []string
		fault = readList(r, &one, 1, 0, readText).in("Strings")
		*v = Strings(one)
	case 4:
		var one []string
		fault = readList(r, &one, 1, 0, readText).in("SortedStrings")
		*v = SortedStrings(one)
	case 5:
		var one string
		fault = readText(r, &one).in("Label")
		*v = Label(one)
	case 6:
		var one []string
		fault = readList(r, &one, 1, 0, readText).in("Labels")
		*v = Labels(one)
	case 7:
		var one []StringEntry
		fault = readList(r, &one, 2, 1, readStringEntry).in("StringDict")
		*v = StringDict(one)
	case 8:
		var one []ListEntry
		fault = readList(r, &one, 2, 1, readListEntry).in("ListDict")
		*v = ListDict(one)
	case 9:
		var one Glob
		fault = readGlob(r, &one).in("Glob")
		*v = one
	case 10:
		var one []SelectBranch
		fault = readList(r, &one, 2, 1, readSelectBranch).in("Select")
		*v = Select(one)
	case 11:
		var one []Term
		fault = readList(r, &one, 1, 0, readTerm).in("Concat")
		*v = Concat(one)
	case 12:
		var one string
		fault = readNonEmpty(r, &one).in("Raw")
		*v = Raw(one)
	}
	return fault
}

func writeValue(w *writer, v *Value) *Fault {
	if *v == nil {
		return w.none("Value")
	}
	return (*v).writeValue(w)
}

func (v Bool) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 0, 13); fault != nil {
		return fault
	}
	one := bool(v)
	return writeBool(w, &one).in("Bool")
}

func (v Int) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 1, 13); fault != nil {
		return fault
	}
	one := int64(v)
	return writeI64(w, &one).in("Int")
}

func (v String) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 2, 13); fault != nil {
		return fault
	}
	one := string(v)
	return writeText(w, &one).in("String")
}

func (v Strings) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 3, 13); fault != nil {
		return fault
	}
	one := []string(v)
	return writeList(w, &one, 1, 0, writeText).in("Strings")
}

func (v SortedStrings) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 4, 13); fault != nil {
		return fault
	}
	one := []string(v)
	return writeList(w, &one, 1, 0, writeText).in("SortedStrings")
}

func (v Label) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 5, 13); fault != nil {
		return fault
	}
	one := string(v)
	return writeText(w, &one).in("Label")
}

func (v Labels) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 6, 13); fault != nil {
		return fault
	}
	one := []string(v)
	return writeList(w, &one, 1, 0, writeText).in("Labels")
}

func (v StringDict) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 7, 13); fault != nil {
		return fault
	}
	one := []StringEntry(v)
	return writeList(w, &one, 2, 1, writeStringEntry).in("StringDict")
}

func (v ListDict) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 8, 13); fault != nil {
		return fault
	}
	one := []ListEntry(v)
	return writeList(w, &one, 2, 1, writeListEntry).in("ListDict")
}

func readGlob(r *reader, v *Glob) *Fault {
	if fault := readList(r, &v.Include, 1, 0, readText); fault != nil {
		return fault.in("include")
	}
	if fault := readList(r, &v.Exclude, 1, 0, readText); fault != nil {
		return fault.in("exclude")
	}
	return nil
}

func writeGlob(w *writer, v *Glob) *Fault {
	if fault := writeList(w, &v.Include, 1, 0, writeText); fault != nil {
		return fault.in("include")
	}
	if fault := writeList(w, &v.Exclude, 1, 0, writeText); fault != nil {
		return fault.in("exclude")
	}
	return nil
}

func (v Glob) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 9, 13); fault != nil {
		return fault
	}
	return writeGlob(w, &v).in("Glob")
}

func (v Select) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 10, 13); fault != nil {
		return fault
	}
	one := []SelectBranch(v)
	return writeList(w, &one, 2, 1, writeSelectBranch).in("Select")
}

func (v Concat) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 11, 13); fault != nil {
		return fault
	}
	one := []Term(v)
	return writeList(w, &one, 1, 0, writeTerm).in("Concat")
}

func (v Raw) writeValue(w *writer) *Fault {
	if fault := w.tag("Value", 12, 13); fault != nil {
		return fault
	}
	one := string(v)
	return writeNonEmpty(w, &one).in("Raw")
}

func readStringEntry(r *reader, v *StringEntry) *Fault {
	if fault := readText(r, &v.Key); fault != nil {
		return fault.in("key")
	}
	if fault := readText(r, &v.Value); fault != nil {
		return fault.in("value")
	}
	return nil
}

func writeStringEntry(w *writer, v *StringEntry) *Fault {
	if fault := writeText(w, &v.Key); fault != nil {
		return fault.in("key")
	}
	if fault := writeText(w, &v.Value); fault != nil {
		return fault.in("value")
	}
	return nil
}

func readListEntry(r *reader, v *ListEntry) *Fault {
	if fault := readText(r, &v.Key); fault != nil {
		return fault.in("key")
	}
	if fault := readList(r, &v.Values, 1, 0, readText); fault != nil {
		return fault.in("values")
	}
	return nil
}

func writeListEntry(w *writer, v *ListEntry) *Fault {
	if fault := writeText(w, &v.Key); fault != nil {
		return fault.in("key")
	}
	if fault := writeList(w, &v.Values, 1, 0, writeText); fault != nil {
		return fault.in("values")
	}
	return nil
}

func readSelectBranch(r *reader, v *SelectBranch) *Fault {
	if fault := readText(r, &v.Condition); fault != nil {
		return fault.in("condition")
	}
	if fault := readList(r, &v.Values, 1, 0, readText); fault != nil {
		return fault.in("values")
	}
	return nil
}

func writeSelectBranch(w *writer, v *SelectBranch) *Fault {
	if fault := writeText(w, &v.Condition); fault != nil {
		return fault.in("condition")
	}
	if fault := writeList(w, &v.Values, 1, 0, writeText); fault != nil {
		return fault.in("values")
	}
	return nil
}

func readTerm(r *reader, v *Term) *Fault {
	tag, fault := r.tag("Term", 3)
	if fault != nil {
		return fault
	}
	switch tag {
	case 0:
		var one []string
		fault = readList(r, &one, 1, 0, readText).in("Strings")
		*v = Strings(one)
	case 1:
		var one Glob
		fault = readGlob(r, &one).in("Glob")
		*v = one
	case 2:
		var one []SelectBranch
		fault = readList(r, &one, 2, 1, readSelectBranch).in("Select")
		*v = Select(one)
	}
	return fault
}

func writeTerm(w *writer, v *Term) *Fault {
	if *v == nil {
		return w.none("Term")
	}
	return (*v).writeTerm(w)
}

func (v Strings) writeTerm(w *writer) *Fault {
	if fault := w.tag("Term", 0, 3); fault != nil {
		return fault
	}
	one := []string(v)
	return writeList(w, &one, 1, 0, writeText).in("Strings")
}

func (v Glob) writeTerm(w *writer) *Fault {
	if fault := w.tag("Term", 1, 3); fault != nil {
		return fault
	}
	return writeGlob(w, &v).in("Glob")
}

func (v Select) writeTerm(w *writer) *Fault {
	if fault := w.tag("Term", 2, 3); fault != nil {
		return fault
	}
	one := []SelectBranch(v)
	return writeList(w, &one, 2, 1, writeSelectBranch).in("Select")
}

func readFile(r *reader, v *File) *Fault {
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readFileData(r, &v.Data); fault != nil {
		return fault.in("data")
	}
	return nil
}

func writeFile(w *writer, v *File) *Fault {
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeFileData(w, &v.Data); fault != nil {
		return fault.in("data")
	}
	return nil
}

func readFileData(r *reader, v *FileData) *Fault {
	tag, fault := r.tag("FileData", 5)
	if fault != nil {
		return fault
	}
	switch tag {
	case 0:
		*v = nil
	case 1:
		var one []byte
		fault = readBytes(r, &one).in("Content")
		*v = FileContent(one)
	case 2:
		var one []Match
		fault = readList(r, &one, 2, 0, readMatch).in("Matches")
		*v = FileMatches(one)
	case 3:
		var one []byte
		fault = readBytes(r, &one).in("Facts")
		*v = FileFacts(one)
	case 4:
		*v = FileFailed{}
	}
	return fault
}

func writeFileData(w *writer, v *FileData) *Fault {
	if *v == nil {
		return w.tag("FileData", 0, 5)
	}
	return (*v).writeFileData(w)
}

func (v FileContent) writeFileData(w *writer) *Fault {
	if fault := w.tag("FileData", 1, 5); fault != nil {
		return fault
	}
	one := []byte(v)
	return writeBytes(w, &one).in("Content")
}

func (v FileMatches) writeFileData(w *writer) *Fault {
	if fault := w.tag("FileData", 2, 5); fault != nil {
		return fault
	}
	one := []Match(v)
	return writeList(w, &one, 2, 0, writeMatch).in("Matches")
}

func (v FileFacts) writeFileData(w *writer) *Fault {
	if fault := w.tag("FileData", 3, 5); fault != nil {
		return fault
	}
	one := []byte(v)
	return writeBytes(w, &one).in("Facts")
}

func (v FileFailed) writeFileData(w *writer) *Fault {
	if fault := w.tag("FileData", 4, 5); fault != nil {
		return fault
	}
	return nil
}

func readMatch(r *reader, v *Match) *Fault {
	if fault := readU32(r, &v.Pattern); fault != nil {
		return fault.in("pattern")
	}
	if fault := readList(r, &v.Groups, 1, 0, readOptionalBytes); fault != nil {
		return fault.in("groups")
	}
	return nil
}

func writeMatch(w *writer, v *Match) *Fault {
	if fault := writeU32(w, &v.Pattern); fault != nil {
		return fault.in("pattern")
	}
	if fault := writeList(w, &v.Groups, 1, 0, writeOptionalBytes); fault != nil {
		return fault.in("groups")
	}
	return nil
}

func readFixRequest(r *reader, v *FixRequest) *Fault {
	if fault := readText(r, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := readBytes(r, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := readBuildFile(r, &v.BuildFile); fault != nil {
		return fault.in("build_file")
	}
	if fault := readBool(r, &v.ShouldFix); fault != nil {
		return fault.in("should_fix")
	}
	if fault := readList(r, &v.Files, 2, 1, readFile); fault != nil {
		return fault.in("files")
	}
	if fault := readList(r, &v.Above, 2, 0, readFile); fault != nil {
		return fault.in("above")
	}
	return nil
}

func writeFixRequest(w *writer, v *FixRequest) *Fault {
	if fault := writeText(w, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := writeBytes(w, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := writeBuildFile(w, &v.BuildFile); fault != nil {
		return fault.in("build_file")
	}
	if fault := writeBool(w, &v.ShouldFix); fault != nil {
		return fault.in("should_fix")
	}
	if fault := writeList(w, &v.Files, 2, 1, writeFile); fault != nil {
		return fault.in("files")
	}
	if fault := writeList(w, &v.Above, 2, 0, writeFile); fault != nil {
		return fault.in("above")
	}
	return nil
}

func readFixResponse(r *reader, v *FixResponse) *Fault {
	if fault := readList(r, &v.Edits, 1, 0, readEdit); fault != nil {
		return fault.in("edits")
	}
	if fault := readList(r, &v.Diagnostics, 4, 0, readDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func writeFixResponse(w *writer, v *FixResponse) *Fault {
	if fault := writeList(w, &v.Edits, 1, 0, writeEdit); fault != nil {
		return fault.in("edits")
	}
	if fault := writeList(w, &v.Diagnostics, 4, 0, writeDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func readEdit(r *reader, v *Edit) *Fault {
	tag, fault := r.tag("Edit", 8)
	if fault != nil {
		return fault
	}
	switch tag {
	case 0:
		var one SetKind
		fault = readSetKind(r, &one).in("SetKind")
		*v = one
	case 1:
		var one SetName
		fault = readSetName(r, &one).in("SetName")
		*v = one
	case 2:
		var one SetAttr
		fault = readSetAttr(r, &one).in("SetAttr")
		*v = one
	case 3:
		var one DeleteAttr
		fault = readDeleteAttr(r, &one).in("DeleteAttr")
		*v = one
	case 4:
		var one DeleteRule
		fault = readDeleteRule(r, &one).in("DeleteRule")
		*v = one
	case 5:
		var one AppendRule
		fault = readAppendRule(r, &one).in("AppendRule")
		*v = one
	case 6:
		var one SetLoad
		fault = readSetLoad(r, &one).in("SetLoad")
		*v = one
	case 7:
		var one InsertLoad
		fault = readInsertLoad(r, &one).in("InsertLoad")
		*v = one
	}
	return fault
}

func writeEdit(w *writer, v *Edit) *Fault {
	if *v == nil {
		return w.none("Edit")
	}
	return (*v).writeEdit(w)
}

func readSetKind(r *reader, v *SetKind) *Fault {
	if fault := readU32(r, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := readNonEmpty(r, &v.Kind); fault != nil {
		return fault.in("kind")
	}
	return nil
}

func writeSetKind(w *writer, v *SetKind) *Fault {
	if fault := writeU32(w, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := writeNonEmpty(w, &v.Kind); fault != nil {
		return fault.in("kind")
	}
	return nil
}

func (v SetKind) writeEdit(w *writer) *Fault {
	if fault := w.tag("Edit", 0, 8); fault != nil {
		return fault
	}
	return writeSetKind(w, &v).in("SetKind")
}

func readSetName(r *reader, v *SetName) *Fault {
	if fault := readU32(r, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	return nil
}

func writeSetName(w *writer, v *SetName) *Fault {
	if fault := writeU32(w, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	return nil
}

func (v SetName) writeEdit(w *writer) *Fault {
	if fault := w.tag("Edit", 1, 8); fault != nil {
		return fault
	}
	return writeSetName(w, &v).in("SetName")
}

func readSetAttr(r *reader, v *SetAttr) *Fault {
	if fault := readU32(r, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := readAttr(r, &v.Attr); fault != nil {
		return fault.in("attr")
	}
	return nil
}

func writeSetAttr(w *writer, v *SetAttr) *Fault {
	if fault := writeU32(w, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := writeAttr(w, &v.Attr); fault != nil {
		return fault.in("attr")
	}
	return nil
}

func (v SetAttr) writeEdit(w *writer) *Fault {
	if fault := w.tag("Edit", 2, 8); fault != nil {
		return fault
	}
	return writeSetAttr(w, &v).in("SetAttr")
}

func readDeleteAttr(r *reader, v *DeleteAttr) *Fault {
	if fault := readU32(r, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	return nil
}

func writeDeleteAttr(w *writer, v *DeleteAttr) *Fault {
	if fault := writeU32(w, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	return nil
}

func (v DeleteAttr) writeEdit(w *writer) *Fault {
	if fault := w.tag("Edit", 3, 8); fault != nil {
		return fault
	}
	return writeDeleteAttr(w, &v).in("DeleteAttr")
}

func readDeleteRule(r *reader, v *DeleteRule) *Fault {
	if fault := readU32(r, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	return nil
}

func writeDeleteRule(w *writer, v *DeleteRule) *Fault {
	if fault := writeU32(w, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	return nil
}

func (v DeleteRule) writeEdit(w *writer) *Fault {
	if fault := w.tag("Edit", 4, 8); fault != nil {
		return fault
	}
	return writeDeleteRule(w, &v).in("DeleteRule")
}

func readAppendRule(r *reader, v *AppendRule) *Fault {
	if fault := readRule(r, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	return nil
}

func writeAppendRule(w *writer, v *AppendRule) *Fault {
	if fault := writeRule(w, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	return nil
}

func (v AppendRule) writeEdit(w *writer) *Fault {
	if fault := w.tag("Edit", 5, 8); fault != nil {
		return fault
	}
	return writeAppendRule(w, &v).in("AppendRule")
}

func readSetLoad(r *reader, v *SetLoad) *Fault {
	if fault := readU32(r, &v.Load); fault != nil {
		return fault.in("load")
	}
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readList(r, &v.Symbols, 2, 0, readSymbol); fault != nil {
		return fault.in("symbols")
	}
	return nil
}

func writeSetLoad(w *writer, v *SetLoad) *Fault {
	if fault := writeU32(w, &v.Load); fault != nil {
		return fault.in("load")
	}
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeList(w, &v.Symbols, 2, 0, writeSymbol); fault != nil {
		return fault.in("symbols")
	}
	return nil
}

func (v SetLoad) writeEdit(w *writer) *Fault {
	if fault := w.tag("Edit", 6, 8); fault != nil {
		return fault
	}
	return writeSetLoad(w, &v).in("SetLoad")
}

func readInsertLoad(r *reader, v *InsertLoad) *Fault {
	if fault := readU32(r, &v.Load); fault != nil {
		return fault.in("load")
	}
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readList(r, &v.Symbols, 2, 0, readSymbol); fault != nil {
		return fault.in("symbols")
	}
	return nil
}

func writeInsertLoad(w *writer, v *InsertLoad) *Fault {
	if fault := writeU32(w, &v.Load); fault != nil {
		return fault.in("load")
	}
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeList(w, &v.Symbols, 2, 0, writeSymbol); fault != nil {
		return fault.in("symbols")
	}
	return nil
}

func (v InsertLoad) writeEdit(w *writer) *Fault {
	if fault := w.tag("Edit", 7, 8); fault != nil {
		return fault
	}
	return writeInsertLoad(w, &v).in("InsertLoad")
}

func readGenerateRequest(r *reader, v *GenerateRequest) *Fault {
	if fault := readText(r, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := readBytes(r, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := readOption(r, &v.BuildFile, readBuildFile); fault != nil {
		return fault.in("build_file")
	}
	if fault := readList(r, &v.Files, 2, 1, readFile); fault != nil {
		return fault.in("files")
	}
	if fault := readList(r, &v.Above, 2, 0, readFile); fault != nil {
		return fault.in("above")
	}
	if fault := readList(r, &v.Subdirs, 1, 1, readText); fault != nil {
		return fault.in("subdirs")
	}
	if fault := readList(r, &v.GeneratedFiles, 1, 1, readText); fault != nil {
		return fault.in("generated_files")
	}
	if fault := readList(r, &v.OtherRules, 10, 0, readGeneratedRule); fault != nil {
		return fault.in("other_rules")
	}
	if fault := readList(r, &v.OtherEmpty, 3, 0, readEmptyRule); fault != nil {
		return fault.in("other_empty")
	}
	if fault := readList(r, &v.Children, 3, 1, readChild); fault != nil {
		return fault.in("children")
	}
	return nil
}

func writeGenerateRequest(w *writer, v *GenerateRequest) *Fault {
	if fault := writeText(w, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := writeBytes(w, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := writeOption(w, &v.BuildFile, writeBuildFile); fault != nil {
		return fault.in("build_file")
	}
	if fault := writeList(w, &v.Files, 2, 1, writeFile); fault != nil {
		return fault.in("files")
	}
	if fault := writeList(w, &v.Above, 2, 0, writeFile); fault != nil {
		return fault.in("above")
	}
	if fault := writeList(w, &v.Subdirs, 1, 1, writeText); fault != nil {
		return fault.in("subdirs")
	}
	if fault := writeList(w, &v.GeneratedFiles, 1, 1, writeText); fault != nil {
		return fault.in("generated_files")
	}
	if fault := writeList(w, &v.OtherRules, 10, 0, writeGeneratedRule); fault != nil {
		return fault.in("other_rules")
	}
	if fault := writeList(w, &v.OtherEmpty, 3, 0, writeEmptyRule); fault != nil {
		return fault.in("other_empty")
	}
	if fault := writeList(w, &v.Children, 3, 1, writeChild); fault != nil {
		return fault.in("children")
	}
	return nil
}

func readChild(r *reader, v *Child) *Fault {
	if fault := readNonEmpty(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readBool(r, &v.Failed); fault != nil {
		return fault.in("failed")
	}
	if fault := readBytes(r, &v.Summary); fault != nil {
		return fault.in("summary")
	}
	return nil
}

func writeChild(w *writer, v *Child) *Fault {
	if fault := writeNonEmpty(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeBool(w, &v.Failed); fault != nil {
		return fault.in("failed")
	}
	if fault := writeBytes(w, &v.Summary); fault != nil {
		return fault.in("summary")
	}
	return nil
}

func readGenerateResponse(r *reader, v *GenerateResponse) *Fault {
	if fault := readList(r, &v.Rules, 10, 0, readGeneratedRule); fault != nil {
		return fault.in("rules")
	}
	if fault := readList(r, &v.Empty, 3, 0, readEmptyRule); fault != nil {
		return fault.in("empty")
	}
	if fault := readList(r, &v.RelsToIndex, 1, 1, readText); fault != nil {
		return fault.in("rels_to_index")
	}
	if fault := readList(r, &v.Provided, 4, 3, readProvided); fault != nil {
		return fault.in("provided")
	}
	if fault := readBytes(r, &v.Summary); fault != nil {
		return fault.in("summary")
	}
	if fault := readList(r, &v.Diagnostics, 4, 0, readDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func writeGenerateResponse(w *writer, v *GenerateResponse) *Fault {
	if fault := writeList(w, &v.Rules, 10, 0, writeGeneratedRule); fault != nil {
		return fault.in("rules")
	}
	if fault := writeList(w, &v.Empty, 3, 0, writeEmptyRule); fault != nil {
		return fault.in("empty")
	}
	if fault := writeList(w, &v.RelsToIndex, 1, 1, writeText); fault != nil {
		return fault.in("rels_to_index")
	}
	if fault := writeList(w, &v.Provided, 4, 3, writeProvided); fault != nil {
		return fault.in("provided")
	}
	if fault := writeBytes(w, &v.Summary); fault != nil {
		return fault.in("summary")
	}
	if fault := writeList(w, &v.Diagnostics, 4, 0, writeDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func readGeneratedRule(r *reader, v *GeneratedRule) *Fault {
	if fault := readRule(r, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := readList(r, &v.Private, 3, 1, readAttr); fault != nil {
		return fault.in("private")
	}
	if fault := readList(r, &v.Imports, 2, 2, readImportSpec); fault != nil {
		return fault.in("imports")
	}
	if fault := readBytes(r, &v.Note); fault != nil {
		return fault.in("note")
	}
	return nil
}

func writeGeneratedRule(w *writer, v *GeneratedRule) *Fault {
	if fault := writeRule(w, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := writeList(w, &v.Private, 3, 1, writeAttr); fault != nil {
		return fault.in("private")
	}
	if fault := writeList(w, &v.Imports, 2, 2, writeImportSpec); fault != nil {
		return fault.in("imports")
	}
	if fault := writeBytes(w, &v.Note); fault != nil {
		return fault.in("note")
	}
	return nil
}

func readEmptyRule(r *reader, v *EmptyRule) *Fault {
	if fault := readNonEmpty(r, &v.Kind); fault != nil {
		return fault.in("kind")
	}
	if fault := readText(r, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := readList(r, &v.Attrs, 3, 1, readAttr); fault != nil {
		return fault.in("attrs")
	}
	return nil
}

func writeEmptyRule(w *writer, v *EmptyRule) *Fault {
	if fault := writeNonEmpty(w, &v.Kind); fault != nil {
		return fault.in("kind")
	}
	if fault := writeText(w, &v.Name); fault != nil {
		return fault.in("name")
	}
	if fault := writeList(w, &v.Attrs, 3, 1, writeAttr); fault != nil {
		return fault.in("attrs")
	}
	return nil
}

func readImportSpec(r *reader, v *ImportSpec) *Fault {
	if fault := readText(r, &v.Lang); fault != nil {
		return fault.in("lang")
	}
	if fault := readText(r, &v.Imp); fault != nil {
		return fault.in("imp")
	}
	return nil
}

func writeImportSpec(w *writer, v *ImportSpec) *Fault {
	if fault := writeText(w, &v.Lang); fault != nil {
		return fault.in("lang")
	}
	if fault := writeText(w, &v.Imp); fault != nil {
		return fault.in("imp")
	}
	return nil
}

func readImportsRequest(r *reader, v *ImportsRequest) *Fault {
	if fault := readText(r, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := readBytes(r, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := readList(r, &v.Rules, 9, 0, readImportsRule); fault != nil {
		return fault.in("rules")
	}
	if fault := readList(r, &v.OtherRules, 7, 0, readRule); fault != nil {
		return fault.in("other_rules")
	}
	if fault := readList(r, &v.Files, 2, 1, readFile); fault != nil {
		return fault.in("files")
	}
	if fault := readList(r, &v.Above, 2, 0, readFile); fault != nil {
		return fault.in("above")
	}
	return nil
}

func writeImportsRequest(w *writer, v *ImportsRequest) *Fault {
	if fault := writeText(w, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := writeBytes(w, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := writeList(w, &v.Rules, 9, 0, writeImportsRule); fault != nil {
		return fault.in("rules")
	}
	if fault := writeList(w, &v.OtherRules, 7, 0, writeRule); fault != nil {
		return fault.in("other_rules")
	}
	if fault := writeList(w, &v.Files, 2, 1, writeFile); fault != nil {
		return fault.in("files")
	}
	if fault := writeList(w, &v.Above, 2, 0, writeFile); fault != nil {
		return fault.in("above")
	}
	return nil
}

func readImportsRule(r *reader, v *ImportsRule) *Fault {
	if fault := readRule(r, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := readList(r, &v.Private, 3, 1, readAttr); fault != nil {
		return fault.in("private")
	}
	if fault := readBytes(r, &v.Note); fault != nil {
		return fault.in("note")
	}
	return nil
}

func writeImportsRule(w *writer, v *ImportsRule) *Fault {
	if fault := writeRule(w, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := writeList(w, &v.Private, 3, 1, writeAttr); fault != nil {
		return fault.in("private")
	}
	if fault := writeBytes(w, &v.Note); fault != nil {
		return fault.in("note")
	}
	return nil
}

func readImportsResponse(r *reader, v *ImportsResponse) *Fault {
	if fault := readList(r, &v.Rules, 4, 0, readRuleImports); fault != nil {
		return fault.in("rules")
	}
	return nil
}

func writeImportsResponse(w *writer, v *ImportsResponse) *Fault {
	if fault := writeList(w, &v.Rules, 4, 0, writeRuleImports); fault != nil {
		return fault.in("rules")
	}
	return nil
}

func readRuleImports(r *reader, v *RuleImports) *Fault {
	if fault := readBool(r, &v.Importable); fault != nil {
		return fault.in("importable")
	}
	if fault := readList(r, &v.Imports, 2, 2, readImportSpec); fault != nil {
		return fault.in("imports")
	}
	if fault := readList(r, &v.Embeds, 1, 0, readText); fault != nil {
		return fault.in("embeds")
	}
	if fault := readBytes(r, &v.Payload); fault != nil {
		return fault.in("payload")
	}
	return nil
}

func writeRuleImports(w *writer, v *RuleImports) *Fault {
	if fault := writeBool(w, &v.Importable); fault != nil {
		return fault.in("importable")
	}
	if fault := writeList(w, &v.Imports, 2, 2, writeImportSpec); fault != nil {
		return fault.in("imports")
	}
	if fault := writeList(w, &v.Embeds, 1, 0, writeText); fault != nil {
		return fault.in("embeds")
	}
	if fault := writeBytes(w, &v.Payload); fault != nil {
		return fault.in("payload")
	}
	return nil
}

func readResolveRequest(r *reader, v *ResolveRequest) *Fault {
	if fault := readText(r, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := readBytes(r, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := readList(r, &v.Rules, 9, 0, readResolveRule); fault != nil {
		return fault.in("rules")
	}
	if fault := readList(r, &v.Found, 6, 3, readLookup); fault != nil {
		return fault.in("found")
	}
	if fault := readU32(r, &v.Round); fault != nil {
		return fault.in("round")
	}
	return nil
}

func writeResolveRequest(w *writer, v *ResolveRequest) *Fault {
	if fault := writeText(w, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := writeBytes(w, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := writeList(w, &v.Rules, 9, 0, writeResolveRule); fault != nil {
		return fault.in("rules")
	}
	if fault := writeList(w, &v.Found, 6, 3, writeLookup); fault != nil {
		return fault.in("found")
	}
	if fault := writeU32(w, &v.Round); fault != nil {
		return fault.in("round")
	}
	return nil
}

func readResolveRule(r *reader, v *ResolveRule) *Fault {
	if fault := readRule(r, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := readList(r, &v.Imports, 2, 2, readImportSpec); fault != nil {
		return fault.in("imports")
	}
	if fault := readBytes(r, &v.Note); fault != nil {
		return fault.in("note")
	}
	return nil
}

func writeResolveRule(w *writer, v *ResolveRule) *Fault {
	if fault := writeRule(w, &v.Rule); fault != nil {
		return fault.in("rule")
	}
	if fault := writeList(w, &v.Imports, 2, 2, writeImportSpec); fault != nil {
		return fault.in("imports")
	}
	if fault := writeBytes(w, &v.Note); fault != nil {
		return fault.in("note")
	}
	return nil
}

func readLookup(r *reader, v *Lookup) *Fault {
	if fault := readQuery(r, &v.Query); fault != nil {
		return fault.in("query")
	}
	if fault := readOption(r, &v.OverrideLabel, readText); fault != nil {
		return fault.in("override_label")
	}
	if fault := readOrigin(r, &v.Origin); fault != nil {
		return fault.in("origin")
	}
	if fault := readList(r, &v.Matches, 3, 0, readProvider); fault != nil {
		return fault.in("matches")
	}
	return nil
}

func writeLookup(w *writer, v *Lookup) *Fault {
	if fault := writeQuery(w, &v.Query); fault != nil {
		return fault.in("query")
	}
	if fault := writeOption(w, &v.OverrideLabel, writeText); fault != nil {
		return fault.in("override_label")
	}
	if fault := writeOrigin(w, &v.Origin); fault != nil {
		return fault.in("origin")
	}
	if fault := writeList(w, &v.Matches, 3, 0, writeProvider); fault != nil {
		return fault.in("matches")
	}
	return nil
}

func readOrigin(r *reader, v *Origin) *Fault {
	tag, fault := r.tag("Origin", 4)
	*v = Origin(tag)
	return fault
}

func writeOrigin(w *writer, v *Origin) *Fault { return w.tag("Origin", uint32(*v), 4) }

func readQuery(r *reader, v *Query) *Fault {
	if fault := readImportSpec(r, &v.Import); fault != nil {
		return fault.in("import")
	}
	if fault := readText(r, &v.Lang); fault != nil {
		return fault.in("lang")
	}
	return nil
}

func writeQuery(w *writer, v *Query) *Fault {
	if fault := writeImportSpec(w, &v.Import); fault != nil {
		return fault.in("import")
	}
	if fault := writeText(w, &v.Lang); fault != nil {
		return fault.in("lang")
	}
	return nil
}

func readResolveResponse(r *reader, v *ResolveResponse) *Fault {
	tag, fault := r.tag("ResolveResponse", 2)
	if fault != nil {
		return fault
	}
	switch tag {
	case 0:
		var one Resolved
		fault = readResolved(r, &one).in("Resolved")
		*v = one
	case 1:
		var one []Query
		fault = readList(r, &one, 3, 3, readQuery).in("Need")
		*v = Need(one)
	}
	return fault
}

func writeResolveResponse(w *writer, v *ResolveResponse) *Fault {
	if *v == nil {
		return w.none("ResolveResponse")
	}
	return (*v).writeResolveResponse(w)
}

func readResolved(r *reader, v *Resolved) *Fault {
	if fault := readList(r, &v.Rules, 2, 0, readResolvedRule); fault != nil {
		return fault.in("rules")
	}
	if fault := readList(r, &v.Diagnostics, 4, 0, readDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func writeResolved(w *writer, v *Resolved) *Fault {
	if fault := writeList(w, &v.Rules, 2, 0, writeResolvedRule); fault != nil {
		return fault.in("rules")
	}
	if fault := writeList(w, &v.Diagnostics, 4, 0, writeDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func (v Resolved) writeResolveResponse(w *writer) *Fault {
	if fault := w.tag("ResolveResponse", 0, 2); fault != nil {
		return fault
	}
	return writeResolved(w, &v).in("Resolved")
}

func (v Need) writeResolveResponse(w *writer) *Fault {
	if fault := w.tag("ResolveResponse", 1, 2); fault != nil {
		return fault
	}
	one := []Query(v)
	return writeList(w, &one, 3, 3, writeQuery).in("Need")
}

func readResolvedRule(r *reader, v *ResolvedRule) *Fault {
	if fault := readList(r, &v.Set, 3, 1, readAttr); fault != nil {
		return fault.in("set")
	}
	if fault := readList(r, &v.Delete, 1, 1, readText); fault != nil {
		return fault.in("delete")
	}
	return nil
}

func writeResolvedRule(w *writer, v *ResolvedRule) *Fault {
	if fault := writeList(w, &v.Set, 3, 1, writeAttr); fault != nil {
		return fault.in("set")
	}
	if fault := writeList(w, &v.Delete, 1, 1, writeText); fault != nil {
		return fault.in("delete")
	}
	return nil
}

func readFindRequest(r *reader, v *FindRequest) *Fault {
	if fault := readText(r, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := readBytes(r, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := readList(r, &v.Queries, 3, 3, readQuery); fault != nil {
		return fault.in("queries")
	}
	return nil
}

func writeFindRequest(w *writer, v *FindRequest) *Fault {
	if fault := writeText(w, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := writeBytes(w, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := writeList(w, &v.Queries, 3, 3, writeQuery); fault != nil {
		return fault.in("queries")
	}
	return nil
}

func readFindResponse(r *reader, v *FindResponse) *Fault {
	if fault := readList(r, &v.Found, 1, 0, readFindAnswer); fault != nil {
		return fault.in("found")
	}
	return nil
}

func writeFindResponse(w *writer, v *FindResponse) *Fault {
	if fault := writeList(w, &v.Found, 1, 0, writeFindAnswer); fault != nil {
		return fault.in("found")
	}
	return nil
}

func readFindAnswer(r *reader, v *FindAnswer) *Fault {
	if fault := readList(r, &v.Matches, 3, 0, readProvider); fault != nil {
		return fault.in("matches")
	}
	return nil
}

func writeFindAnswer(w *writer, v *FindAnswer) *Fault {
	if fault := writeList(w, &v.Matches, 3, 0, writeProvider); fault != nil {
		return fault.in("matches")
	}
	return nil
}

func readProvider(r *reader, v *Provider) *Fault {
	if fault := readNonEmpty(r, &v.Label); fault != nil {
		return fault.in("label")
	}
	if fault := readList(r, &v.Embeds, 1, 0, readText); fault != nil {
		return fault.in("embeds")
	}
	if fault := readBytes(r, &v.Payload); fault != nil {
		return fault.in("payload")
	}
	return nil
}

func writeProvider(w *writer, v *Provider) *Fault {
	if fault := writeNonEmpty(w, &v.Label); fault != nil {
		return fault.in("label")
	}
	if fault := writeList(w, &v.Embeds, 1, 0, writeText); fault != nil {
		return fault.in("embeds")
	}
	if fault := writeBytes(w, &v.Payload); fault != nil {
		return fault.in("payload")
	}
	return nil
}

func readFinishRequest(r *reader, v *FinishRequest) *Fault {
	if fault := readBytes(r, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := readList(r, &v.Summaries, 3, 1, readSummary); fault != nil {
		return fault.in("summaries")
	}
	return nil
}

func writeFinishRequest(w *writer, v *FinishRequest) *Fault {
	if fault := writeBytes(w, &v.State); fault != nil {
		return fault.in("state")
	}
	if fault := writeList(w, &v.Summaries, 3, 1, writeSummary); fault != nil {
		return fault.in("summaries")
	}
	return nil
}

func readSummary(r *reader, v *Summary) *Fault {
	if fault := readText(r, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := readBool(r, &v.Failed); fault != nil {
		return fault.in("failed")
	}
	if fault := readBytes(r, &v.Summary); fault != nil {
		return fault.in("summary")
	}
	return nil
}

func writeSummary(w *writer, v *Summary) *Fault {
	if fault := writeText(w, &v.Rel); fault != nil {
		return fault.in("rel")
	}
	if fault := writeBool(w, &v.Failed); fault != nil {
		return fault.in("failed")
	}
	if fault := writeBytes(w, &v.Summary); fault != nil {
		return fault.in("summary")
	}
	return nil
}

func readFinishResponse(r *reader, v *FinishResponse) *Fault {
	if fault := readList(r, &v.Diagnostics, 4, 0, readDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

func writeFinishResponse(w *writer, v *FinishResponse) *Fault {
	if fault := writeList(w, &v.Diagnostics, 4, 0, writeDiagnostic); fault != nil {
		return fault.in("diagnostics")
	}
	return nil
}

// codecOf finds the codec of a message by its type.
func codecOf(message any) (read func(*reader) *Fault, write func(*writer) *Fault) {
	switch v := message.(type) {
	case *GuestError:
		return func(r *reader) *Fault { return readGuestError(r, v) }, func(w *writer) *Fault { return writeGuestError(w, v) }
	case *Diagnostic:
		return func(r *reader) *Fault { return readDiagnostic(r, v) }, func(w *writer) *Fault { return writeDiagnostic(w, v) }
	case *Severity:
		return func(r *reader) *Fault { return readSeverity(r, v) }, func(w *writer) *Fault { return writeSeverity(w, v) }
	case *Position:
		return func(r *reader) *Fault { return readPosition(r, v) }, func(w *writer) *Fault { return writePosition(w, v) }
	case *ManifestRequest:
		return func(r *reader) *Fault { return readManifestRequest(r, v) }, func(w *writer) *Fault { return writeManifestRequest(w, v) }
	case *Manifest:
		return func(r *reader) *Fault { return readManifest(r, v) }, func(w *writer) *Fault { return writeManifest(w, v) }
	case *Kind:
		return func(r *reader) *Fault { return readKind(r, v) }, func(w *writer) *Fault { return writeKind(w, v) }
	case *LoadInfo:
		return func(r *reader) *Fault { return readLoadInfo(r, v) }, func(w *writer) *Fault { return writeLoadInfo(w, v) }
	case *DirectiveInfo:
		return func(r *reader) *Fault { return readDirectiveInfo(r, v) }, func(w *writer) *Fault { return writeDirectiveInfo(w, v) }
	case *Flag:
		return func(r *reader) *Fault { return readFlag(r, v) }, func(w *writer) *Fault { return writeFlag(w, v) }
	case *FlagType:
		return func(r *reader) *Fault { return readFlagType(r, v) }, func(w *writer) *Fault { return writeFlagType(w, v) }
	case *Input:
		return func(r *reader) *Fault { return readInput(r, v) }, func(w *writer) *Fault { return writeInput(w, v) }
	case *Reach:
		return func(r *reader) *Fault { return readReach(r, v) }, func(w *writer) *Fault { return writeReach(w, v) }
	case *Want:
		return func(r *reader) *Fault { return readWant(r, v) }, func(w *writer) *Fault { return writeWant(w, v) }
	case *Methods:
		return func(r *reader) *Fault { return readMethods(r, v) }, func(w *writer) *Fault { return writeMethods(w, v) }
	case *SetupRequest:
		return func(r *reader) *Fault { return readSetupRequest(r, v) }, func(w *writer) *Fault { return writeSetupRequest(w, v) }
	case *Catalogue:
		return func(r *reader) *Fault { return readCatalogue(r, v) }, func(w *writer) *Fault { return writeCatalogue(w, v) }
	case *ScanRequest:
		return func(r *reader) *Fault { return readScanRequest(r, v) }, func(w *writer) *Fault { return writeScanRequest(w, v) }
	case *ScanResponse:
		return func(r *reader) *Fault { return readScanResponse(r, v) }, func(w *writer) *Fault { return writeScanResponse(w, v) }
	case *ConfigureRequest:
		return func(r *reader) *Fault { return readConfigureRequest(r, v) }, func(w *writer) *Fault { return writeConfigureRequest(w, v) }
	case *RunInfo:
		return func(r *reader) *Fault { return readRunInfo(r, v) }, func(w *writer) *Fault { return writeRunInfo(w, v) }
	case *Command:
		return func(r *reader) *Fault { return readCommand(r, v) }, func(w *writer) *Fault { return writeCommand(w, v) }
	case *Indexing:
		return func(r *reader) *Fault { return readIndexing(r, v) }, func(w *writer) *Fault { return writeIndexing(w, v) }
	case *BazelModule:
		return func(r *reader) *Fault { return readBazelModule(r, v) }, func(w *writer) *Fault { return writeBazelModule(w, v) }
	case *FlagValue:
		return func(r *reader) *Fault { return readFlagValue(r, v) }, func(w *writer) *Fault { return writeFlagValue(w, v) }
	case *ConfigureResponse:
		return func(r *reader) *Fault { return readConfigureResponse(r, v) }, func(w *writer) *Fault { return writeConfigureResponse(w, v) }
	case *Provided:
		return func(r *reader) *Fault { return readProvided(r, v) }, func(w *writer) *Fault { return writeProvided(w, v) }
	case *BuildFile:
		return func(r *reader) *Fault { return readBuildFile(r, v) }, func(w *writer) *Fault { return writeBuildFile(w, v) }
	case *Load:
		return func(r *reader) *Fault { return readLoad(r, v) }, func(w *writer) *Fault { return writeLoad(w, v) }
	case *Symbol:
		return func(r *reader) *Fault { return readSymbol(r, v) }, func(w *writer) *Fault { return writeSymbol(w, v) }
	case *Directive:
		return func(r *reader) *Fault { return readDirective(r, v) }, func(w *writer) *Fault { return writeDirective(w, v) }
	case *Rule:
		return func(r *reader) *Fault { return readRule(r, v) }, func(w *writer) *Fault { return writeRule(w, v) }
	case *Attr:
		return func(r *reader) *Fault { return readAttr(r, v) }, func(w *writer) *Fault { return writeAttr(w, v) }
	case *Value:
		return func(r *reader) *Fault { return readValue(r, v) }, func(w *writer) *Fault { return writeValue(w, v) }
	case *StringEntry:
		return func(r *reader) *Fault { return readStringEntry(r, v) }, func(w *writer) *Fault { return writeStringEntry(w, v) }
	case *ListEntry:
		return func(r *reader) *Fault { return readListEntry(r, v) }, func(w *writer) *Fault { return writeListEntry(w, v) }
	case *SelectBranch:
		return func(r *reader) *Fault { return readSelectBranch(r, v) }, func(w *writer) *Fault { return writeSelectBranch(w, v) }
	case *Term:
		return func(r *reader) *Fault { return readTerm(r, v) }, func(w *writer) *Fault { return writeTerm(w, v) }
	case *File:
		return func(r *reader) *Fault { return readFile(r, v) }, func(w *writer) *Fault { return writeFile(w, v) }
	case *FileData:
		return func(r *reader) *Fault { return readFileData(r, v) }, func(w *writer) *Fault { return writeFileData(w, v) }
	case *Match:
		return func(r *reader) *Fault { return readMatch(r, v) }, func(w *writer) *Fault { return writeMatch(w, v) }
	case *FixRequest:
		return func(r *reader) *Fault { return readFixRequest(r, v) }, func(w *writer) *Fault { return writeFixRequest(w, v) }
	case *FixResponse:
		return func(r *reader) *Fault { return readFixResponse(r, v) }, func(w *writer) *Fault { return writeFixResponse(w, v) }
	case *Edit:
		return func(r *reader) *Fault { return readEdit(r, v) }, func(w *writer) *Fault { return writeEdit(w, v) }
	case *GenerateRequest:
		return func(r *reader) *Fault { return readGenerateRequest(r, v) }, func(w *writer) *Fault { return writeGenerateRequest(w, v) }
	case *Child:
		return func(r *reader) *Fault { return readChild(r, v) }, func(w *writer) *Fault { return writeChild(w, v) }
	case *GenerateResponse:
		return func(r *reader) *Fault { return readGenerateResponse(r, v) }, func(w *writer) *Fault { return writeGenerateResponse(w, v) }
	case *GeneratedRule:
		return func(r *reader) *Fault { return readGeneratedRule(r, v) }, func(w *writer) *Fault { return writeGeneratedRule(w, v) }
	case *EmptyRule:
		return func(r *reader) *Fault { return readEmptyRule(r, v) }, func(w *writer) *Fault { return writeEmptyRule(w, v) }
	case *ImportSpec:
		return func(r *reader) *Fault { return readImportSpec(r, v) }, func(w *writer) *Fault { return writeImportSpec(w, v) }
	case *ImportsRequest:
		return func(r *reader) *Fault { return readImportsRequest(r, v) }, func(w *writer) *Fault { return writeImportsRequest(w, v) }
	case *ImportsRule:
		return func(r *reader) *Fault { return readImportsRule(r, v) }, func(w *writer) *Fault { return writeImportsRule(w, v) }
	case *ImportsResponse:
		return func(r *reader) *Fault { return readImportsResponse(r, v) }, func(w *writer) *Fault { return writeImportsResponse(w, v) }
	case *RuleImports:
		return func(r *reader) *Fault { return readRuleImports(r, v) }, func(w *writer) *Fault { return writeRuleImports(w, v) }
	case *ResolveRequest:
		return func(r *reader) *Fault { return readResolveRequest(r, v) }, func(w *writer) *Fault { return writeResolveRequest(w, v) }
	case *ResolveRule:
		return func(r *reader) *Fault { return readResolveRule(r, v) }, func(w *writer) *Fault { return writeResolveRule(w, v) }
	case *Lookup:
		return func(r *reader) *Fault { return readLookup(r, v) }, func(w *writer) *Fault { return writeLookup(w, v) }
	case *Origin:
		return func(r *reader) *Fault { return readOrigin(r, v) }, func(w *writer) *Fault { return writeOrigin(w, v) }
	case *Query:
		return func(r *reader) *Fault { return readQuery(r, v) }, func(w *writer) *Fault { return writeQuery(w, v) }
	case *ResolveResponse:
		return func(r *reader) *Fault { return readResolveResponse(r, v) }, func(w *writer) *Fault { return writeResolveResponse(w, v) }
	case *ResolvedRule:
		return func(r *reader) *Fault { return readResolvedRule(r, v) }, func(w *writer) *Fault { return writeResolvedRule(w, v) }
	case *FindRequest:
		return func(r *reader) *Fault { return readFindRequest(r, v) }, func(w *writer) *Fault { return writeFindRequest(w, v) }
	case *FindResponse:
		return func(r *reader) *Fault { return readFindResponse(r, v) }, func(w *writer) *Fault { return writeFindResponse(w, v) }
	case *FindAnswer:
		return func(r *reader) *Fault { return readFindAnswer(r, v) }, func(w *writer) *Fault { return writeFindAnswer(w, v) }
	case *Provider:
		return func(r *reader) *Fault { return readProvider(r, v) }, func(w *writer) *Fault { return writeProvider(w, v) }
	case *FinishRequest:
		return func(r *reader) *Fault { return readFinishRequest(r, v) }, func(w *writer) *Fault { return writeFinishRequest(w, v) }
	case *Summary:
		return func(r *reader) *Fault { return readSummary(r, v) }, func(w *writer) *Fault { return writeSummary(w, v) }
	case *FinishResponse:
		return func(r *reader) *Fault { return readFinishResponse(r, v) }, func(w *writer) *Fault { return writeFinishResponse(w, v) }
	}
	return nil, nil
}

func (*ManifestRequest) AnsweredBy(*Manifest) string { return "manifest" }

func (*SetupRequest) AnsweredBy(*Catalogue) string { return "setup" }

func (*ScanRequest) AnsweredBy(*ScanResponse) string { return "scan" }

func (*ConfigureRequest) AnsweredBy(*ConfigureResponse) string { return "configure" }

func (*FixRequest) AnsweredBy(*FixResponse) string { return "fix" }

func (*GenerateRequest) AnsweredBy(*GenerateResponse) string { return "generate_rules" }

func (*ImportsRequest) AnsweredBy(*ImportsResponse) string { return "imports" }

func (*ResolveRequest) AnsweredBy(*ResolveResponse) string { return "resolve" }

func (*FindRequest) AnsweredBy(*FindResponse) string { return "find" }

func (*FinishRequest) AnsweredBy(*FinishResponse) string { return "finish" }
