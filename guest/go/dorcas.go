// Package dorcas is for languages of Gazelle in Go that compile to a WebAssembly guest for Dorcas. README.md has a whole
// guest: it exports the methods that it has with //go:wasmexport, and each is a line that calls [Answer].
//
// Left out on purpose: regular expressions, file access, and a parser for any language. Sources come with the request, in
// the form that the manifest's inputs ask for. Package dorcas.dev/gazelle wraps extensions that exist.
package dorcas

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Codes of a [GuestError].
const (
	// CodeUndecodable is for a request that breaks the schema; Answer takes care of it.
	CodeUndecodable = 1
	// CodeUnsupported is for what a guest doesn't support.
	CodeUnsupported = 2
	// CodeInternal is for what failed inside: a panic, or an error that is no GuestError.
	CodeInternal = 3
	// CodeOwn is the first code that a guest gives a meaning of its own.
	CodeOwn = 1000
)

// Error is the message. A *GuestError that a method returns as its error reaches the host with its code; every other
// error has the code 3.
func (e *GuestError) Error() string { return e.Message }

// Name answers lang_name.
func Name(name string) int64 { return lendText(name) }

// A request is what a method is asked; it knows what the method answers.
type request[Q, R any] interface {
	*Q
	answeredBy(*R) string
}

// Answer decodes a request, has it answered, and hands the reply over to the host. It is the body of an exported method:
//
//	//go:wasmexport resolve
//	func resolve(argument string) int64 { return dorcas.Answer(argument, answerResolve) }
//
// Texts of the request may be kept. A panic in answer becomes an error with its text.
func Answer[Q, R any, P request[Q, R]](argument string, answer func(Q) (R, error)) int64 {
	var q Q
	var r R
	read, _ := codecOf(&q)
	_, write := codecOf(&r)
	name := P(&q).answeredBy(&r)
	call := call{name, read, func() (err error) { r, err = answer(q); return err }, write}
	// The argument is the host's again when this returns, and Go's strings stay as they are.
	return lend(call.reply([]byte(argument)))
}

// call is a call without its types, so that there is one piece of code for all of them.
type call struct {
	name   string
	read   func(*reader) *Fault
	answer func() error
	write  func(*writer) *Fault
}

func (c call) reply(argument []byte) []byte {
	if fault := decode(argument, c.read); fault != nil {
		return failure(&GuestError{Code: CodeUndecodable, Message: "the request of `" + c.name + "`: " + fault.Error()})
	}
	if err := recovered(c.answer); err != nil {
		var own *GuestError
		if !errors.As(err, &own) {
			own = &GuestError{Code: CodeInternal, Message: err.Error()}
		}
		return failure(own)
	}
	w := writer{out: []byte{0}}
	if fault := encode(&w, c.write); fault != nil {
		return failure(&GuestError{Code: CodeInternal, Message: "what `" + c.name + "` answered: " + fault.Error()})
	}
	return w.out
}

// failure is the reply with an error. Whatever is wrong with the error is put right.
func failure(e *GuestError) []byte {
	e = &GuestError{Code: e.Code, Message: strings.ToValidUTF8(e.Message, "\uFFFD")}
	if e.Code == 0 || e.Code > CodeInternal && e.Code < CodeOwn {
		e.Code = CodeInternal
	}
	if e.Message == "" {
		e.Message = "failed without saying why"
	}
	if len(e.Message) > maxErrorBytes {
		end := maxErrorBytes
		for !utf8.RuneStart(e.Message[end]) {
			end--
		}
		e.Message = e.Message[:end]
	}
	w := writer{out: []byte{1}}
	writeGuestError(&w, e)
	return w.out
}

// recovered makes an error of a panic.
func recovered(answer func() error) (err error) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case error:
			err = errors.New("panic: " + cause.Error())
		case string:
			err = errors.New("panic: " + cause)
		case interface{ String() string }:
			err = errors.New("panic: " + cause.String())
		default:
			err = errors.New("panic with a value that has no text")
		}
	}()
	return answer()
}
