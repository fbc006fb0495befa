package main

import "strings"

// Schema is what the generator reads of abi/schema.json.
type Schema struct {
	ABIVersion  int      `json:"abi_version"`
	Fingerprint string   `json:"fingerprint"`
	Limits      []Limit  `json:"limits"`
	Methods     []Method `json:"methods"`
	Types       []Type   `json:"types"`
}

type Limit struct {
	Name  string
	Value uint32
}

type Method struct {
	Export, Request, Response string
}

type Type struct {
	Name   string
	Doc    string
	Least  int `json:"least_bytes"`
	Struct []Field
	Enum   []Variant
}

type Field struct {
	Name string
	Type Shape
	Doc  string
}

type Variant struct {
	Name         string
	Discriminant uint32
	One          *Shape
	Fields       []Field
	Doc          string
}

// Shape is the type of a field.
type Shape struct {
	Kind     string
	Name     string
	Of       *Shape
	NonEmpty bool `json:"non_empty"`
	SortedBy int  `json:"sorted_by"`
}

// Of the enums without payloads the constants have the enum's name in front. Of the others a variant is a type of its
// own; what stands here goes in front of its name.
var prefixes = map[string]string{"Want": "Want", "FileData": "File", "FlagType": "Flag"}

// plain says whether no variant carries anything.
func (t Type) plain() bool {
	for _, v := range t.Enum {
		if v.One != nil || v.Fields != nil {
			return false
		}
	}
	return t.Enum != nil
}

// constant is the Go name of a variant of a plain enum.
func (t Type) constant(v Variant) string {
	if prefix, ok := prefixes[t.Name]; ok {
		return prefix + v.Name
	}
	return t.Name + v.Name
}

// variant is the Go type of a variant; empty for the one that nil stands for.
func (t Type) variant(v Variant) string {
	if v.Discriminant == 0 && v.One == nil && v.Fields == nil {
		return ""
	}
	return prefixes[t.Name] + v.Name
}

// goName is a field's name in Go.
func goName(name string) string {
	if name == "ty" {
		return "Type"
	}
	var out strings.Builder
	for _, part := range strings.Split(name, "_") {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return out.String()
}

// goType is what a field of this shape is in Go.
func (s Shape) goType() string {
	switch s.Kind {
	case "u32":
		return "uint32"
	case "i64":
		return "int64"
	case "bool":
		return "bool"
	case "text":
		return "string"
	case "bytes":
		return "[]byte"
	case "list":
		return "[]" + s.Of.goType()
	case "option":
		if s.Of.Kind == "bytes" {
			return "[]byte" // nil is none
		}
		return "*" + s.Of.goType()
	}
	return s.Name
}

// least is the fewest bytes of a value, as wire.length counts them.
func (s Shape) least(types map[string]Type) int {
	if s.Kind == "type" {
		return types[s.Name].Least
	}
	return 1
}
