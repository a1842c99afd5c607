package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// operation describes one call.
type operation struct {
	id, method, path string
	summary          string
	about            string // more than the summary says
	tag              string
	right            scope.Right // needed; "" with public false: any person signed in
	public           bool        // nobody needs to be signed in
	perMinute        int         // how often a stranger may, by address; 0 = as often as they like
	burst            int         // how often at once; 0 = perMinute
	formsPerMinute   int         // of those, how often with a form of files; 0 = no bound of its own
	conflicts        bool        // may be answered with 409
	status           int         // of a success, 0 = 200
	maxBody          int64       // bytes, 0 = 1 MiB
	body             *huma.RequestBody
	// multipart answers instead when the body is a form with files; the door's
	// checks have been made, the body is not read yet. nil = no such form.
	multipart func(ctx context.Context, w who, rw http.ResponseWriter, r *http.Request)
}

// who is the scope and language that a call is made with.
type who struct {
	sc      scope.Scope
	id      access.Identity
	voice   i18n.Voice
	request *http.Request
}

type whoKey struct{}

// answer is a body without headers of its own.
type answer[T any] struct {
	Body T
}

// said answers with a body.
func said[T any](body T, err error) (*answer[T], error) {
	if err != nil {
		return nil, err
	}
	return &answer[T]{Body: body}, nil
}

// empty is the answer 204.
type empty struct{}

func done(err error) (*empty, error) {
	if err != nil {
		return nil, err
	}
	return &empty{}, nil
}

// handle registers a call: the door checks who asks before anything of the
// body is read, then fn is called and its error turned into problem+json in
// the caller's language.
func handle[I, O any](a *API, op operation, fn func(ctx context.Context, w who, in *I) (*O, error)) {
	h := a.document(op)
	a.door.limit(h.Method+" "+h.Path, a.strangers(op))
	h.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		r, rw := humago.Unwrap(ctx)
		id, _ := access.IdentityFrom(r.Context())
		w := who{sc: id.Scope, id: id, voice: a.voice(id, r), request: r}
		if err := permit(op, id); err != nil {
			refuse(rw, body(w.voice, problem.Of(err)))
			return
		}
		if op.multipart != nil && strings.HasPrefix(r.Header.Get("Content-Type"), formType) {
			op.multipart(r.Context(), w, rw, r)
			return
		}
		r.Body = http.MaxBytesReader(rw, r.Body, h.MaxBodyBytes) // the library bounds no form with files
		next(huma.WithValue(ctx, whoKey{}, w))
	}}
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*O, error) {
		w, _ := ctx.Value(whoKey{}).(who)
		out, err := fn(ctx, w, in)
		if err != nil {
			return nil, a.problem(w.voice, err)
		}
		return out, nil
	})
}

// document is the call as OpenAPI describes it.
func (a *API) document(op operation) huma.Operation {
	h := huma.Operation{
		OperationID: op.id, Method: op.method, Path: Prefix + op.path, Summary: op.summary, Description: op.about, Tags: []string{op.tag},
		DefaultStatus: op.status, MaxBodyBytes: op.maxBody, RequestBody: op.body, Errors: op.errors(),
	}
	if h.MaxBodyBytes == 0 {
		h.MaxBodyBytes = 1 << 20
	}
	if !op.public {
		h.Security = []map[string][]string{{"token": {}}}
	}
	if op.right != "" {
		h.Description = strings.TrimSpace(h.Description + "\n\nNeeds the right `" + string(op.right) + "`.")
	}
	return h
}

// errors are the statuses that the call may be refused with, beside 422 and
// 500, which every call has.
func (op operation) errors() []int {
	var list []int
	add := func(when bool, statuses ...int) {
		if when {
			list = append(list, statuses...)
		}
	}
	writes := op.method == http.MethodPost || op.method == http.MethodPut
	add(writes, http.StatusBadRequest, http.StatusRequestEntityTooLarge)
	add(!op.public, http.StatusUnauthorized, http.StatusForbidden)
	add(strings.Contains(op.path, "{"), http.StatusNotFound)
	add(op.conflicts, http.StatusConflict)
	add(true, http.StatusUnprocessableEntity)
	add(op.perMinute > 0, http.StatusTooManyRequests)
	return list
}

func permit(op operation, id access.Identity) error {
	switch {
	case op.public:
		return nil
	case !id.Scope.Valid():
		return problem.New(problem.Unauthenticated, "unauthenticated").In("api." + op.id)
	case op.right != "" && !id.Scope.Can(op.right):
		return problem.New(problem.Forbidden, "forbidden").In("api." + op.id)
	default:
		return nil
	}
}

// voice is the language of a call's sentences: the person's own, for a
// stranger what the request asks for.
func (a *API) voice(id access.Identity, r *http.Request) i18n.Voice {
	if id.Person.ID == "" {
		return a.Texts.For(i18n.FromAccept(r.Header.Get("Accept-Language")))
	}
	return a.Texts.For(id.Person.Lang)
}

// speak is the caller's voice, or that of the language they name.
func (a *API) speak(w who, lang string) i18n.Voice {
	if l, ok := i18n.Parse(lang); ok {
		return a.Texts.For(l)
	}
	return w.voice
}
