// Code generated from guest/go by `cargo run -p dorcas-generate`. DO NOT EDIT.

package abi

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The codec does what the golden vectors of the ABI say.

type vector struct {
	Name, Type string
	Hex        []string
	Value      any
	Then       *struct {
		Byte  string
		Times int
	}
	Clause, Path, Error string
	Offset              int
}

func (v vector) bytes(t *testing.T) []byte {
	data, err := hex.DecodeString(strings.ReplaceAll(strings.Join(v.Hex, ""), " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	if v.Then != nil {
		b, err := hex.DecodeString(v.Then.Byte)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, bytes.Repeat(b, v.Then.Times)...)
	}
	return data
}

func vectors(t *testing.T, file string) []vector {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var vectors []vector
	if err := decoder.Decode(&vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) == 0 {
		t.Fatalf("%s has no vectors", file)
	}
	return vectors
}

// outcome is a message, or a reply with one.
type outcome struct {
	message any
	failure *GuestError
	reply   bool
}

func newOutcome(t *testing.T, name string) *outcome {
	inner, reply := strings.CutPrefix(name, "Reply<")
	for _, message := range messages {
		if reflect.TypeOf(message).Elem().Name() == strings.TrimSuffix(inner, ">") {
			return &outcome{message: reflect.New(reflect.TypeOf(message).Elem()).Interface(), reply: reply}
		}
	}
	t.Fatalf("no message %s", name)
	return nil
}

func (o *outcome) read(r *reader) *Fault {
	read, _ := codecOf(o.message)
	if !o.reply {
		return read(r)
	}
	tag, fault := r.tag("Reply", 2)
	switch {
	case fault != nil:
		return fault
	case tag == 0:
		return read(r).in("Ok")
	}
	o.failure = new(GuestError)
	return readGuestError(r, o.failure).in("Err")
}

func (o *outcome) write(w *writer) *Fault {
	_, write := codecOf(o.message)
	switch {
	case !o.reply:
		return write(w)
	case o.failure == nil:
		w.varint(0)
		return write(w)
	}
	w.varint(1)
	return writeGuestError(w, o.failure)
}

func TestGoodVectors(t *testing.T) {
	files, err := filepath.Glob("../../../abi/golden/*.json")
	if err != nil || len(files) < 11 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if filepath.Base(file) == "bad.json" {
			continue
		}
		for _, v := range vectors(t, file) {
			t.Run(v.Name, func(t *testing.T) {
				data, got := v.bytes(t), newOutcome(t, v.Type)
				if fault := decode(bytes.Clone(data), got.read); fault != nil {
					t.Fatal(fault)
				}
				means(t, got, v.Value)
				var w writer
				if fault := encode(&w, got.write); fault != nil {
					t.Fatal(fault)
				}
				if !bytes.Equal(w.out, data) {
					t.Errorf("encoded as % x, wanted % x", w.out, data)
				}
			})
		}
	}
}

func TestBadVectors(t *testing.T) {
	for _, v := range vectors(t, "../../../abi/golden/bad.json") {
		t.Run(v.Name, func(t *testing.T) {
			fault := decode(v.bytes(t), newOutcome(t, v.Type).read)
			if fault == nil {
				t.Fatal("was decoded")
			}
			if fault.Clause != v.Clause || fault.Offset != v.Offset || fault.Path != v.Path || fault.Error() != v.Error {
				t.Errorf("got %q\nwanted %q", fault, v.Error)
			}
		})
	}
}

// means compares a message with the JSON that stands for it.
func means(t *testing.T, got *outcome, want any) {
	t.Helper()
	value := asJSON(t, reflect.ValueOf(got.message).Elem())
	if got.reply {
		value = map[string]any{"Ok": value}
		if got.failure != nil {
			value = map[string]any{"Err": asJSON(t, reflect.ValueOf(*got.failure))}
		}
	}
	if !reflect.DeepEqual(value, want) {
		t.Errorf("means %v\nwanted %v", value, want)
	}
}

// asJSON is the JSON that stands for a value, as abi/golden/README.md has it.
func asJSON(t *testing.T, v reflect.Value) any {
	if plain, ok := v.Interface().(interface{ String() string }); ok && v.Kind() == reflect.Uint32 {
		return plain.String()
	}
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Int64:
		return json.Number(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint32:
		return json.Number(strconv.FormatUint(v.Uint(), 10))
	case reflect.String:
		return v.String()
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return asJSON(t, v.Elem())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if !utf8.Valid(v.Bytes()) {
				return map[string]any{"hex": hex.EncodeToString(v.Bytes())}
			}
			return string(v.Bytes())
		}
		list := []any{}
		for i := range v.Len() {
			if item := v.Index(i); item.Kind() == reflect.Slice && item.IsNil() {
				list = append(list, nil) // Only options are nil in a list.
			} else {
				list = append(list, asJSON(t, item))
			}
		}
		return list
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			fields[schemaName(v.Type().Field(i).Name)] = asJSON(t, v.Field(i))
		}
		return fields
	case reflect.Interface:
		enum := v.Type().Name()
		if v.IsNil() {
			return map[string]string{"Position": "Unknown", "Want": "Name", "FileData": "Name"}[enum]
		}
		name := v.Elem().Type().Name()
		switch enum {
		case "Want":
			name = strings.TrimPrefix(name, "Want")
		case "FileData":
			name = strings.TrimPrefix(name, "File")
		}
		if v.Elem().Type().Size() == 0 {
			return name
		}
		return map[string]any{name: asJSON(t, v.Elem())}
	}
	t.Fatalf("what is a %s?", v.Type())
	return nil
}

func schemaName(field string) string {
	if field == "Type" {
		return "ty"
	}
	var out strings.Builder
	for i, char := range field {
		if unicode.IsUpper(char) && i > 0 {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(char))
	}
	return out.String()
}
