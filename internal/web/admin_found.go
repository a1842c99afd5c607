package web

import (
	"context"

	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountAdminFound(mux Mux) {
	may := scope.ManageAgents
	mux.Handle("POST /admin/agents/{id}/search", w.page(may, w.agentSearch))
	mux.Handle("POST /admin/agents/{id}/found/{offer}/add", w.page(may, w.foundAdd))
	mux.Handle("POST /admin/agents/{id}/found/{offer}/ignore", w.page(may, w.foundIgnore))
	mux.Handle("POST /admin/agents/{id}/found/{offer}/restore", w.page(may, w.foundRestore))
}

// foundView is what an agent came upon and nobody has told it of.
type foundView struct {
	link.Search
	offers []link.Offer
	aside  []link.Offer // ignored
}

func (w *Web) found(ctx context.Context, rq *request, agent string) (v foundView, err error) {
	list, how, err := w.Agents.Offers(ctx, rq.sc, agent)
	v.Search = how
	for _, o := range list {
		if o.IgnoredAt.IsZero() {
			v.offers = append(v.offers, o)
		} else {
			v.aside = append(v.aside, o)
		}
	}
	return v, err
}

func (w *Web) agentSearch(ctx context.Context, rq *request) (answer, error) {
	if err := w.Agents.SearchNow(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	return goTo("/admin/agents/" + rq.PathValue("id") + "#agent-found")
}

// foundAdd makes a device and goes to it.
func (w *Web) foundAdd(ctx context.Context, rq *request) (answer, error) {
	device, err := w.Agents.ApproveOffer(ctx, rq.sc, rq.PathValue("offer"), rq.FormValue("name"))
	if p := problem.Of(err); err != nil && len(p.Fields) > 0 { // there is no form to put it beside a field
		err = problem.New(p.Kind, p.Fields[0].Code)
	}
	if again, ok := rq.typed().refused(err); err != nil && ok {
		return w.agentPage(ctx, rq, again)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/devices/" + device)
}

func (w *Web) foundIgnore(ctx context.Context, rq *request) (answer, error) {
	return w.foundAside(ctx, rq, true)
}

func (w *Web) foundRestore(ctx context.Context, rq *request) (answer, error) {
	return w.foundAside(ctx, rq, false)
}

func (w *Web) foundAside(ctx context.Context, rq *request, yes bool) (answer, error) {
	o, err := w.Agents.IgnoreOffer(ctx, rq.sc, rq.PathValue("offer"), yes)
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/agents/" + o.Agent + "#agent-found")
}

// offerWhere is the way to a found register: over which cable, and how sure
// that is.
func offerWhere(v ui.View, o link.Offer) string {
	way := v.Or("admin.found.way."+o.Endpoint.Transport, o.Endpoint.Transport)
	usb, held := "", ""
	if o.USB != "" {
		usb = v.T("admin.found.usb", "device", o.USB)
	}
	if o.Held {
		held = v.T("admin.found.held")
	}
	return joined(way, v.Or("kkt.protocol."+o.Endpoint.Protocol, o.Endpoint.Protocol), held, usb)
}

// offerTitle is what a found register says that it is.
func offerTitle(v ui.View, o link.Offer) string {
	if o.Model == "" && o.Maker == "" {
		return v.T("admin.found.unnamed")
	}
	if o.Model == "" {
		return o.Maker
	}
	return o.Model
}
