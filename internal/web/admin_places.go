package web

import (
	"context"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountAdminPlaces(mux Mux) {
	may := scope.EditRegistry
	mux.Handle("GET /admin/clients", w.page(may, w.clientList))
	mux.Handle("GET /admin/clients/new", w.page(may, w.clientNew))
	mux.Handle("POST /admin/clients", w.page(may, w.clientCreate))
	mux.Handle("GET /admin/clients/{id}", w.page(may, w.clientShow))
	mux.Handle("POST /admin/clients/{id}", w.page(may, w.clientSave))
	mux.Handle("POST /admin/clients/{id}/outlets", w.page(may, w.outletCreate))
	mux.Handle("GET /admin/outlets/{id}", w.page(may, w.outletShow))
	mux.Handle("POST /admin/outlets/{id}", w.page(may, w.outletSave))
	mux.Handle("POST /admin/outlets/{id}/devices", w.page(may, w.deviceCreate))
	mux.Handle("GET /admin/devices/{id}", w.page(may, w.deviceEdit))
	mux.Handle("POST /admin/devices/{id}", w.page(may, w.deviceSave))
	mux.Handle("POST /admin/devices/{id}/agent", w.page(may, w.deviceAssign))
}

// clientsView is the list of clients.
type clientsView struct {
	rows []registry.ClientRow
	q    string
	next string
	all  registry.Totals
}

func (w *Web) clientList(ctx context.Context, rq *request) (answer, error) {
	v := clientsView{q: rq.FormValue("q")}
	list, more, err := w.Registry.Clients(ctx, rq.sc, registry.ClientFilter{Query: v.q, Page: registry.Page{After: rq.FormValue("after")}})
	if err != nil {
		return answer{}, err
	}
	if v.rows = list; more {
		v.next = address("/admin/clients", withAfter(rq, list[len(list)-1].ID))
	}
	if v.all, err = w.Registry.Totals(ctx, rq.sc); err != nil {
		return answer{}, err
	}
	f, err := rq.admin(ctx, "places", rq.T("admin.clients.title"))
	return answer{body: clientsPage(f, v)}, err
}

func (w *Web) clientNew(ctx context.Context, rq *request) (answer, error) {
	return w.clientForm(ctx, rq, typed{Values: rq.URL.Query()})
}

func (w *Web) clientForm(ctx context.Context, rq *request, t typed) (answer, error) {
	f, err := rq.admin(ctx, "places", rq.T("admin.clients.new"))
	return answer{body: clientNewPage(f, t), status: t.status()}, err
}

func clientOf(t typed) registry.Client {
	return registry.Client{
		Number: t.Get("number"), Name: t.Get("name"), Kind: registry.ClientKind(t.Get("kind")), Country: registry.Country(t.Get("country")),
		INN: t.Get("inn"), KPP: t.Get("kpp"), UStID: t.Get("ust_id"), Terms: calendar.Terms(t.Get("terms")), Note: t.Get("note"),
	}
}

func (w *Web) clientCreate(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	c, err := w.Registry.AddClient(ctx, rq.sc, clientOf(t))
	if err == nil {
		return goTo("/admin/clients/" + c.ID)
	}
	again, ok := t.refused(err)
	if !ok {
		return answer{}, err
	}
	return w.clientForm(ctx, rq, again)
}

// clientView is one client with its outlets. edit and add are its two forms as
// they were sent.
type clientView struct {
	registry.Client
	outlets   []registry.OutletRow
	more      bool
	edit, add typed
}

func (w *Web) clientShow(ctx context.Context, rq *request) (answer, error) {
	return w.clientPage(ctx, rq, typed{}, typed{})
}

func (w *Web) clientPage(ctx context.Context, rq *request, edit, add typed) (answer, error) {
	v := clientView{edit: edit, add: add}
	var err error
	if v.Client, err = w.Registry.Client(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	v.outlets, v.more, err = w.Registry.Outlets(ctx, rq.sc, registry.OutletFilter{Client: v.ID, Page: registry.Page{Limit: 500}})
	if err != nil {
		return answer{}, err
	}
	f, err := rq.admin(ctx, "places", v.Name)
	return answer{body: clientFullPage(f, v), status: max(edit.status(), add.status())}, err
}

func (w *Web) clientSave(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	c := clientOf(t)
	c.ID, c.Version = rq.PathValue("id"), t.version()
	_, err := w.Registry.UpdateClient(ctx, rq.sc, c)
	if again, ok := t.refused(err); err != nil && ok {
		return w.clientPage(ctx, rq, again, typed{})
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/clients/" + c.ID)
}

// version is the one that the form was drawn at; -1 fits none.
func (t typed) version() int64 {
	n, err := strconv.ParseInt(t.Get("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func outletOf(t typed) registry.Outlet {
	return registry.Outlet{Name: t.Get("name"), Address: t.Get("address"), City: t.Get("city"), Zone: t.Get("zone"), Note: t.Get("note")}
}

func (w *Web) outletCreate(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	o := outletOf(t)
	o.Client = rq.PathValue("id")
	made, err := w.Registry.AddOutlet(ctx, rq.sc, o)
	if again, ok := t.refused(err); err != nil && ok {
		return w.clientPage(ctx, rq, typed{}, again)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/outlets/" + made.ID)
}

// outletView is one outlet with its devices and the agents that may read them.
type outletView struct {
	registry.Outlet
	devices   []registry.Device
	agents    []link.AgentInfo
	edit, add typed
	enrols    bool // the reader may let an agent in
}

func (w *Web) outletShow(ctx context.Context, rq *request) (answer, error) {
	return w.outletPage(ctx, rq, typed{}, typed{})
}

func (w *Web) outletPage(ctx context.Context, rq *request, edit, add typed) (answer, error) {
	v := outletView{edit: edit, add: add, enrols: rq.sc.Can(scope.ManageAgents)}
	var err error
	if v.Outlet, err = w.Registry.Outlet(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	v.devices, _, err = w.Registry.Devices(ctx, rq.sc, registry.DeviceFilter{Outlet: v.ID, Retired: true, Page: registry.Page{Limit: 500}})
	if err != nil {
		return answer{}, err
	}
	if v.agents, err = w.agentsOf(ctx, rq.sc, v.ID); err != nil {
		return answer{}, err
	}
	f, err := rq.admin(ctx, "places", v.Name)
	return answer{body: outletFullPage(f, v), status: max(edit.status(), add.status())}, err
}

// agentsOf are the agents of an outlet, none for who may not see agents.
func (w *Web) agentsOf(ctx context.Context, sc scope.Scope, outlet string) ([]link.AgentInfo, error) {
	if !sc.Can(scope.ManageAgents) {
		return nil, nil
	}
	return w.Agents.ListAgents(ctx, sc, link.AgentFilter{Outlet: outlet, Limit: 200})
}

func (w *Web) outletSave(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	o := outletOf(t)
	was, err := w.Registry.Outlet(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	o.ID, o.Client, o.Point, o.Version = was.ID, was.Client, was.Point, t.version()
	_, err = w.Registry.UpdateOutlet(ctx, rq.sc, o)
	if again, ok := t.refused(err); err != nil && ok {
		return w.outletPage(ctx, rq, again, typed{})
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/outlets/" + o.ID)
}

// deviceForm reads what people say about a device. from holds what the form
// does not ask for, which stays as it was.
func deviceForm(t typed, from registry.DeviceForm) registry.DeviceForm {
	from.Kind, from.Name, from.Model, from.Serial = registry.DeviceKind(t.Get("kind")), t.Get("name"), t.Get("model"), t.Get("serial")
	from.RegNumber, from.FNSerial, from.Note = t.Get("reg_number"), t.Get("fn_serial"), t.Get("note")
	from.ProducedOn, from.ActivatedOn = t.or("produced_on", from.ProducedOn), t.or("activated_on", from.ActivatedOn)
	from.PurchasedOn = t.or("purchased_on", from.PurchasedOn)
	from.Endpoint = nil
	if t.Get("address") != "" {
		e := kkt.Endpoint{Protocol: t.Get("protocol"), Transport: t.Get("transport"), Address: t.Get("address"), Password: t.Get("password")}
		e.Baud, _ = strconv.Atoi(t.Get("baud")) // no number is the usual speed
		from.Endpoint = &e
	}
	if sec, err := strconv.Atoi(t.Get("poll")); err == nil {
		from.Poll = time.Duration(sec) * time.Second
	}
	return from
}

func (w *Web) deviceCreate(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	d, err := w.Registry.AddDevice(ctx, rq.sc, rq.PathValue("id"), t.Get("agent"), deviceForm(t, registry.DeviceForm{}))
	if again, ok := t.refused(err); err != nil && ok {
		return w.outletPage(ctx, rq, typed{}, again)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/outlets/" + d.Outlet)
}

// deviceEditView is the form of one device.
type deviceEditView struct {
	registry.Device
	agents []link.AgentInfo
	form   typed
}

func (w *Web) deviceEdit(ctx context.Context, rq *request) (answer, error) {
	return w.deviceEditForm(ctx, rq, typed{})
}

func (w *Web) deviceEditForm(ctx context.Context, rq *request, t typed) (answer, error) {
	d, err := w.Registry.Device(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	agents, err := w.agentsOf(ctx, rq.sc, d.Outlet)
	if err != nil {
		return answer{}, err
	}
	f, err := rq.admin(ctx, "places", deviceName(d))
	return answer{body: deviceEditPage(f, deviceEditView{d, agents, t}), status: t.status()}, err
}

func (w *Web) deviceSave(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	d, err := w.Registry.Device(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	_, err = w.Registry.UpdateDevice(ctx, rq.sc, d.ID, t.version(), deviceForm(t, d.DeviceForm))
	if again, ok := t.refused(err); err != nil && ok {
		return w.deviceEditForm(ctx, rq, again)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/outlets/" + d.Outlet)
}

func (w *Web) deviceAssign(ctx context.Context, rq *request) (answer, error) {
	d, err := w.Registry.AssignAgent(ctx, rq.sc, rq.PathValue("id"), rq.FormValue("agent"))
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/outlets/" + d.Outlet)
}

func countryOptions(v ui.View, now string) []ui.Option {
	var out []ui.Option
	for _, c := range registry.Countries() {
		out = append(out, ui.Option{Value: string(c), Text: v.T("registry.country." + string(c)), On: string(c) == now})
	}
	return out
}

func clientKindOptions(v ui.View, now string) []ui.Option {
	var out []ui.Option
	for _, k := range registry.ClientKinds() {
		out = append(out, ui.Option{Value: string(k), Text: v.T("registry.client_kind." + string(k)), On: string(k) == now})
	}
	return out
}

func termsOptions(v ui.View, now string) []ui.Option {
	var out []ui.Option
	for _, t := range registry.ClientTerms() {
		out = append(out, ui.Option{Value: string(t), Text: v.T("terms." + string(t)), On: string(t) == now})
	}
	return out
}

func deviceKindOptions(v ui.View, now string) []ui.Option {
	var out []ui.Option
	for _, k := range registry.DeviceKinds() {
		out = append(out, ui.Option{Value: string(k), Text: v.T("registry.device_kind." + string(k)), On: string(k) == now})
	}
	return out
}

func agentOptions(v ui.View, agents []link.AgentInfo, now string) []ui.Option {
	out := []ui.Option{{Text: v.T("admin.devices.no_agent"), On: now == ""}}
	known := now == ""
	for _, a := range agents {
		out = append(out, ui.Option{Value: a.ID, Text: revokeWord(a), On: a.ID == now})
		known = known || a.ID == now
	}
	if !known { // it stands at another outlet; saving must not take it away
		out = append(out, ui.Option{Value: now, Text: v.T("admin.devices.other_agent"), On: true})
	}
	return out
}

// zonesOf are the zones that are met in the countries we know, for a list that
// suggests; any other IANA name may be typed.
func zonesOf() []string {
	return []string{
		"Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk", "Asia/Krasnoyarsk",
		"Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka", "Asia/Almaty", "Asia/Aqtobe", "Europe/Berlin",
	}
}
