package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/api"
	"github.com/tillwright/tillwright/internal/scope"
)

// TestEveryCallAsksForItsRight asks each call as every role: who lacks the
// right that the call names is refused, who has it may read. A shop's owner of
// another client changes nothing of the first one's, whatever the call.
func TestEveryCallAsksForItsRight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	roles := map[string]scope.Role{
		"cashier": scope.Cashier, "owner": scope.Owner, "dispatcher": scope.Dispatcher, "engineer": scope.Engineer, "manager": scope.Manager, "admin": scope.Admin,
	}
	for _, op := range operations(t) {
		call, ok := valid[op.ID]
		needs := rightOf.FindStringSubmatch(op.Description)
		if !ok || needs == nil { // TestEveryCallKeepsItsDoor says so
			continue
		}
		for name, role := range roles {
			may := scope.Person("t", "p", name, "", role).Can(scope.Right(needs[1]))
			if may && op.method != http.MethodGet {
				continue
			}
			a := h.call(t, name, op.method, call.path, call.body)
			if refused := a.status == 403; refused == may && (!may || name != "owner") { // what a shop sees of a company's is asked below
				t.Errorf("%s as %s: %d %s", op.ID, name, a.status, a.body)
			}
		}
		if op.method != http.MethodGet && call.stranger == 404 {
			if a := h.call(t, "owner2", op.method, call.path, call.body); a.status != 403 && a.status != 404 {
				t.Errorf("%s as another client's owner: %d %s", op.ID, a.status, a.body)
			}
		}
	}
}

// endless is a body that counts what is read of it.
type endless struct{ head, read int }

const formHead = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n"

func (e *endless) Read(b []byte) (int, error) {
	const enough = 64 << 20
	if e.read > enough {
		return 0, io.EOF
	}
	n := len(b)
	if e.head < len(formHead) {
		n = copy(b, formHead[e.head:])
		e.head += n
	} else {
		clear(b)
	}
	e.read += n
	return n, nil
}

// TestNoCallTakesAnEndlessBody: neither as JSON nor as a form with files.
func TestNoCallTakesAnEndlessBody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, op := range operations(t) {
		path := "/api/v1/x"
		if call, ok := valid[op.ID]; ok {
			path = "/api/v1" + h.fill(call.path)
		}
		for _, kind := range []string{"multipart/form-data; boundary=x", "application/json"} {
			body := &endless{}
			r := httptest.NewRequestWithContext(t.Context(), op.method, path, body)
			r.RemoteAddr = "127.0.0.1:5000"
			r.Header.Set("Content-Type", kind)
			r.Header.Set("Authorization", "Bearer "+h.tokens["admin"])
			w := httptest.NewRecorder()
			h.Handler().ServeHTTP(w, r)
			if most := 16 << 20; body.read > most {
				t.Errorf("%s reads %d KiB of %s", op.ID, body.read>>10, kind)
			}
		}
	}
}

// TestAnotherSiteCallsNothingWithACookie: what a browser sends by itself opens
// no writing call that is not for everybody.
func TestAnotherSiteCallsNothingWithACookie(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sc := scope.System(h.tenant.ID, "setup")
	must(t, h.Access.SetPassword(t.Context(), sc, h.people["admin"].ID, "четыре слова подряд 8"))
	in, err := h.Access.Login(t.Context(), access.Credentials{Email: "admin@example.org", Password: "четыре слова подряд 8"})
	must(t, err)
	knock := func(method, path string, body io.Reader, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, "/api/v1"+path, body)
		r.RemoteAddr = "127.0.0.1:5000"
		r.AddCookie(&http.Cookie{Name: "tillwright", Value: in.Secret})
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.Handler().ServeHTTP(w, r)
		return w
	}
	if w := knock("GET", "/me", nil); w.Code != 200 {
		t.Fatalf("the cookie opens nothing: %d", w.Code)
	}
	for _, op := range operations(t) {
		call, ok := valid[op.ID]
		if !ok || op.method == http.MethodGet || slices.Contains(api.PublicPaths(), op.method+" /api/v1"+call.path) {
			continue
		}
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example", "Content-Type", "text/plain"}} {
			if w := knock(op.method, h.fill(call.path), strings.NewReader(h.fill(call.body)), header...); w.Code != 403 || !strings.Contains(w.Body.String(), "cross_origin") {
				t.Errorf("%s from another site: %d %s", op.ID, w.Code, w.Body)
			}
		}
	}
}

// TestATokenIsNoPassword: with a token nobody changes the password of its
// person without knowing it, and a token that was revoked opens nothing, also
// of what it made before.
func TestATokenIsNoPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if a := h.call(t, "engineer", "POST", "/people/{admin}/tokens", `{"name": "mine"}`); a.status != 403 {
		t.Errorf("an engineer makes a token of the administrator: %d %s", a.status, a.body)
	}
	if a := h.call(t, "engineer", "GET", "/people/{admin}/tokens", ""); a.status != 403 && a.status != 404 {
		t.Errorf("and reads hers: %d %s", a.status, a.body)
	}
	if a := h.call(t, "engineer", "DELETE", "/tokens/{token-admin}", ""); a.status != 404 {
		t.Errorf("and ends one: %d %s", a.status, a.body)
	}
	if a := h.call(t, "engineer", "PUT", "/people/{engineer}/password", `{"password": "четыре слова подряд 9"}`); a.status != 403 {
		t.Errorf("a token sets a password: %d %s", a.status, a.body)
	}
	if a := h.call(t, "admin", "DELETE", "/tokens/{token-engineer}", ""); a.status != 204 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := h.call(t, "engineer", "GET", "/me", ""); a.status != 401 {
		t.Errorf("a revoked token opens: %s", strconv.Itoa(a.status))
	}
}
