package dorcas

import (
	"errors"
	"strings"
	"testing"
)

// answered is the reply of generate_rules to a request, decoded.
func answered(t *testing.T, argument []byte, answer func(GenerateRequest) (GenerateResponse, error)) (GenerateResponse, *GuestError) {
	t.Helper()
	var q GenerateRequest
	var r GenerateResponse
	read, _ := codecOf(&q)
	_, write := codecOf(&r)
	bytes := call{q.answeredBy(&r), read, func() (err error) { r, err = answer(q); return err }, write}.reply(argument)
	got := outcome{message: new(GenerateResponse), reply: true}
	if fault := decode(bytes, got.read); fault != nil {
		t.Fatal(fault)
	}
	return *got.message.(*GenerateResponse), got.failure
}

var emptyRequest = make([]byte, 10)

func expectError(t *testing.T, argument []byte, answer func(GenerateRequest) (GenerateResponse, error), code uint32, text string) {
	t.Helper()
	_, failure := answered(t, argument, answer)
	if failure == nil {
		t.Fatal("no error")
	}
	if failure.Code != code || failure.Message != text {
		t.Errorf("got code %d, %q\nwanted code %d, %q", failure.Code, failure.Message, code, text)
	}
}

func fails(err error) func(GenerateRequest) (GenerateResponse, error) {
	return func(GenerateRequest) (GenerateResponse, error) { return GenerateResponse{}, err }
}

func TestARequestIsAnswered(t *testing.T) {
	response, failure := answered(t, emptyRequest, func(q GenerateRequest) (GenerateResponse, error) {
		return GenerateResponse{RelsToIndex: []string{"rel " + q.Rel}}, nil
	})
	if failure != nil || len(response.RelsToIndex) != 1 || response.RelsToIndex[0] != "rel " {
		t.Error(response, failure)
	}
}

func TestNoBytesAreNoRequest(t *testing.T) {
	expectError(t, nil, fails(nil), 1,
		"the request of `generate_rules`: byte 0, in `rel`: message ends here, 1 more bytes were expected (wire.exact)")
}

func TestAResponseOutOfOrderIsAnError(t *testing.T) {
	expectError(t, emptyRequest, func(GenerateRequest) (GenerateResponse, error) {
		return GenerateResponse{RelsToIndex: []string{"b", "a"}}, nil
	}, 3, "what `generate_rules` answered: byte 6, in `rels_to_index[1]`: item sorts before the one in front of it (wire.sorted)")
}

func TestAValueThatIsNilIsAnError(t *testing.T) {
	expectError(t, emptyRequest, func(GenerateRequest) (GenerateResponse, error) {
		rule := Rule{Kind: "a_library", Name: "a", Attrs: []Attr{{Name: "srcs"}}}
		return GenerateResponse{Rules: []GeneratedRule{{Rule: rule}}}, nil
	}, 3, "what `generate_rules` answered: byte 21, in `rules[0].rule.attrs[0].value`: a `Value` is needed, got nil (wire.closed)")
}

func TestAnErrorOfTheGuestsOwnKeepsItsCode(t *testing.T) {
	expectError(t, emptyRequest, fails(&GuestError{Code: 1000, Message: "no rules, thanks"}), 1000, "no rules, thanks")
}

func TestAnyOtherErrorHasCode3(t *testing.T) {
	expectError(t, emptyRequest, fails(errors.New("no rules")), 3, "no rules")
}

func TestAReservedCodeIsNotSent(t *testing.T) {
	expectError(t, emptyRequest, fails(&GuestError{Code: 999}), 3, "failed without saying why")
}

func TestAnErrorThatIsNoTextIsPutRight(t *testing.T) {
	expectError(t, emptyRequest, fails(errors.New("\xff")), 3, "\uFFFD")
}

func TestALongErrorIsCutBetweenCharacters(t *testing.T) {
	expectError(t, emptyRequest, fails(errors.New(strings.Repeat("a", 4095)+"é")), 3, strings.Repeat("a", 4095))
}

func TestAPanicIsAnErrorWithItsText(t *testing.T) {
	expectError(t, emptyRequest, func(GenerateRequest) (GenerateResponse, error) { panic("out of rules") }, 3, "panic: out of rules")
	expectError(t, emptyRequest, func(q GenerateRequest) (GenerateResponse, error) {
		_ = q.Files[0]
		return GenerateResponse{}, nil
	}, 3, "panic: runtime error: index out of range [0] with length 0")
}
