package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func (w *Web) mountLogin(mux Mux) {
	mux.Handle("GET /login", w.open(w.loginPage))
	mux.Handle("POST /login", w.open(w.login))
	mux.Handle("POST /logout", w.open(w.logout))
	mux.Handle("GET /lang/{lang}", w.open(w.setLang))
	mux.Handle("GET /me", w.page("", w.mePage))
	mux.Handle("POST /me/password", w.page("", w.changePassword))
	mux.Handle("POST /me/sessions/{id}/revoke", w.page("", w.revokeSession))
	mux.Handle("POST /me/sessions/revoke-others", w.page("", w.revokeOthers))
}

// loginView is the sign-in form as it stands.
type loginView struct {
	email, back, sentence string
}

func (w *Web) loginPage(_ context.Context, rq *request) (answer, error) {
	if rq.id.Person.ID != "" {
		return goTo(home(rq.sc))
	}
	return show(loginForm(rq.slim(rq.T("web.login.title")), loginView{back: rq.FormValue("back")}))
}

func (w *Web) login(ctx context.Context, rq *request) (answer, error) {
	back := rq.FormValue("back")
	in, err := w.Access.Login(ctx, access.Credentials{
		Email: rq.FormValue("email"), Password: rq.FormValue("password"), Remote: w.Guard.Remote(rq.Request),
		UserAgent: rq.UserAgent(), Replaces: w.Guard.Cookie(rq.Request), Device: w.Guard.Device(rq.Request),
	})
	if err != nil {
		p := problem.Of(err)
		if p.Kind == problem.Internal {
			return answer{}, err
		}
		form := loginForm(rq.slim(rq.T("web.login.title")), loginView{email: rq.FormValue("email"), back: back, sentence: rq.Problem(err)})
		return answer{body: form, status: p.Status()}, nil
	}
	w.Guard.SetCookie(rq.w, rq.Request, in)
	if !local(back) {
		back = "/"
	}
	return goTo(back)
}

// home is where a person's work begins.
func home(sc scope.Scope) string {
	if sc.Can(scope.SeeFleet) {
		return "/"
	}
	return "/me"
}

// local says whether a link stays on this server. "//elsewhere" does not, nor
// does what a browser makes that of: it takes \ for /, and passes over tabs and
// ends of lines.
func local(path string) bool {
	if strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return false
	}
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "/\\")
}

func (w *Web) logout(ctx context.Context, rq *request) (answer, error) {
	if err := w.Access.Logout(ctx, w.Guard.Cookie(rq.Request)); err != nil {
		return answer{}, err
	}
	w.Guard.ClearCookie(rq.w, rq.Request)
	return goTo("/login")
}

// setLang keeps the choice with the person, and in a cookie for when nobody is
// signed in. It is a link and changes nothing but how pages speak.
func (w *Web) setLang(ctx context.Context, rq *request) (answer, error) {
	l, ok := i18n.Parse(rq.PathValue("lang"))
	if !ok {
		return answer{}, problem.New(problem.NotFound, "not_found").In("web.setLang")
	}
	http.SetCookie(rq.w, &http.Cookie{Name: langCookie, Value: string(l), Path: "/", MaxAge: 365 * 24 * 3600, SameSite: http.SameSiteLaxMode, HttpOnly: true, Secure: w.Guard.Secure(rq.Request)})
	if rq.id.Person.ID != "" && rq.id.Person.Lang != l {
		if _, err := w.Access.SetLang(ctx, rq.sc, rq.id.Person.ID, l); err != nil {
			return answer{}, err
		}
	}
	back := rq.FormValue("back")
	if !local(back) {
		back = "/"
	}
	return goTo(back)
}

// meView is a person's own page.
type meView struct {
	id       access.Identity
	sessions []access.Session
	sentence string // what was wrong with a new password
	done     bool   // it was changed
}

func (w *Web) mePage(ctx context.Context, rq *request) (answer, error) {
	return w.me(ctx, rq, meView{done: rq.FormValue("done") != ""}, 0)
}

func (w *Web) me(ctx context.Context, rq *request, v meView, status int) (answer, error) {
	var err error
	if v.sessions, err = w.Access.Sessions(ctx, rq.sc, rq.id.Person.ID); err != nil {
		return answer{}, err
	}
	v.id = rq.id
	f, err := rq.frame(ctx, "", rq.T("web.me"))
	return answer{body: mePage(f, v), status: status}, err
}

func (w *Web) changePassword(ctx context.Context, rq *request) (answer, error) {
	err := w.Access.ChangePassword(ctx, rq.id, rq.FormValue("present"), rq.FormValue("password"))
	if p := problem.Of(err); p != nil && p.Kind != problem.Internal {
		return w.me(ctx, rq, meView{sentence: sentence(rq, p)}, p.Status())
	}
	if err != nil {
		return answer{}, err
	}
	device, err := w.Access.Mark(ctx, rq.id, w.Guard.Device(rq.Request)) // the new password made the old mark worthless
	if err != nil {
		return answer{}, err
	}
	w.Guard.SetDevice(rq.w, rq.Request, device)
	return goTo("/me?done=1")
}

// sentence says what is wrong with a form of one field: the field's own
// reason says more than "something is not right".
func sentence(rq *request, p *problem.Error) string {
	if len(p.Fields) > 0 {
		return rq.Field(p.Fields[0].Code, p.Fields[0].Args)
	}
	return rq.Problem(p)
}

func (w *Web) revokeSession(ctx context.Context, rq *request) (answer, error) {
	if err := w.Access.Revoke(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	return goTo("/me")
}

func (w *Web) revokeOthers(ctx context.Context, rq *request) (answer, error) {
	if _, err := w.Access.RevokeAll(ctx, rq.sc, rq.id.Person.ID, rq.id.Session); err != nil {
		return answer{}, err
	}
	return goTo("/me")
}
