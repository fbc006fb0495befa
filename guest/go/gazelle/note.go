package gazelle

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"
	"slices"

	"dorcas.dev/dorcas"
	"github.com/bazel-contrib/bazel-gazelle/v2/rule"
)

// How the imports of a rule are kept in its note; the first byte of it.
const (
	keptNothing  = iota
	keptStrings  // texts with their lengths
	keptJSON     // a byte for the index of the type in Options.Imports, and JSON
	keptRequest  // the request of generate_rules, which has to run again
	keptBefore   // the same; the request is in the note of the first rule
	keptInMemory // a stateful extension has them
)

// note is what has to be known of a rule when it is resolved.
type note struct {
	kept    byte
	imports []byte
	private []dorcas.Attr
}

func (n note) encode() ([]byte, error) {
	// The codec of a message does for the attributes too.
	private, err := dorcas.Encode(&dorcas.EmptyRule{Kind: "_", Attrs: n.private})
	if err != nil {
		return nil, err
	}
	bytes := binary.AppendUvarint([]byte{n.kept}, uint64(len(private)))
	return slices.Concat(bytes, private, n.imports), nil
}

var errNote = errors.New("a note is not one that generate_rules has left")

func decodeNote(bytes []byte) (n note, err error) {
	if len(bytes) == 0 {
		return n, errNote
	}
	size, used := binary.Uvarint(bytes[1:])
	if used <= 0 || size > uint64(len(bytes)-1-used) {
		return n, errNote
	}
	begin, end := 1+used, 1+used+int(size)
	var private dorcas.EmptyRule
	if err := dorcas.Decode(bytes[begin:end], &private); err != nil {
		return n, errNote
	}
	return note{kept: bytes[0], imports: bytes[end:], private: private.Attrs}, nil
}

// noteOf keeps the imports of a rule. The request goes into the first rule's note, where one needs it.
func (a *adapter) noteOf(r *rule.Rule, imports any) (note, error) {
	n := note{private: private(r)}
	if a.options.Stateful {
		n.kept = keptInMemory
		return n, nil
	}
	switch imports := imports.(type) {
	case nil:
		n.kept = keptNothing
	case []string:
		n.kept = keptStrings
		for _, text := range imports {
			n.imports = append(binary.AppendUvarint(n.imports, uint64(len(text))), text...)
		}
	default:
		index := slices.IndexFunc(a.options.Imports, func(example any) bool {
			return reflect.TypeOf(example) == reflect.TypeOf(imports)
		})
		if index < 0 {
			n.kept = keptBefore
			return n, nil
		}
		text, err := json.Marshal(imports)
		if err != nil {
			return n, err
		}
		n.kept, n.imports = keptJSON, append([]byte{byte(index)}, text...)
	}
	return n, nil
}

// importsIn is the inverse, for what the note itself has.
func (a *adapter) importsIn(n note) (any, error) {
	switch n.kept {
	case keptNothing:
		return nil, nil
	case keptStrings:
		texts := []string{}
		for rest := n.imports; len(rest) > 0; {
			size, used := binary.Uvarint(rest)
			if used <= 0 || size > uint64(len(rest)-used) {
				return nil, errNote
			}
			texts = append(texts, string(rest[used:used+int(size)]))
			rest = rest[used+int(size):]
		}
		return texts, nil
	case keptJSON:
		if len(n.imports) == 0 || int(n.imports[0]) >= len(a.options.Imports) {
			return nil, errNote
		}
		value := reflect.New(reflect.TypeOf(a.options.Imports[n.imports[0]]))
		if err := json.Unmarshal(n.imports[1:], value.Interface()); err != nil {
			return nil, errNote
		}
		return value.Elem().Interface(), nil
	}
	return nil, errNote
}
