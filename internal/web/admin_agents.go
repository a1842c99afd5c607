package web

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

func (w *Web) mountAdminAgents(mux Mux) {
	may := scope.ManageAgents
	mux.Handle("GET /admin/agents", w.page(may, w.agentList))
	mux.Handle("GET /admin/agents/new", w.page(may, w.agentNew))
	mux.Handle("POST /admin/agents/codes", w.page(may, w.codeCreate))
	mux.Handle("POST /admin/agents/codes/{id}/withdraw", w.page(may, w.codeWithdraw))
	mux.Handle("GET /admin/agents/{id}", w.page(may, w.agentShow))
	mux.Handle("POST /admin/agents/{id}/rename", w.page(may, w.agentRename))
	mux.Handle("POST /admin/agents/{id}/revoke", w.page(may, w.agentRevoke))
	w.mountAdminFound(mux)
}

// withAfter is the request's own questions with the next page's key.
func withAfter(rq *request, after string) url.Values {
	q := rq.URL.Query()
	q.Set("after", after)
	q.Del("lang")
	return q
}

// agentRow is an agent as a list shows it.
type agentRow struct {
	link.AgentInfo
	fleet.AgentState
	outlet string
}

// agentsView is the list of agents and of the codes that wait for one.
type agentsView struct {
	rows    []agentRow
	codes   []link.Enrolment
	outlets map[string]string
	next    string
	revoked bool
}

const pageOfAgents = 100

func (w *Web) agentList(ctx context.Context, rq *request) (answer, error) {
	v := agentsView{revoked: rq.FormValue("all") != "", outlets: map[string]string{}}
	name, id, _ := strings.Cut(rq.FormValue("after"), "\x1f")
	list, err := w.Agents.ListAgents(ctx, rq.sc, link.AgentFilter{Outlet: rq.FormValue("outlet"), Revoked: v.revoked, AfterName: name, AfterID: id, Limit: pageOfAgents})
	if err != nil {
		return answer{}, err
	}
	if v.codes, err = w.Agents.OpenCodes(ctx, rq.sc); err != nil {
		return answer{}, err
	}
	states, err := w.Fleet.AgentStates(rq.sc)
	if err != nil {
		return answer{}, err
	}
	if v.outlets, err = w.outletNames(ctx, rq, list, v.codes); err != nil {
		return answer{}, err
	}
	for _, a := range list {
		v.rows = append(v.rows, agentRow{AgentInfo: a, AgentState: states[a.ID], outlet: v.outlets[a.Outlet]})
	}
	if len(list) == pageOfAgents {
		last := list[len(list)-1]
		v.next = address("/admin/agents", withAfter(rq, last.Name+"\x1f"+last.ID))
	}
	if rq.live {
		return show(agentsPart(rq.View, v, rq.URL.RequestURI()))
	}
	f, err := rq.admin(ctx, "agents", rq.T("admin.agents.title"))
	return answer{body: agentsPage(f, v, rq.URL.RequestURI())}, err
}

// outletNames names the outlets of agents and codes: through any register that
// is watched there, and one more question for outlets that have none.
func (w *Web) outletNames(ctx context.Context, rq *request, agents []link.AgentInfo, codes []link.Enrolment) (map[string]string, error) {
	var n names
	ids := make([]string, 0, len(agents)+len(codes))
	for _, a := range agents {
		ids = append(ids, a.Outlet)
	}
	for _, c := range codes {
		ids = append(ids, c.Outlet)
	}
	for _, id := range ids {
		if err := n.outlet(w.Fleet, rq.sc, id); err != nil {
			return nil, err
		}
	}
	if err := n.ask(ctx, w.Registry, rq.sc); err != nil {
		return nil, err
	}
	out, bare := map[string]string{}, false
	for _, id := range ids {
		p := n.of("", id).Place
		out[id] = casePlace{OutletName: p.OutletName, City: p.City}.shop()
		bare = bare || out[id] == ""
	}
	if !bare {
		return out, nil
	}
	list, _, err := w.Registry.Outlets(ctx, rq.sc, registry.OutletFilter{Page: registry.Page{Limit: 500}})
	for _, o := range list {
		if name, asked := out[o.ID]; asked && name == "" {
			out[o.ID] = placeOfOutlet(o.Outlet).shop()
		}
	}
	return out, err
}

// agentView is one agent with its notes and registers.
type agentView struct {
	link.Detail
	state   fleet.AgentState
	outlet  casePlace
	devices []registry.Device
	found   foundView
	form    typed
}

func (w *Web) agentShow(ctx context.Context, rq *request) (answer, error) {
	return w.agentPage(ctx, rq, typed{})
}

func (w *Web) agentPage(ctx context.Context, rq *request, t typed) (answer, error) {
	v := agentView{form: t}
	var err error
	if v.Detail, err = w.Agents.AgentDetail(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	states, err := w.Fleet.AgentStates(rq.sc)
	if err != nil {
		return answer{}, err
	}
	v.state = states[v.ID]
	if v.outlet, err = w.placeOf(ctx, rq.sc, "", v.Outlet, ""); err != nil {
		return answer{}, err
	}
	if v.devices, _, err = w.Registry.Devices(ctx, rq.sc, registry.DeviceFilter{Agent: v.ID, Page: registry.Page{Limit: 200}}); err != nil {
		return answer{}, err
	}
	if v.found, err = w.found(ctx, rq, v.ID); err != nil {
		return answer{}, err
	}
	if rq.live {
		return show(agentPart(rq.View, v))
	}
	f, err := rq.admin(ctx, "agents", v.Name)
	return answer{body: agentFullPage(f, v), status: t.status()}, err
}

func (w *Web) agentRename(ctx context.Context, rq *request) (answer, error) {
	err := w.Agents.Rename(ctx, rq.sc, rq.PathValue("id"), rq.FormValue("name"))
	if again, ok := rq.typed().refused(err); err != nil && ok {
		return w.agentPage(ctx, rq, again)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/agents/" + rq.PathValue("id"))
}

// agentRevoke shuts an agent out for good, so it asks for a word.
func (w *Web) agentRevoke(ctx context.Context, rq *request) (answer, error) {
	d, err := w.Agents.AgentDetail(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	if !strings.EqualFold(strings.TrimSpace(rq.FormValue("confirm")), revokeWord(d.AgentInfo)) {
		return goTo("/admin/agents/" + d.ID)
	}
	if err := w.Agents.Revoke(ctx, rq.sc, d.ID); err != nil {
		return answer{}, err
	}
	return goTo("/admin/agents")
}

// revokeWord is what is typed before an agent is shut out.
func revokeWord(a link.AgentInfo) string {
	if a.Name != "" {
		return a.Name
	}
	return a.ID
}

// enrolView is the way to a new agent: first its outlet, then its code.
type enrolView struct {
	outlet  string
	place   casePlace
	q       string
	hits    []registry.Hit
	asked   bool
	form    typed
	code    string // the enrolment string, shown once
	expires time.Time
}

func (w *Web) agentNew(ctx context.Context, rq *request) (answer, error) {
	return w.enrolPage(ctx, rq, enrolView{outlet: rq.FormValue("outlet"), q: rq.FormValue("q")})
}

func (w *Web) enrolPage(ctx context.Context, rq *request, v enrolView) (answer, error) {
	var err error
	switch {
	case v.outlet != "":
		v.place, err = w.placeOf(ctx, rq.sc, "", v.outlet, "")
	case v.q != "":
		v.asked = true
		v.hits, err = w.Registry.Search(ctx, rq.sc, v.q, 10)
		v.hits = onlyOutlets(v.hits)
	default:
		v.hits, err = w.firstOutlets(ctx, rq.sc)
	}
	if err != nil {
		return answer{}, err
	}
	f, err := rq.admin(ctx, "agents", rq.T("admin.agents.new"))
	return answer{body: enrolFullPage(f, v), status: v.form.status()}, err
}

func onlyOutlets(hits []registry.Hit) []registry.Hit {
	var out []registry.Hit
	for _, h := range hits {
		if h.Kind == registry.HitOutlet {
			out = append(out, h)
		}
	}
	return out
}

// firstOutlets offers the first few by name, before anybody has searched.
func (w *Web) firstOutlets(ctx context.Context, sc scope.Scope) ([]registry.Hit, error) {
	list, _, err := w.Registry.Outlets(ctx, sc, registry.OutletFilter{Page: registry.Page{Limit: 12}})
	hits := make([]registry.Hit, len(list))
	for i, o := range list {
		hits[i] = registry.Hit{Kind: registry.HitOutlet, ID: o.ID, Title: o.Name, Detail: []string{o.ClientName, o.City, o.Address}}
	}
	return hits, err
}

// codeCreate shows the enrolment string once; it is kept nowhere.
func (w *Web) codeCreate(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	c, err := w.Agents.CreateCode(ctx, rq.sc, link.NewCode{Outlet: t.Get("outlet"), Name: t.Get("name")})
	if again, ok := t.refused(err); err != nil && ok {
		return w.enrolPage(ctx, rq, enrolView{outlet: t.Get("outlet"), form: again})
	}
	if err != nil {
		return answer{}, err
	}
	return w.enrolPage(ctx, rq, enrolView{outlet: t.Get("outlet"), code: w.Enrolment(rq.Request, c.Code), expires: c.ExpiresAt})
}

func (w *Web) codeWithdraw(ctx context.Context, rq *request) (answer, error) {
	if err := w.Agents.WithdrawCode(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	return goTo("/admin/agents")
}
