// Code generated from guest/go by `cargo run -p dorcas-generate`. DO NOT EDIT.

package abi

import "strconv"

// Fault says where and how bytes break the schema, or a value that was to become bytes.
type Fault struct {
	// Clause is the clause of the specification that is broken: `wire.sorted`.
	Clause string
	// Offset is the byte at which the value begins that is wrong.
	Offset int
	// Path is the way to that value: `rules[0].rule.attrs[1]`.
	Path string
	what string
}

func (f *Fault) Error() string {
	text := "byte " + strconv.Itoa(f.Offset)
	if f.Path != "" {
		text += ", in `" + f.Path + "`"
	}
	return text + ": " + f.what + " (" + f.Clause + ")"
}

// in puts the name of a field in front of the path.
func (f *Fault) in(name string) *Fault {
	if f != nil {
		if f.Path != "" && f.Path[0] != '[' {
			name += "."
		}
		f.Path = name + f.Path
	}
	return f
}

// at puts the index of an item in front of the path.
func (f *Fault) at(index int) *Fault {
	return f.in("[" + strconv.Itoa(index) + "]")
}
