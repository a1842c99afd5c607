package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// What a case's timeline is told of a guided fix.
const (
	fixStarted = "started"
	fixMended  = "mended"
)

// fixPages are the guided fix, for people who are signed in and for a guest
// with a link.
type fixPages struct {
	*Web
	telling sync.Mutex // two open pages of one session tell its case once
}

func (w *Web) mountFix(mux Mux) {
	p := &fixPages{Web: w}
	mux.Handle("POST /fix", w.page("", p.start))
	for _, way := range []struct {
		path string
		wrap func(h func(context.Context, *request, fixRoom) (answer, error)) http.Handler
	}{{"/fix/{id}", p.inside}, {"/f/{token}", p.outside}} {
		mux.Handle("GET "+way.path, way.wrap(p.show))
		mux.Handle("POST "+way.path, way.wrap(p.step))
		mux.Handle("POST "+way.path+"/back", way.wrap(p.change(w.Faults.Back)))
		mux.Handle("POST "+way.path+"/hand", way.wrap(p.change(w.Faults.DoByHand)))
		mux.Handle("POST "+way.path+"/over", way.wrap(p.change(w.Faults.HandOver)))
	}
	mux.Handle("POST /fix/{id}/resume", p.inside(p.change(w.Faults.Resume)))
	mux.Handle("POST /fix/{id}/stop", p.inside(p.change(w.Faults.GiveUp)))
	mux.Handle("POST /fix/{id}/share", p.inside(p.share))
}

// fixRoom is one session as one reader reaches it.
type fixRoom struct {
	web   *Web
	sc    scope.Scope
	ref   faults.Ref
	base  string // address of the session for this reader
	guest bool
}

// fixView is a session as its page shows it.
type fixView struct {
	faults.View
	room     fixRoom
	register *registry.Device // nil = none
	device   string           // its name, "" for none
	place    string
	plan     ui.BytesProps // the dry run of a machine step
	path     []storyLine   // what was done so far
	last     *storyLine    // the outcome of the machine step just before
	sentence string        // what was wrong with the last press
	link     string        // the shop's link, shown once
	leave    string        // where a stranger tells how to be reached; "" = the company knows whose it is
	brand    string        // of the help page that a stranger came from; "" = she did not
	home     string        // where that page is
}

// inside is for people of the company and the client's own with a login.
func (p *fixPages) inside(h func(context.Context, *request, fixRoom) (answer, error)) http.Handler {
	return p.page("", func(ctx context.Context, rq *request) (answer, error) {
		id := rq.PathValue("id")
		return h(ctx, rq, fixRoom{web: p.Web, sc: rq.sc, ref: faults.Ref{ID: id}, base: "/fix/" + id})
	})
}

// outside is for who holds a link: its token opens this one session.
func (p *fixPages) outside(h func(context.Context, *request, fixRoom) (answer, error)) http.Handler {
	return p.open(func(ctx context.Context, rq *request) (answer, error) {
		token := rq.PathValue("token")
		sc, ref, err := p.Faults.Guest(ctx, token)
		if pr := problem.Of(err); pr != nil && pr.Kind != problem.Internal {
			return answer{body: guestLinkOver(rq.slim(rq.T("fix.guest.title"))), status: http.StatusNotFound}, nil
		}
		if err != nil {
			return answer{}, err
		}
		return h(ctx, rq, fixRoom{web: p.Web, sc: sc, ref: ref, base: "/f/" + url.PathEscape(token), guest: true})
	})
}

// start begins a guided fix, usually in a case.
func (p *fixPages) start(ctx context.Context, rq *request) (answer, error) {
	r := faults.StartRequest{Fault: rq.FormValue("fault"), Device: rq.FormValue("device"), Case: rq.FormValue("case")}
	v, err := p.Faults.Start(ctx, rq.sc, r)
	if err != nil {
		return answer{}, err
	}
	if r.Case == "" {
		return goTo("/fix/" + v.Session.ID)
	}
	err = p.Desk.Add(ctx, rq.sc, r.Case, desk.EntryFix, map[string]any{
		"what": fixStarted, "session": v.Session.ID, "fault": r.Fault,
	})
	if err != nil {
		return answer{}, err
	}
	return goTo("/cases/" + r.Case + "#fix")
}

func (p *fixPages) show(ctx context.Context, rq *request, room fixRoom) (answer, error) {
	return p.answer(ctx, rq, room, "", "")
}

// step takes the answer to a step, or the consent to have the machine do it.
func (p *fixPages) step(ctx context.Context, rq *request, room fixRoom) (answer, error) {
	version := rq.version()
	if rq.FormValue("run") != "" {
		_, err := p.Faults.Run(ctx, room.sc, room.ref, faults.RunRequest{Step: rq.FormValue("step"), Version: version, Consent: rq.FormValue("consent") == "1"})
		return p.after(ctx, rq, room, err)
	}
	branch, err := strconv.Atoi(rq.FormValue("answer"))
	if err != nil {
		return answer{}, problem.New(problem.Malformed, "malformed").In("web.fix.step")
	}
	_, err = p.Faults.Answer(ctx, room.sc, room.ref, version, branch)
	return p.after(ctx, rq, room, err)
}

// version is the one that the page was drawn at.
func (rq *request) version() int64 {
	n, err := strconv.ParseInt(rq.FormValue("v"), 10, 64)
	if err != nil || n < 1 {
		return -1 // fits no version: an incomplete form is out of date
	}
	return n
}

// change makes a handler of one move that needs nothing but the version.
func (p *fixPages) change(do func(context.Context, scope.Scope, faults.Ref, int64) (faults.View, error)) func(context.Context, *request, fixRoom) (answer, error) {
	return func(ctx context.Context, rq *request, room fixRoom) (answer, error) {
		_, err := do(ctx, room.sc, room.ref, rq.version())
		return p.after(ctx, rq, room, err)
	}
}

// after shows the session as it is now; what could not be done is said beside
// it, because the next step usually makes it clear.
func (p *fixPages) after(ctx context.Context, rq *request, room fixRoom, err error) (answer, error) {
	if err == nil && !rq.live {
		return goTo(room.base)
	}
	if err == nil {
		return p.answer(ctx, rq, room, "", "")
	}
	pr := problem.Of(err)
	if pr.Kind == problem.Internal || pr.Kind == problem.NotFound {
		return answer{}, err
	}
	return p.answer(ctx, rq, room, sentence(rq, pr), "")
}

// share makes a link for the shop; it is shown this once.
func (p *fixPages) share(ctx context.Context, rq *request, room fixRoom) (answer, error) {
	token, err := p.Faults.Share(ctx, room.sc, room.ref)
	if err != nil {
		return p.after(ctx, rq, room, err)
	}
	return p.answer(ctx, rq, room, "", origin(rq.Request)+"/f/"+token)
}

// origin is the address that the person asking uses herself.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// answer draws the session: the part alone for who has the page already.
func (p *fixPages) answer(ctx context.Context, rq *request, room fixRoom, sentence, link string) (answer, error) {
	v, err := room.look(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	if err := p.tell(ctx, v); err != nil {
		return answer{}, err
	}
	v.sentence, v.link = sentence, link
	if rq.live && link == "" {
		rq.w.Header().Set("HX-Retarget", "#fix-part")
		rq.w.Header().Set("HX-Reswap", "outerHTML")
		return show(fixPart(rq.View, v))
	}
	if room.guest {
		f := rq.slim(rq.T("fix.guest.title"))
		f.Wide, f.Brand, f.Home = true, v.brand, v.home
		return show(guestFixPage(f, v))
	}
	f, err := rq.frame(ctx, ui.SectionCases, v.title(rq.View))
	return answer{body: fixPage(f, v)}, err
}

// tell writes into the case that its register was mended, once: an open page
// and its second reader may see the proof at the same moment.
func (p *fixPages) tell(ctx context.Context, v fixView) error {
	s := v.Session
	if s.Case == "" || s.State != faults.Mended && s.State != faults.Told || p.Clock.Now().Sub(s.EndedAt) > 2*faults.ProofPatience {
		return nil // an older end is told from the session itself
	}
	p.telling.Lock()
	defer p.telling.Unlock()
	sc := scope.System(v.room.sc.Tenant(), "guided_fix")
	c, err := p.Desk.View(ctx, sc, s.Case)
	if err != nil {
		return err
	}
	for _, e := range c.Entries {
		if e.Kind == desk.EntryFix && e.Data["what"] == fixMended && e.Data["session"] == s.ID {
			return nil
		}
	}
	return p.Desk.Add(ctx, sc, s.Case, desk.EntryFix, map[string]any{"what": fixMended, "session": s.ID, "state": string(s.State)})
}
