package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func (a *API) mountCalendars() {
	handle(a, operation{
		id: "listCalendars", method: http.MethodGet, path: "/calendars", tag: "promises", right: scope.EditRules,
		summary: "The company's calendars by name", about: "There is one page.",
	}, func(ctx context.Context, w who, _ *struct{}) (*answer[client.List[client.Calendar]], error) {
		list, err := a.Desk.Calendars(ctx, w.sc)
		return said(listed(list, "", calendarOf), err)
	})
	handle(a, operation{
		id: "getCalendar", method: http.MethodGet, path: "/calendars/{id}", tag: "promises", right: scope.SeeCases,
		summary: "One calendar",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.Calendar], error) {
		c, err := a.calendar(ctx, w, in.ID)
		return said(calendarOf(c), err)
	})
	handle(a, operation{
		id: "addCalendar", method: http.MethodPost, path: "/calendars", tag: "promises", right: scope.EditRules, status: 201,
		summary: "Name hours by which promises can be worked out",
	}, func(ctx context.Context, w who, in *bare[client.CalendarForm]) (*answer[client.Calendar], error) {
		c, err := a.Desk.SaveCalendar(ctx, w.sc, desk.Calendar{Name: in.Body.Name, Spec: hoursOf(in.Body.Spec)})
		return said(calendarOf(c), err)
	})
	handle(a, operation{
		id: "changeCalendar", method: http.MethodPut, path: "/calendars/{id}", tag: "promises", right: scope.EditRules, conflicts: true,
		summary: "Write a calendar anew", about: "Promises that were given keep the hours they were given by.",
	}, func(ctx context.Context, w who, in *with[client.CalendarChange]) (*answer[client.Calendar], error) {
		if _, err := a.calendar(ctx, w, in.ID); err != nil {
			return nil, err
		}
		c, err := a.Desk.SaveCalendar(ctx, w.sc, desk.Calendar{
			ID: in.ID, Name: in.Body.Name, Spec: hoursOf(in.Body.Spec), Version: in.Body.Version,
		})
		return said(calendarOf(c), err)
	})
}

// calendar is not found here where a request that names one is wrong.
func (a *API) calendar(ctx context.Context, w who, id string) (desk.Calendar, error) {
	c, err := a.Desk.Calendar(ctx, w.sc, id)
	if problem.CodeOf(err) == problem.CodeOf(calendar.ErrUnknown) {
		err = problem.New(problem.NotFound, "not_found").In("api.calendar").Because(err)
	}
	return c, err
}

func hoursOf(h client.Hours) calendar.Spec {
	s := calendar.Spec{Always: h.Always, Holidays: h.Holidays, NominalMinutes: h.NominalMinutes}
	s.Hours, s.Overrides = windowsOf(h.Hours), windowsOf(h.Overrides)
	return s
}

func windowsOf(days map[string][]string) map[string]calendar.Windows {
	if len(days) == 0 {
		return nil
	}
	out := make(map[string]calendar.Windows, len(days))
	for k, v := range days {
		out[k] = v
	}
	return out
}

func calendarOf(c desk.Calendar) client.Calendar {
	return client.Calendar{ID: c.ID, Version: c.Version, CalendarForm: client.CalendarForm{Name: c.Name, Spec: client.Hours{
		Always: c.Spec.Always, Holidays: c.Spec.Holidays, NominalMinutes: c.Spec.NominalMinutes,
		Hours: days(c.Spec.Hours), Overrides: days(c.Spec.Overrides),
	}}}
}

func days(windows map[string]calendar.Windows) map[string][]string {
	out := make(map[string][]string, len(windows))
	for k, v := range windows {
		out[k] = texts(v)
	}
	return out
}
