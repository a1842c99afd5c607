package fleet

import (
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// ForecastDays is how far a forecast looks, today included.
const ForecastDays = 30

// shiftAhead is how near the end of a shift must be to count: every open
// shift ends within a day, and nearly all are closed before.
const shiftAhead = time.Hour

// Forecast is how many registers will stop by law, day by day, if nobody does
// anything. A register is counted once: on the day of its first stop.
type Forecast struct {
	From time.Time     `json:"from"` // beginning of today in the asked zone
	Days []ForecastDay `json:"days"` // ForecastDays of them; what is past counts today
}

// ForecastDay is one day's stops by reason.
type ForecastDay struct {
	Day   string             `json:"day"` // 2006-01-02
	Stops map[StopReason]int `json:"stops"`
}

// forecastCache keeps the last forecasts of a tenant, by client and zone.
type forecastCache struct {
	version uint64
	minute  int64
	by      map[forecastKey]Forecast
}

type forecastKey struct{ client, zone string }

// Forecast counts the stops ahead as seen in a time zone.
func (s *Service) Forecast(sc scope.Scope, zone *time.Location) (Forecast, error) {
	if err := need(sc, scope.SeeFleet, "fleet.Forecast"); err != nil {
		return Forecast{}, err
	}
	now := s.clock.Now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.tenants[sc.Tenant()]
	if t == nil {
		return emptyForecast(now, zone), nil
	}
	key := forecastKey{client: sc.Client(), zone: zone.String()}
	s.cacheMu.Lock()
	defer s.cacheMu.Unlock()
	c := t.forecast
	if c == nil || c.version != t.version || c.minute != now.Unix()/60 {
		c = &forecastCache{version: t.version, minute: now.Unix() / 60, by: map[forecastKey]Forecast{}}
		t.forecast = c
	}
	if f, ok := c.by[key]; ok {
		return f, nil
	}
	f := t.count(now, zone, sc.Client())
	c.by[key] = f
	return f, nil
}

func emptyForecast(now time.Time, zone *time.Location) Forecast {
	y, m, d := now.In(zone).Date()
	f := Forecast{From: time.Date(y, m, d, 0, 0, 0, 0, zone), Days: make([]ForecastDay, ForecastDays)}
	for i := range f.Days {
		f.Days[i] = ForecastDay{Day: f.From.AddDate(0, 0, i).Format(time.DateOnly), Stops: map[StopReason]int{}}
	}
	return f
}

// count looks at every device once. Days are found by their local midnights,
// so that a day of 23 or 25 hours is right.
func (t *tenant) count(now time.Time, zone *time.Location, client string) Forecast {
	f := emptyForecast(now, zone)
	var ends [ForecastDays]uint32
	for i := range ends {
		ends[i] = uint32(f.From.AddDate(0, 0, i+1).Unix())
	}
	var counts [ForecastDays][len(stopReasons)]int
	soon := uint32(now.Add(shiftAhead).Unix())
	for _, d := range t.devices {
		if client != "" && d.place.client != client {
			continue
		}
		at, reason := d.stops.forecast(soon)
		if at == 0 || at >= ends[ForecastDays-1] {
			continue
		}
		day, exact := slices.BinarySearch(ends[:], at)
		if exact {
			day++
		}
		counts[day][reason]++
	}
	for i := range counts {
		for r, n := range counts[i] {
			if n > 0 {
				f.Days[i].Stops[stopReasons[r]] = n
			}
		}
	}
	return f
}

// forecast is the first stop that counts: a shift's end only when it is near.
func (s stops) forecast(soon uint32) (at uint32, reason int) {
	i := s.soonest(len(stopReasons) - 1)
	if shift := s[len(s)-1]; shift != 0 && shift <= soon && (i < 0 || shift < s[i]) {
		return shift, len(s) - 1
	}
	if i < 0 {
		return 0, 0
	}
	return s[i], i
}

// DeviceStop is a device and its next stop.
type DeviceStop struct {
	Device string `json:"device"`
	Stop
}

// StopsOn lists the devices that a forecast counts on a day and, when reason
// is not "", for that reason; soonest first, at most limit (0 = 50).
func (s *Service) StopsOn(sc scope.Scope, zone *time.Location, day string, reason StopReason, limit int) ([]DeviceStop, error) {
	if err := need(sc, scope.SeeFleet, "fleet.StopsOn"); err != nil {
		return nil, err
	}
	from, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return nil, problem.New(problem.Invalid, "invalid").Field("day", "invalid")
	}
	now := s.clock.Now()
	first, last := uint32(from.Unix()), uint32(from.AddDate(0, 0, 1).Unix())
	if !from.After(now) {
		first = 0 // what is past counts today
	}
	soon := uint32(now.Add(shiftAhead).Unix())
	var out []DeviceStop
	s.eachDevice(sc, func(d *device) {
		at, r := d.stops.forecast(soon)
		if at != 0 && at >= first && at < last && (reason == "" || stopReasons[r] == reason) {
			out = append(out, DeviceStop{Device: d.id, Stop: Stop{At: time.Unix(int64(at), 0).UTC(), Reason: stopReasons[r]}})
		}
	})
	slices.SortStableFunc(out, func(a, b DeviceStop) int { return a.At.Compare(b.At) })
	return out[:min(len(out), pageSize(limit))], nil
}

// eachDevice calls f for every device that the scope may see, in id order,
// under the readers' lock.
func (s *Service) eachDevice(sc scope.Scope, f func(*device)) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.tenants[sc.Tenant()]
	if t == nil {
		return
	}
	for _, d := range t.devices {
		if sc.Client() == "" || d.place.client == sc.Client() {
			f(d)
		}
	}
}
