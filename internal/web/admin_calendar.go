package web

import (
	"context"
	"strings"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

const calendarsPath = "/admin/calendars"

func (w *Web) mountAdminCalendars(mux Mux) {
	may := scope.EditRules
	mux.Handle("GET "+calendarsPath, w.page(may, w.calendarList))
	mux.Handle("GET "+calendarsPath+"/new", w.page(may, w.calendarNew))
	mux.Handle("POST "+calendarsPath, w.page(may, w.calendarSent))
	mux.Handle("GET "+calendarsPath+"/{id}", w.page(may, w.calendarShow))
	mux.Handle("POST "+calendarsPath+"/{id}", w.page(may, w.calendarSent))
}

func (w *Web) calendarList(ctx context.Context, rq *request) (answer, error) {
	list, err := w.Desk.Calendars(ctx, rq.sc)
	if err != nil {
		return answer{}, err
	}
	f, err := rq.admin(ctx, "calendars", rq.T("admin.calendars.title"))
	return answer{body: calendarsPage(f, list)}, err
}

// calendarAct is the button that a calendar's form was sent by.
type calendarAct string

// The buttons. Only the first one keeps anything.
const (
	calendarSave calendarAct = "save"
	calendarFill calendarAct = "fill"
	calendarTry  calendarAct = "try"
)

// calendarView is the form of one calendar, and what its buttons answered.
type calendarView struct {
	desk.Calendar // as it is kept; without an id it is a new one
	typed
	text   calendarText
	act    calendarAct
	saved  bool
	filled *calendarFilled
	tried  *calendar.PreviewResponse
}

func (v *calendarView) action() string {
	if v.ID == "" {
		return calendarsPath
	}
	return calendarsPath + "/" + v.ID
}

func (w *Web) calendarNew(ctx context.Context, rq *request) (answer, error) {
	return w.calendarPage(ctx, rq, &calendarView{text: writeCalendar("", usualHours(), rq.T("admin.calendars.off"))})
}

func (w *Web) calendarShow(ctx context.Context, rq *request) (answer, error) {
	v, err := w.calendarKept(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	v.text, v.saved = writeCalendar(v.Name, v.Spec, rq.T("admin.calendars.off")), rq.URL.Query().Has("saved")
	return w.calendarPage(ctx, rq, v)
}

// calendarKept is the calendar that the address names; a new one if it names
// none.
func (w *Web) calendarKept(ctx context.Context, rq *request) (*calendarView, error) {
	id := rq.PathValue("id")
	if id == "" {
		return &calendarView{}, nil
	}
	c, err := w.Desk.Calendar(ctx, rq.sc, id)
	if problem.CodeOf(err) == problem.CodeOf(calendar.ErrUnknown) {
		err = problem.New(problem.NotFound, "not_found").In("web.calendar").Because(err)
	}
	return &calendarView{Calendar: c}, err
}

func (w *Web) calendarPage(ctx context.Context, rq *request, v *calendarView) (answer, error) {
	title := v.Name
	if v.ID == "" {
		title = rq.T("admin.calendars.new")
	}
	f, err := rq.admin(ctx, "calendars", title)
	return answer{body: calendarFullPage(f, v), status: v.status()}, err
}

// calendarSent is a form that came in: to be kept, to be filled in with a
// year, or to be tried.
func (w *Web) calendarSent(ctx context.Context, rq *request) (answer, error) {
	v, err := w.calendarKept(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	v.typed = rq.typed()
	v.text, v.act = calendarTyped(v.typed), calendarAct(v.Get("do"))
	spec, err := v.text.read(w.offWords())
	switch {
	case err != nil:
	case v.act == calendarFill:
		err = v.fill(rq, spec)
	case v.act == calendarTry:
		err = v.try(spec)
	default:
		return w.calendarSave(ctx, rq, v, spec)
	}
	return w.calendarAgain(ctx, rq, v, err)
}

func (w *Web) calendarSave(ctx context.Context, rq *request, v *calendarView, spec calendar.Spec) (answer, error) {
	c, err := w.Desk.SaveCalendar(ctx, rq.sc, desk.Calendar{ID: v.ID, Name: v.text.name, Spec: spec, Version: v.version()})
	if err != nil {
		return w.calendarAgain(ctx, rq, v, err)
	}
	return goTo(calendarsPath + "/" + c.ID + "?saved")
}

// calendarAgain is the form with everything that was typed and what is wrong.
func (w *Web) calendarAgain(ctx context.Context, rq *request, v *calendarView, err error) (answer, error) {
	if err != nil {
		again, ok := v.refused(err)
		if !ok {
			return answer{}, err
		}
		v.typed = again
	}
	return w.calendarPage(ctx, rq, v)
}

// offWords are the words for a closed day in every language, because a form
// may be begun in one and sent in another.
func (w *Web) offWords() map[string]bool {
	words := map[string]bool{calendar.Off: true, "-": true, "–": true, "—": true}
	for _, l := range i18n.Langs() {
		words[strings.ToLower(w.Texts.For(l).T("admin.calendars.off"))] = true
	}
	return words
}

// error is the sentence of what is wrong with a field of the form, with the
// words that it is about.
func (v *calendarView) error(voice ui.View, name string) string {
	if v.problem == nil {
		return ""
	}
	for _, f := range v.problem.Fields {
		if f.Name != name {
			continue
		}
		if at, _ := f.Args["at"].(string); at != "" {
			return voice.T("admin.calendars.wrong", "at", at, "error", voice.Field(f.Code, f.Args))
		}
		return voice.Field(f.Code, f.Args)
	}
	return ""
}
