package calendar

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Limits of a request. The years keep deadlines within what RFC 3339 can say.
const (
	maxPauses      = 2000
	maxReasonRunes = 100
	firstYear      = 1900
	lastYear       = 2900
)

// PreviewRequest asks when a promise would be due. Its JSON is the body of
// POST /api/v1/promises/preview.
type PreviewRequest struct {
	// Calendar is written out, or names a stored one by its ID alone.
	Calendar *Spec `json:"calendar"`
	// Zone is the site's zone by its IANA name: Europe/Moscow.
	Zone string `json:"zone"`
	// Start is RFC 3339 with any offset.
	Start  string         `json:"start"`
	Target Target         `json:"target"`
	Pauses []PreviewPause `json:"pauses,omitempty"`
	// Now, RFC 3339, asks in addition how much is used by then.
	Now string `json:"now,omitempty"`
}

// PreviewPause is a pause [From, To), both RFC 3339. Pauses may come in any
// order and may overlap.
type PreviewPause struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Reason Reason `json:"reason,omitempty"`
}

// PreviewResponse is the answer.
type PreviewResponse struct {
	// Deadline is in the offset that the zone has at that time.
	Deadline time.Time `json:"deadline"`
	// UsedMinutes is the working time used by Now; 0 if no Now was given.
	UsedMinutes float64 `json:"usedMinutes"`
	// TotalMinutes is the working time that the target allows.
	TotalMinutes float64 `json:"totalMinutes"`
	// Explanation covers the time from Start to Deadline.
	Explanation []Line `json:"explanation"`
}

// Lookup finds a stored calendar by its id. [ErrUnknown] if there is none.
type Lookup func(id string) (*Calendar, error)

// ParsePreview reads a request. The error is a problem that names the field.
func ParsePreview(data []byte) (PreviewRequest, error) {
	var r PreviewRequest
	if err := json.Unmarshal(data, &r); err != nil {
		return PreviewRequest{}, decodeFault("", err)
	}
	return r, nil
}

// Preview works a request out. Its errors are problems that name the fields at
// fault; an error of the lookup that is none passes through.
func Preview(r PreviewRequest, stored Lookup) (PreviewResponse, error) {
	cal, err := r.calendar(stored)
	if err != nil {
		return PreviewResponse{}, err
	}
	events, now, err := r.events(cal)
	if err != nil {
		return PreviewResponse{}, err
	}
	return preview(events, now)
}

func (r *PreviewRequest) calendar(stored Lookup) (*Calendar, error) {
	switch {
	case r.Calendar == nil:
		return nil, at(root, ErrRequired)
	case r.Calendar.ID == "":
		return New(*r.Calendar)
	case stored == nil:
		return nil, at(root+".id", ErrUnknown)
	}
	cal, err := stored(r.Calendar.ID)
	if err != nil {
		return nil, at(root+".id", err)
	}
	return cal, nil
}

// events are the start and the pauses as a clock's history; now is zero if the
// request has none.
func (r *PreviewRequest) events(cal *Calendar) (events []Event, now time.Time, err error) {
	var f faults
	zone := readZone(r.Zone, &f)
	start := readTime(r.Start, "start", &f)
	if r.Now != "" {
		now = readTime(r.Now, "now", &f)
	}
	if len(r.Pauses) > maxPauses {
		f.add("pauses", codeTooMany)
		return nil, now, f.err()
	}
	events = append(events, Event{
		At: start, Kind: Start, Marks: &Marks{Promise: r.Target},
		Schedule: &Schedule{Calendar: cal, Zone: zone},
	})
	for i, p := range r.Pauses {
		events = append(events, p.events(i, &f)...)
	}
	f.checkRange(events, now)
	if err := f.err(); err != nil {
		return nil, now, err
	}
	return events, now, r.Target.Validate("target")
}

// checkRange keeps all times within the horizon of the start, the first event.
func (f *faults) checkRange(events []Event, now time.Time) {
	if len(*f) > 0 {
		return
	}
	start := events[0].At
	if y := start.Year(); y < firstYear || y > lastYear {
		f.add("start", codeTimeRange)
	}
	far := func(e Event) bool { return e.At.Sub(start).Abs() > Horizon }
	if slices.ContainsFunc(events, far) {
		f.add("pauses", codeTimeRange)
	}
	if !now.IsZero() && now.Sub(start) > Horizon {
		f.add("now", codeTimeRange)
	}
}

func (p PreviewPause) events(i int, f *faults) []Event {
	path, key := fmt.Sprintf("pauses[%d]", i), fmt.Sprint(i)
	if p.To == "" {
		f.add(path+".to", codePauseOpen)
		return nil
	}
	if utf8.RuneCountInString(string(p.Reason)) > maxReasonRunes {
		f.add(path+".reason", codeReasonLong)
	}
	faulty := len(*f)
	from, to := readTime(p.From, path+".from", f), readTime(p.To, path+".to", f)
	if len(*f) > faulty {
		return nil
	}
	if to.Before(from) {
		f.add(path+".to", codePauseReversed)
	}
	return []Event{
		{At: from, Kind: Pause, Key: key, Reason: p.Reason},
		{At: to, Kind: Resume, Key: key, Reason: p.Reason},
	}
}

// readZone refuses "Local": the server's own zone is nobody's site.
func readZone(name string, f *faults) *time.Location {
	if name == "" {
		f.add("zone", codeRequired)
		return time.UTC
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		f.add("zone", codeZoneUnknown)
		return time.UTC
	}
	return loc
}

func readTime(s, path string, f *faults) time.Time {
	if s == "" {
		f.add(path, codeRequired)
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		f.add(path, codeTimeForm)
		return time.Time{}
	}
	return t
}

// preview lets the clock run until the last pause is over, finds the deadline
// and tells the time up to it.
func preview(events []Event, now time.Time) (PreviewResponse, error) {
	until := events[0].At
	for _, e := range events {
		if e.At.After(until) {
			until = e.At
		}
	}
	r, err := Evaluate(events, until)
	if err != nil {
		return PreviewResponse{}, at(root, err)
	}
	out := PreviewResponse{Deadline: r.Deadline, TotalMinutes: r.Total.Minutes()}
	told, err := Evaluate(events, r.Deadline)
	if err != nil {
		return PreviewResponse{}, at(root, err)
	}
	out.Explanation = told.Explanation
	if now.IsZero() {
		return out, nil
	}
	used, err := Evaluate(events, now)
	out.UsedMinutes = used.Used.Minutes()
	return out, at(root, err)
}
