//! What is shown of an explanation to people?

use crate::messages::{count, grouped};
use anstyle::{AnsiColor, Style};
use dorcas_gazelle::explain::{
    Attribute, Choice, Decision, Directive, Explanation, Import, LeftOut, Match, Part, Rule, Source, Standing, Target,
    What,
};
use dorcas_host::printable;
use std::io::{self, Write};

/// Most bytes of one line.
const MAX_BYTES: usize = 4 << 10;

const HEAD: Style = AnsiColor::Cyan.on_default().bold();
const STRONG: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Writes a line, which may have colours but nothing else that a terminal obeys.
macro_rules! line {
    ($out:expr, $style:expr, $indent:expr, $($text:tt)*) => {{
        let text = printable(&format!($($text)*), MAX_BYTES).to_string();
        let style: Style = $style;
        writeln!($out, "{:1$}{style}{text}{style:#}", "", $indent)
    }};
}

pub(super) fn show(explanation: &Explanation, target: &Target, out: &mut dyn Write) -> io::Result<()> {
    line!(out, STRONG, 0, "{}", explanation.label)?;
    match &explanation.rule {
        Some(rule) => rule_head(rule, explanation, out)?,
        None => no_rule(explanation, target, out)?,
    }
    heading("Directives", explanation.directives.is_empty(), out)?;
    for directive in &explanation.directives {
        self::directive(directive, out)?;
    }
    if explanation.package.left_out.is_none() {
        heading("Languages", false, out)?;
        for part in &explanation.languages {
            language(part, out)?;
        }
    }
    if let Some(rule) = &explanation.rule {
        imports(rule, out)?;
        heading("Attributes", rule.attributes.is_empty(), out)?;
        for attribute in &rule.attributes {
            self::attribute(attribute, out)?;
        }
    } else if target.short {
        heading("Rules", explanation.rules.is_empty(), out)?;
        for rule in &explanation.rules {
            let by = rule.language.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
            line!(out, Style::new(), 2, "{} {}: {}{by}", rule.kind, rule.name, in_short(rule.what))?;
        }
    }
    if !explanation.messages.is_empty() {
        heading("Messages", false, out)?;
        for message in &explanation.messages {
            line!(out, AnsiColor::Yellow.on_default(), 2, "{message}")?;
        }
    }
    Ok(())
}

fn heading(text: &str, empty: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    if empty { line!(out, HEAD, 0, "{text}: none") } else { line!(out, HEAD, 0, "{text}") }
}

fn rule_head(rule: &Rule, explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    line!(out, Style::new(), 2, "{}, {}", rule.listed.kind, in_full(rule))?;
    if let Some(file) = &explanation.package.build_file {
        match rule.line {
            Some(line) => line!(out, Style::new(), 2, "at {file}:{line}")?,
            None => line!(out, Style::new(), 2, "in {file}")?,
        }
    }
    if let Some(reason @ LeftOut::IgnoreDirective) = &explanation.package.left_out {
        line!(out, Style::new(), 2, "{}", why_left_out(reason))?;
    }
    let (kind, name) = (rule.generated_kind.as_deref(), rule.generated_name.as_deref());
    if let (Some(kind), Some(name)) = (kind, name)
        && (kind, name) != (rule.listed.kind.as_str(), rule.listed.name.as_str())
    {
        line!(out, Style::new(), 2, "generated as {kind} {name:?}")?;
    }
    match (&rule.matched_by, rule.listed.what) {
        (Some(by), What::Ambiguous) => line!(out, Style::new(), 2, "{}", why_ambiguous(by))?,
        (Some(by), _) => line!(out, Style::new(), 2, "found in the file by {}", matched_by(by))?,
        (None, _) => {}
    }
    for [lang, import] in &rule.provides {
        line!(out, Style::new(), 2, "others import it as {lang} {import:?}")?;
    }
    Ok(())
}

fn no_rule(explanation: &Explanation, target: &Target, out: &mut dyn Write) -> io::Result<()> {
    if let Some(reason) = &explanation.package.left_out {
        return line!(out, Style::new(), 2, "{}", why_left_out(reason));
    }
    if target.short {
        if let Some(file) = &explanation.package.build_file {
            line!(out, Style::new(), 2, "no rule has this name; here is its package, {file}")?;
        } else {
            line!(out, Style::new(), 2, "no rule has this name; here is its package, which has no BUILD file")?;
        }
        return Ok(());
    }
    line!(out, Style::new(), 2, "there is no such rule: it is neither in the BUILD file nor generated")?;
    if !explanation.near.is_empty() {
        line!(out, Style::new(), 2, "like it are: {}", explanation.near.join(", "))?;
    }
    Ok(())
}

fn directive(directive: &Directive, out: &mut dyn Write) -> io::Result<()> {
    let place = match (&directive.file, directive.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        _ => "command line".into(),
    };
    let inherited = if directive.inherited && directive.file.is_some() { ", inherited" } else { "" };
    let known_to = directive.known_to.join(", ");
    let standing = match directive.standing {
        Standing::InForce => known_to,
        Standing::Replaced => format!("{known_to}; replaced by a later one"),
        Standing::Faulty => format!("{known_to}; has no effect"),
        Standing::Unknown => "nobody knows it".into(),
    };
    let style = if directive.standing == Standing::InForce { Style::new() } else { DIM };
    let text = format!("{} {}", directive.key, directive.value);
    line!(out, style, 2, "{}  ({place}{inherited}; {standing})", text.trim_end())?;
    match &directive.message {
        Some(message) => line!(out, AnsiColor::Yellow.on_default(), 4, "{message}"),
        None => Ok(()),
    }
}

fn language(part: &Part, out: &mut dyn Write) -> io::Result<()> {
    let digest = part.digest.as_deref().and_then(|digest| digest.get(..12)).unwrap_or("-");
    let takes_part = if part.takes_part { "" } else { ", takes no part here" };
    line!(out, STRONG, 2, "{}  (sha-256 {digest}{takes_part})", part.name)?;
    if part.generated + part.empty > 0 {
        let empty = if part.empty > 0 { format!("; nothing left of {}", part.empty) } else { String::new() };
        line!(out, Style::new(), 4, "{} generated{empty}", count(part.generated, "rule", "rules"))?;
    }
    for call in &part.calls {
        let (fuel, request, reply) = (grouped(call.fuel), grouped(call.request_bytes), grouped(call.reply_bytes));
        line!(out, DIM, 4, "{}: {fuel} fuel, {request} bytes in, {reply} bytes out", call.method)?;
    }
    for file in &part.files {
        let what = match (file.bytes, file.matches, file.facts) {
            (Some(bytes), ..) => count(bytes, "byte", "bytes"),
            (_, Some(matches), _) => count(matches, "match", "matches"),
            (.., Some(bytes)) => format!("{} of facts", count(bytes, "byte", "bytes")),
            _ if file.failed => "scan failed".into(),
            _ => "its name".into(),
        };
        line!(out, Style::new(), 4, "read {}: {what}", file.name)?;
    }
    for edit in &part.edits {
        line!(out, Style::new(), 4, "fixed {edit}")?;
    }
    Ok(())
}

fn imports(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    heading("Imports", rule.imports.is_empty(), out)?;
    for import in &rule.imports {
        line!(out, STRONG, 2, "{} {:?}", import.lang, import.import)?;
        let labels = if import.labels.is_empty() { "nothing".into() } else { import.labels.join(", ") };
        line!(out, Style::new(), 4, "-> {labels}: {}", why_chosen(import))?;
        for candidate in import.candidates.iter().filter(|candidate| !import.labels.contains(&candidate.label)) {
            line!(out, DIM, 4, "not {}, {}", candidate.label, from(&candidate.source))?;
        }
        for message in &import.messages {
            line!(out, AnsiColor::Yellow.on_default(), 4, "{message}")?;
        }
    }
    Ok(())
}

fn attribute(attribute: &Attribute, out: &mut dyn Write) -> io::Result<()> {
    let after = attribute.after.as_ref().map(|method| format!(" (after {method})")).unwrap_or_default();
    line!(out, STRONG, 2, "{}: {}{after}", attribute.name, decided(attribute.decision))?;
    let Attribute { before, generated, result, .. } = attribute;
    if before != result {
        value("was", before.as_deref(), out)?;
    }
    if generated != result && generated.is_some() {
        value("generated", generated.as_deref(), out)?;
    }
    value("is", result.as_deref(), out)
}

fn value(word: &str, text: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let Some(text) = text else { return Ok(()) };
    let mut lines = text.lines();
    line!(out, Style::new(), 4, "{word:9} {}", lines.next().unwrap_or_default())?;
    for line in lines {
        line!(out, Style::new(), 14, "{line}")?;
    }
    Ok(())
}

fn in_short(what: What) -> &'static str {
    match what {
        What::Created => "new",
        What::Changed => "changed",
        What::Unchanged => "unchanged",
        What::Kept => "kept by a comment",
        What::Deleted => "deleted",
        What::DeletedByFix => "deleted by fix",
        What::Stays => "stays, though nothing is generated for it",
        What::HandWritten => "no language generates it",
        What::Ambiguous => "can't be told from others",
        What::LeftAlone => "left alone",
    }
}

fn in_full(rule: &Rule) -> String {
    let language = rule.listed.language.as_deref().unwrap_or("a language");
    match rule.listed.what {
        What::Created => format!("generated by {language}; it is new"),
        What::Changed => format!("generated by {language} and merged with what is in the file, which changes it"),
        What::Unchanged => format!("generated by {language}; it stands in the file as it should"),
        What::Kept if rule.generated_kind.is_none() => {
            format!("of which {language} says that nothing is left; a comment `# keep` keeps it")
        }
        What::Kept => format!("generated by {language}, but a comment `# keep` keeps it as it is"),
        What::Deleted => format!("deleted: {language} says that nothing is left of it"),
        What::DeletedByFix => "deleted by a language's fix".into(),
        What::Stays => {
            format!("of which {language} says that nothing is left; it stays because of what was written by hand")
        }
        What::HandWritten => "written by hand: no language generates it".into(),
        What::Ambiguous => format!("which {language} generates, but nothing is done"),
        What::LeftAlone => "left alone: its package isn't updated".into(),
    }
}

fn matched_by(by: &Match) -> String {
    match by {
        Match::Name => "kind and name".into(),
        Match::Attribute(attr) => format!("its attribute {attr}"),
        Match::Kind => "its kind, of which there is one".into(),
    }
}

fn why_ambiguous(by: &Match) -> String {
    match by {
        Match::Name => "a rule of another kind has the name".into(),
        Match::Attribute(attr) => format!("several rules in the file have the same {attr}"),
        Match::Kind => "several rules in the file have the kind".into(),
    }
}

fn why_left_out(reason: &LeftOut) -> String {
    match reason {
        LeftOut::Excluded { path, glob } => format!("{path} is left out: `exclude` has {glob}"),
        LeftOut::Ignored { path, by } => format!("{path} is left out by {by}"),
        LeftOut::Link { path } => format!("{path} is a link, and no `follow` names it"),
        LeftOut::NotADirectory { path } => format!("{path} is a file, not a directory"),
        LeftOut::Missing => "there is no such directory".into(),
        LeftOut::NoPackage { path, package } => {
            format!("{path} has no BUILD file and gets none (generation_mode update_only): it belongs to //{package}")
        }
        LeftOut::IgnoreDirective => "its BUILD file has `# gazelle:ignore`".into(),
        _ => "it is left out".into(),
    }
}

fn why_chosen(import: &Import) -> &'static str {
    match import.choice {
        Choice::Override => "a directive says so",
        Choice::Index => "a rule of this repository provides it",
        Choice::Configured => "what the language was configured with provides it",
        Choice::OtherLanguage => "another language has found it",
        Choice::OwnKnowledge => "no rule provides it; the language knows it, or guesses",
        Choice::OwnRule => "the rule provides it itself",
        Choice::Ambiguous => "more than one rule provides it",
        Choice::PassedOver => "the language wants no dependency for it",
        Choice::Nothing => "no rule provides it, or none is needed",
        Choice::Unknown => "not known; the language can't be asked about one import alone",
    }
}

fn from(source: &Source) -> String {
    match source {
        Source::Override => "of a directive".into(),
        Source::Index => "which provides it".into(),
        Source::Configured => "provided by its configuration".into(),
        Source::Language(name) => format!("found by {name}"),
    }
}

fn decided(decision: Decision) -> &'static str {
    match decision {
        Decision::Added => "added",
        Decision::Kept => "kept by a comment",
        Decision::Merged => "merged",
        Decision::Replaced => "replaced",
        Decision::Same => "stays, as generated",
        Decision::NotMergeable => "stays; its kind doesn't let it be merged",
        Decision::NotUnderstood => "stays; its value has a form that can't be merged",
        Decision::Removed => "removed",
        Decision::NotGenerated => "stays; nobody generates it",
    }
}
