package api

import (
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
)

// speakProblems gives the errors that huma finds itself (a body that is no
// JSON, a field of the wrong kind) our shape, codes and languages. The library
// keeps both settings in variables of its own, so they are set once for the
// process.
var speakProblems = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		if ctx == nil { // only the shape is asked for
			return &Problem{}
		}
		w, _ := ctx.Context().Value(whoKey{}).(who)
		return found(w.voice, ctx.Operation(), status, errs)
	}
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return found(i18n.Voice{}, nil, status, errs)
	}
})

// found is an error that the library found, in our words.
func found(v i18n.Voice, op *huma.Operation, status int, errs []error) *Problem {
	var e *problem.Error
	switch status {
	case http.StatusRequestEntityTooLarge:
		e = problem.New(problem.TooLarge, "too_large")
		if op != nil {
			e = e.With("max", v.Int(op.MaxBodyBytes)+" B")
		}
	case http.StatusUnsupportedMediaType:
		return &Problem{Title: http.StatusText(status), Status: status, Code: "media_type", Detail: v.T("problem.media_type")}
	case http.StatusUnprocessableEntity:
		e = problem.New(problem.Invalid, "invalid")
	case http.StatusBadRequest, http.StatusRequestTimeout:
		e = problem.New(problem.Malformed, "malformed")
	default:
		e = problem.New(problem.Internal, "internal")
	}
	if e.Kind == problem.Invalid {
		for _, err := range errs {
			e.Fields = append(e.Fields, wrongField(err))
		}
	}
	return body(v, e)
}

// wrongField names the field and what is wrong with it.
func wrongField(err error) problem.Field {
	var d huma.ErrorDetailer
	if !errors.As(err, &d) {
		return problem.Field{Code: "invalid"}
	}
	detail := d.ErrorDetail()
	f := problem.Field{Name: fieldName(detail.Location), Code: "invalid"}
	for _, rule := range wrongs {
		if rest, ok := strings.CutPrefix(detail.Message, rule.begins); ok {
			f.Code = rule.code
			if missing, ok := strings.CutSuffix(rest, " to be present"); ok && rule.code == "required" {
				f.Name = strings.TrimPrefix(f.Name+"."+missing, ".")
			}
			f.Args = map[string]any{"allowed": strings.Trim(rest, `"`)}
			return f
		}
	}
	return f
}

// wrongs are the library's sentences by how they begin, and our codes.
var wrongs = []struct{ begins, code string }{
	{stem(validation.MsgExpectedRequiredProperty), "required"},
	{"required ", "required"},
	{validation.MsgUnexpectedProperty, "field_unknown"},
	{"unknown query parameter", "field_unknown"},
	{stem(validation.MsgExpectedOneOf), "not_one_of"},
	{stem(validation.MsgExpectedMinimumNumber), "number_small"},
	{stem(validation.MsgExpectedMaximumNumber), "number_large"},
	{stem(validation.MsgExpectedMinLength), "too_short"},
	{stem(validation.MsgExpectedMaxLength), "text_long"},
	{stem(validation.MsgExpectedMinItems), "too_short"},
	{stem(validation.MsgExpectedMaxItems), "text_long"},
	{validation.MsgExpectedRFC3339DateTime, "time_form"},
	{validation.MsgExpectedRFC3339Date, "date_form"},
	{validation.MsgExpectedBoolean, "wrong_kind"},
	{validation.MsgExpectedInteger, "wrong_kind"},
	{validation.MsgExpectedNumber, "wrong_kind"},
	{validation.MsgExpectedString, "wrong_kind"},
	{validation.MsgExpectedArray, "wrong_kind"},
	{validation.MsgExpectedObject, "wrong_kind"},
	{"invalid ", "wrong_kind"},
}

func stem(msg string) string {
	s, _, _ := strings.Cut(msg, "%")
	return s
}

// fieldName is the path in the body, or the parameter's name.
func fieldName(location string) string {
	where, name, _ := strings.Cut(location, ".")
	switch where {
	case "body", "query", "path", "header":
		return name
	default:
		return location
	}
}
