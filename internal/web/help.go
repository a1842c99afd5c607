package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/access/ratelimit"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// How often one address may: a search is asked at every pause of typing, and a
// shop's whole staff may stand behind one address.
const (
	helpReadsPerMinute  = 120
	helpWritesPerMinute = 12
)

// visitorCookie keeps a reader's random number, and how long.
const (
	visitorCookie = "reader"
	visitorLife   = 180 * 24 * time.Hour
)

// helpPages are the public pages: no login, no device, large on a phone.
type helpPages struct {
	*Web
	inner *http.ServeMux
}

// helpRoom is one company's help page as one reader reaches it.
type helpRoom struct {
	help.Company
	base    string // "/help" or "/help/<slug>"
	visitor help.Visitor
}

type helpRoomKey struct{}

// helpPlace is what the address says: whose page, and how it was written.
type helpPlace struct {
	slug, base string
	written    url.URL
}

type helpHandler func(ctx context.Context, rq *request, room helpRoom) (answer, error)

func (w *Web) mountHelp(mux Mux) {
	inner := http.NewServeMux()
	p := &helpPages{Web: w, inner: inner}
	p.mountInner(inner)
	mux.HandleFunc("/help", p.enter)
	mux.HandleFunc("/help/", p.enter)
}

// mountInner puts the pages behind the company's name on mux.
func (p *helpPages) mountInner(mux Mux) {
	w := p.Web
	reads := w.Guard.Limit(ratelimit.New(w.Clock, helpReadsPerMinute, time.Minute, helpReadsPerMinute, 20_000))
	writes := w.Guard.Limit(ratelimit.New(w.Clock, helpWritesPerMinute, time.Minute, helpWritesPerMinute, 20_000))
	for pattern, h := range map[string]helpHandler{
		"GET /help": p.home, "POST /help/asked": p.asked, "GET /help/articles": p.articles, "GET /help/a/{id}": p.article,
		"GET /help/request": p.requestForm, "GET /help/sent/{once}": p.sent,
	} {
		mux.Handle(pattern, reads(p.room(h)))
	}
	for pattern, h := range map[string]helpHandler{
		"POST /help/a/{id}/rate": p.rate, "POST /help/a/{id}/ask": p.ask, "POST /help/a/{id}/walk": p.walk, "POST /help/request": p.request,
		"POST /help/photo": p.photo, "POST /help/sent/{once}/photo": p.addPhoto,
	} {
		mux.Handle(pattern, writes(p.room(h)))
	}
	mux.Handle("/", p.room(p.nowhere))
}

// enter takes the company's name out of the address, so that the pages behind
// it are the same for every company.
func (p *helpPages) enter(rw http.ResponseWriter, r *http.Request) {
	place := helpPlace{base: "/help", written: *r.URL}
	rest := strings.TrimPrefix(r.URL.Path, "/help")
	word, more, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	if help.IsSlug(word) {
		place.slug, place.base = word, "/help/"+word
		if rest = ""; more != "" {
			rest = "/" + more
		}
	}
	ctx := context.WithValue(r.Context(), bodyKey{}, strangersMost(r.URL.Path))
	inside := r.WithContext(context.WithValue(ctx, helpRoomKey{}, place))
	u := *r.URL
	u.Path, u.RawPath = strings.TrimSuffix("/help"+rest, "/"), ""
	inside.URL = &u
	p.inner.ServeHTTP(rw, inside)
}

// room finds whose page it is and who reads it.
func (p *helpPages) room(h helpHandler) http.Handler {
	return p.open(func(ctx context.Context, rq *request) (answer, error) {
		place, _ := ctx.Value(helpRoomKey{}).(helpPlace)
		written := place.written
		rq.URL = &written // the language switch leads back to what was asked for
		c, err := p.Help.Company(ctx, place.slug)
		if pr := problem.Of(err); pr != nil && pr.Kind == problem.NotFound {
			return answer{body: helpGone(rq.slim(rq.T("help.title"))), status: http.StatusNotFound}, nil
		}
		if err != nil {
			return answer{}, err
		}
		if zone, err := time.LoadLocation(c.Zone); err == nil {
			rq.Zone = zone
		}
		a, err := h(ctx, rq, helpRoom{Company: c, base: place.base, visitor: p.visitor(rq)})
		return p.kept(rq, c, a, err)
	})
}

// kept shows a refusal on a page of the help's own: a stranger has no desk to
// go back to.
func (p *helpPages) kept(rq *request, c help.Company, a answer, err error) (answer, error) {
	pr := problem.Of(err)
	if pr == nil || pr.Kind == problem.Internal || rq.live {
		return a, err
	}
	f := rq.helpFrame(helpRoom{Company: c, base: c.Path()}, rq.T("web.problem"))
	return answer{body: helpProblem(f, helpRoom{Company: c, base: c.Path()}, sentence(rq, pr)), status: pr.Status()}, nil
}

// visitor is the reader's number; one without gets one.
func (p *helpPages) visitor(rq *request) help.Visitor {
	if c, err := rq.Cookie(visitorCookie); err == nil {
		if v := help.VisitorOf(c.Value); v != "" {
			return v
		}
	}
	if rq.Method != http.MethodGet {
		return ""
	}
	key := help.NewKey()
	http.SetCookie(rq.w, &http.Cookie{
		Name: visitorCookie, Value: key, Path: "/help", MaxAge: int(visitorLife / time.Second), HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: p.Guard.Secure(rq.Request),
	})
	return help.VisitorOf(key)
}

// helpFrame is the slim frame under the company's own name.
func (rq *request) helpFrame(room helpRoom, title string) ui.Frame {
	f := rq.slim(title)
	f.Wide, f.Brand, f.Home = true, room.Name, room.base
	return f
}

func (p *helpPages) nowhere(_ context.Context, rq *request, _ helpRoom) (answer, error) {
	return answer{}, problem.New(problem.NotFound, "not_found").In("web.help")
}

// helpHome is the first page: the question, and what it comes to.
type helpHome struct {
	room    helpRoom
	q       string
	sure    *helpFound // the one answer that is stood by
	maybe   []helpFound
	popular []*catalogue.Article
	typing  bool
	photos  bool // photographs can be read
	blank   bool // a photograph had no writing on it
}

// helpFound is an article as an answer shows it.
type helpFound struct {
	*catalogue.Article
	symptom string
	first   *catalogue.Step // for a cashier; nil when an engineer begins
}

// worthShowing is the score from which an answer that is not stood by is shown to
// a reader: below it one word happens to look like another.
const worthShowing = 0.2

// popularShown is how many popular articles stand under the question.
const popularShown = 6

func (p *helpPages) home(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	v := helpHome{
		room: room, q: strings.TrimSpace(rq.FormValue("q")), typing: rq.live, photos: p.readsPhotos(), blank: rq.FormValue("photo") == "empty",
	}
	if err := p.find(ctx, rq, &v); err != nil {
		return answer{}, err
	}
	if rq.live {
		return show(helpAnswer(rq.View, v))
	}
	return show(helpHomePage(rq.helpFrame(room, rq.T("help.title")), v))
}

// find fills in what the question comes to; without a sure answer also what
// most readers look for.
func (p *helpPages) find(ctx context.Context, rq *request, v *helpHome) error {
	sc := v.room.Scope()
	if v.q != "" {
		d, err := p.Help.Find(ctx, sc, help.Search{Text: v.q, Lang: string(rq.Lang()), Visitor: v.room.visitor, Source: help.FromHelp, Typing: v.typing})
		if err != nil {
			return err
		}
		for i, m := range d.Matches {
			a, err := p.Help.Library().Article(ctx, sc, m.FaultID)
			if err != nil { // known by name, not written about yet
				continue
			}
			found := foundFor(rq.View, a, v.q)
			if i == 0 && d.Confident {
				v.sure = &found
				continue
			}
			if m.Score < worthShowing {
				continue
			}
			v.maybe = append(v.maybe, found)
		}
	}
	if v.sure != nil {
		return nil
	}
	var err error
	v.popular, err = p.Help.Popular(ctx, sc, popularShown)
	return err
}

// asked is told by the open page that the reader stopped typing.
func (p *helpPages) asked(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	q := help.Search{Text: rq.FormValue("q"), Lang: string(rq.Lang()), Visitor: room.visitor, Source: help.FromHelp}
	if _, err := p.Help.Find(ctx, room.Scope(), q); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent, body: ui.Text("")}, nil
}

func (p *helpPages) articles(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	all, err := p.Help.Library().Articles(ctx, room.Scope())
	if err != nil {
		return answer{}, err
	}
	f := rq.helpFrame(room, rq.T("help.all"))
	return show(helpArticlesPage(f, room, families(all, rq.Lang())))
}
