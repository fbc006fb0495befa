package main

import (
	"fmt"
	"strconv"
)

// codec writes a reader and a writer for each type.
func (g *generator) codec(schema *Schema) {
	types := map[string]Type{}
	for _, t := range schema.Types {
		types[t.Name] = t
	}
	written := map[string]bool{}
	for _, t := range schema.Types {
		switch {
		case t.Struct != nil:
			g.structCodec(t.Name, t.Struct, types)
		case t.plain():
			g.line("\nfunc read%s(r *reader, v *%s) *Fault {", t.Name, t.Name)
			g.line("tag, fault := r.tag(%q, %d)\n*v = %s(tag)\nreturn fault\n}", t.Name, len(t.Enum), t.Name)
			g.line("\nfunc write%s(w *writer, v *%s) *Fault { return w.tag(%q, uint32(*v), %d) }", t.Name, t.Name, t.Name, len(t.Enum))
		default:
			g.unionCodec(t, types, written)
		}
	}
	g.line("\n// codecOf finds the codec of a message by its type.")
	g.line("func codecOf(message any) (read func(*reader) *Fault, write func(*writer) *Fault) {\nswitch v := message.(type) {")
	for _, t := range schema.Types {
		g.line("case *%s:\nreturn func(r *reader) *Fault { return read%s(r, v) }, func(w *writer) *Fault { return write%s(w, v) }",
			t.Name, t.Name, t.Name)
	}
	g.line("}\nreturn nil, nil\n}")
	for _, m := range schema.Methods {
		g.line("\nfunc (*%s) answeredBy(*%s) string { return %q }", m.Request, m.Response, m.Export)
	}
}

func (g *generator) structCodec(name string, fields []Field, types map[string]Type) {
	for _, verb := range []string{"read", "write"} {
		g.line("\nfunc %s%s(%c *%ser, v *%s) *Fault {", verb, name, verb[0], agent(verb), name)
		for _, f := range fields {
			g.line("if fault := %s; fault != nil {\nreturn fault.in(%q)\n}", call(verb, f.Type, "&v."+goName(f.Name), types), f.Name)
		}
		g.line("return nil\n}")
	}
}

func (g *generator) unionCodec(t Type, types map[string]Type, written map[string]bool) {
	g.line("\nfunc read%s(r *reader, v *%s) *Fault {", t.Name, t.Name)
	g.line("tag, fault := r.tag(%q, %d)\nif fault != nil {\nreturn fault\n}\nswitch tag {", t.Name, len(t.Enum))
	for _, v := range t.Enum {
		g.line("case %d:", v.Discriminant)
		name := t.variant(v)
		switch {
		case name == "":
			g.line("*v = nil")
		case v.One == nil && v.Fields == nil:
			g.line("*v = %s{}", name)
		case v.Fields != nil:
			g.line("var one %s\nfault = read%s(r, &one).in(%q)\n*v = one", name, name, v.Name)
		default:
			g.line("var one %s\nfault = %s.in(%q)\n*v = %s(one)", v.One.goType(), call("read", *v.One, "&one", types), v.Name, name)
		}
	}
	g.line("}\nreturn fault\n}")
	none := fmt.Sprintf("w.none(%q)", t.Name)
	for _, v := range t.Enum {
		if t.variant(v) == "" {
			none = fmt.Sprintf("w.tag(%q, %d, %d)", t.Name, v.Discriminant, len(t.Enum))
		}
	}
	g.line("\nfunc write%s(w *writer, v *%s) *Fault {\nif *v == nil {\nreturn %s\n}\nreturn (*v).write%s(w)\n}", t.Name, t.Name, none, t.Name)
	for _, v := range t.Enum {
		name := t.variant(v)
		if name == "" {
			continue
		}
		if v.Fields != nil && !written[name] {
			written[name] = true
			g.structCodec(name, v.Fields, types)
		}
		tag := fmt.Sprintf("if fault := w.tag(%q, %d, %d); fault != nil {\nreturn fault\n}", t.Name, v.Discriminant, len(t.Enum))
		g.line("\nfunc (v %s) write%s(w *writer) *Fault {\n%s", name, t.Name, tag)
		switch {
		case v.Fields != nil:
			g.line("return write%s(w, &v).in(%q)\n}", name, v.Name)
		case v.One != nil:
			g.line("one := %s(v)\nreturn %s.in(%q)\n}", v.One.goType(), call("write", *v.One, "&one", types), v.Name)
		default:
			g.line("return nil\n}")
		}
	}
}

// agent completes "reader" and "writer".
func agent(verb string) string {
	if verb == "write" {
		return "writ"
	}
	return verb
}

// call is the call that reads or writes a value of a shape.
func call(verb string, s Shape, target string, types map[string]Type) string {
	one := string(verb[0])
	switch s.Kind {
	case "list":
		return fmt.Sprintf("%sList(%s, %s, %d, %d, %s)", verb, one, target, s.Of.least(types), s.SortedBy, function(verb, *s.Of, types))
	case "option":
		if s.Of.Kind == "bytes" {
			return fmt.Sprintf("%sOptionalBytes(%s, %s)", verb, one, target)
		}
		return fmt.Sprintf("%sOption(%s, %s, %s)", verb, one, target, function(verb, *s.Of, types))
	}
	return function(verb, s, types) + "(" + one + ", " + target + ")"
}

// function is the function that does it, for use as an argument.
func function(verb string, s Shape, types map[string]Type) string {
	switch s.Kind {
	case "u32":
		return verb + "U32"
	case "i64":
		return verb + "I64"
	case "bool":
		return verb + "Bool"
	case "bytes":
		return verb + "Bytes"
	case "text":
		if s.NonEmpty {
			return verb + "NonEmpty"
		}
		return verb + "Text"
	case "type":
		return verb + s.Name
	case "option":
		if s.Of.Kind == "bytes" {
			return verb + "OptionalBytes"
		}
	}
	panic("no function for a " + strconv.Quote(s.Kind) + " in a list")
}
