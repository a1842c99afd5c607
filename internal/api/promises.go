package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillwright/tillwright/internal/calendar"
)

// raw is a body that the area reads itself, because its own reader names the
// fields at fault better.
type raw struct {
	RawBody []byte
}

func (a *API) mountPromises() {
	handle(a, operation{
		id: "previewPromise", method: http.MethodPost, path: "/promises/preview", tag: "promises", public: true, perMinute: 120, burst: 1000,
		summary: "When would a promise be due, and why",
		about:   "A calendar by its id needs a token. Opening is inclusive, closing exclusive; overrides replace weekday and holiday; pauses are half-open.",
		body:    previewBody(),
	}, func(ctx context.Context, w who, in *raw) (*answer[calendar.PreviewResponse], error) {
		req, err := calendar.ParsePreview(in.RawBody)
		if err != nil {
			return nil, err
		}
		return said(calendar.Preview(req, a.lookup(ctx, w)))
	})
}

// lookup finds the company's calendars; a stranger has none.
func (a *API) lookup(ctx context.Context, w who) calendar.Lookup {
	if !w.sc.Valid() {
		return func(string) (*calendar.Calendar, error) { return nil, calendar.ErrUnknown }
	}
	return a.Desk.Lookup(ctx, w.sc)
}

// previewBody describes what [calendar.ParsePreview] reads, by hand.
func previewBody() *huma.RequestBody {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: doc} }
	instant := func(doc string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Format: "date-time", Description: doc}
	}
	number := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeInteger, Description: doc} }
	list := func(of *huma.Schema) *huma.Schema { return &huma.Schema{Type: huma.TypeArray, Items: of} }
	object := func(doc string, required []string, fields map[string]*huma.Schema) *huma.Schema {
		return &huma.Schema{Type: huma.TypeObject, Description: doc, Required: required, Properties: fields}
	}
	day := &huma.Schema{OneOf: []*huma.Schema{list(text("A window, 09:00-18:00.")), text("One window, or off for a closed day.")}}
	windows := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: day}
	schema := object("", []string{"calendar", "zone", "start", "target"}, map[string]*huma.Schema{
		"calendar": object("Hours and days, {\"always\": true} for round the clock, or {\"id\": \"…\"} of a stored one.", nil, map[string]*huma.Schema{
			"id": text("Of a stored calendar."), "always": {Type: huma.TypeBoolean}, "hours": windows, "holidays": list(text("2026-01-01")), "overrides": windows,
			"nominalMinutes": number("Of a working day; left out: the most common length."),
		}),
		"zone": text("IANA name of the site's zone."), "start": instant("With any offset."),
		"target": object("Minutes, or working days by a rule.", nil, map[string]*huma.Schema{
			"minutes": number("Of working time."), "workingDays": number(""),
			"rule": {Type: huma.TypeString, Enum: []any{"budget", "same_time", "close_of_day"}},
		}),
		"pauses": list(object("", []string{"from", "to"}, map[string]*huma.Schema{"from": instant(""), "to": instant(""), "reason": text("")})),
		"now":    instant("Asks in addition how much is used by then."),
	})
	schema.Examples = []any{map[string]any{
		"calendar": map[string]any{"hours": map[string]any{"mon": []string{"09:00-18:00"}, "tue": []string{"09:00-18:00"}}, "holidays": []string{"2026-01-01"}},
		"zone":     "Europe/Moscow", "start": "2026-03-10T16:30:00+03:00", "target": map[string]any{"minutes": 90},
	}}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}
