package main

import "fmt"

// messages writes the types.
func (g *generator) messages(schema *Schema) {
	g.line("\n// Fingerprint is a hash of all that decides about bytes.\nconst Fingerprint = %q", schema.Fingerprint)
	for _, limit := range schema.Limits {
		switch limit.Name {
		case "message_bytes":
			g.line("\n// MaxMessageBytes bounds an encoded message.\nconst MaxMessageBytes = %d", limit.Value)
		case "message_items":
			g.line("\n// MaxMessageItems bounds the items of all lists of a message together.\nconst MaxMessageItems = %d", limit.Value)
		case "error_bytes":
			g.line("\nconst maxErrorBytes = %d", limit.Value)
		case "resolve_rounds":
			g.line("\n// MaxResolveRounds is how many times in a row resolve may answer Need.\nconst MaxResolveRounds = %d", limit.Value)
		}
	}
	for _, t := range schema.Types {
		switch {
		case t.Struct != nil:
			g.line("\n// %s: %s", t.Name, t.Doc)
			g.fields(t.Name, t.Struct)
		case t.plain():
			g.line("\n// %s: %s", t.Name, t.Doc)
			g.line("type %s uint32\n\nconst (", t.Name)
			for _, v := range t.Enum {
				g.line("// %s: %s\n%s %s = %d", t.constant(v), v.Doc, t.constant(v), t.Name, v.Discriminant)
			}
			g.line(")\n\nfunc (v %s) String() string {\nswitch v {", t.Name)
			for _, v := range t.Enum {
				g.line("case %s:\nreturn %q", t.constant(v), v.Name)
			}
			g.line("}\nreturn \"none of the schema\"\n}")
		default:
			g.union(t)
		}
	}
}

func (g *generator) fields(name string, fields []Field) {
	g.line("type %s struct {", name)
	for _, f := range fields {
		doc := f.Doc
		if f.Type.Kind == "list" && f.Type.SortedBy == 1 {
			doc += " Sorted, without duplicates."
		} else if f.Type.Kind == "list" && f.Type.SortedBy > 1 {
			doc += fmt.Sprintf(" Sorted by its first %d texts, without duplicates.", f.Type.SortedBy)
		}
		g.line("// %s\n%s %s", doc, goName(f.Name), f.Type.goType())
	}
	g.line("}")
}

// union writes an enum with payloads: an interface, and a type for each variant.
func (g *generator) union(t Type) {
	g.line("\n// %s: %s\n//", t.Name, t.Doc)
	for _, v := range t.Enum {
		name := t.variant(v)
		if name == "" {
			name = "nil"
		}
		g.line("//   - %s: %s", name, v.Doc)
	}
	g.line("type %s interface{ write%s(*writer) *Fault }", t.Name, t.Name)
	for _, v := range t.Enum {
		name := t.variant(v)
		if _, shared := g.variants[name]; shared || name == "" {
			continue
		}
		g.variants[name] = t.Name
		switch {
		case v.One != nil:
			g.line("\n// %s is a [%s]: %s\ntype %s %s", name, t.Name, v.Doc, name, v.One.goType())
		case v.Fields != nil:
			g.line("\n// %s is a [%s]: %s", name, t.Name, v.Doc)
			g.fields(name, v.Fields)
		default:
			g.line("\n// %s is a [%s]: %s\ntype %s struct{}", name, t.Name, v.Doc, name)
		}
	}
}

// list writes what the tests go through.
func (g *generator) list(schema *Schema) {
	g.line("\n// messages has a value of each type of the schema.\nvar messages = []any{")
	for _, t := range schema.Types {
		g.line("new(%s),", t.Name)
	}
	g.line("}")
}
