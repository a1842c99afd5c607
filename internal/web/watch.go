package web

import (
	"context"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountWatch(mux Mux) {
	mux.Handle("GET /{$}", w.page("", w.watch))
	for path, part := range map[string]part{
		"figures": w.watchFigures, "cases": w.watchCases, "alerts": w.watchAlerts, "forecast": w.watchForecast, "next": w.watchNext,
	} {
		mux.Handle("GET /watch/"+path, w.page(scope.SeeFleet, fragment(part)))
	}
}

// part makes one piece of a page that can be fetched again by itself.
type part func(ctx context.Context, rq *request) (templ.Component, error)

// fragment answers with a part alone.
func fragment(p part) handler {
	return func(ctx context.Context, rq *request) (answer, error) {
		c, err := p(ctx, rq)
		return answer{body: c}, err
	}
}

// watchView is the watch page put together of its parts.
type watchView struct {
	figures, forecast, cases, alerts, next templ.Component
	newCase                                bool
}

// watch answers what needs somebody now, and what will stop selling next.
func (w *Web) watch(ctx context.Context, rq *request) (answer, error) {
	if !rq.sc.Can(scope.SeeFleet) { // a cashier's start is what helps at the till
		return goTo("/faults")
	}
	v := watchView{newCase: rq.mayAsk()}
	for _, p := range []struct {
		to   *templ.Component
		make part
	}{{&v.figures, w.watchFigures}, {&v.cases, w.watchCases}, {&v.alerts, w.watchAlerts}, {&v.forecast, w.watchForecast}, {&v.next, w.watchNext}} {
		c, err := p.make(ctx, rq)
		if err != nil {
			return answer{}, err
		}
		*p.to = c
	}
	f, err := rq.frame(ctx, ui.SectionWatch, rq.T("watch.title"))
	return answer{body: watchPage(f, v)}, err
}
