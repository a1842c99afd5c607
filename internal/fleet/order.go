package fleet

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// OrderBy is what a list of devices can be put in order by.
type OrderBy string

// The orders. A device without the value comes last, whichever way the list
// goes.
const (
	OrderFN     OrderBy = "fn"     // the day on which the FN's validity ends
	OrderUnsent OrderBy = "unsent" // documents that wait for the operator
	OrderNext   OrderBy = "next"   // the next stop as Ahead tells it
	OrderSeen   OrderBy = "seen"   // last contact
)

// Orders are all of them.
func Orders() []OrderBy { return []OrderBy{OrderFN, OrderUnsent, OrderNext, OrderSeen} }

// Order is an order of a list.
type Order struct {
	By   OrderBy
	Down bool      // the greatest first
	Now  time.Time // for OrderNext
}

// MaxPage is how many devices one page of a list holds at most.
const MaxPage = 500

// Ahead is the next stop worth telling. What trade itself brings about is left
// out: every open shift ends within a day and nearly all are closed before, so
// its end counts only within the hour; and a receipt that has waited for the
// operator for less than a day is on its way.
func Ahead(stops []Stop, now time.Time) *Stop {
	const near, onItsWay = time.Hour, unsentLimit - 24*time.Hour
	for i := range stops {
		s := &stops[i]
		ahead := s.At.Sub(now)
		if s.Reason == StopShift && ahead > near || s.Reason == StopUnsent && ahead > onItsWay {
			continue
		}
		return s
	}
	return nil
}

// Ordered is the ids of the devices that a filter lets through, in order,
// those behind the device after; from the beginning when that is not among
// them. It reads memory only.
func (s *Service) Ordered(sc scope.Scope, f DeviceFilter, o Order, after string) ([]string, error) {
	if err := need(sc, scope.SeeFleet, "fleet.Ordered"); err != nil {
		return nil, err
	}
	if !slices.Contains(Orders(), o.By) {
		return nil, problem.New(problem.Invalid, "fleet_order").With("order", string(o.By)).In("fleet.Ordered")
	}
	keys := s.orderKeys(sc, f, o)
	slices.SortFunc(keys, func(a, b orderKey) int { return a.compare(b, o.Down) })
	ids := make([]string, len(keys))
	from := 0
	for i, k := range keys {
		if ids[i] = k.id; k.id == after && after != "" {
			from = i + 1
		}
	}
	return ids[from:], nil
}

// Lines are the devices of these ids in their order, MaxPage at most; what is
// not there or not the reader's is left out.
func (s *Service) Lines(sc scope.Scope, ids []string) ([]Line, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	lines, err := s.ListDevices(sc, DeviceFilter{IDs: ids, Limit: MaxPage})
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	slices.SortFunc(lines, func(a, b Line) int { return cmp.Compare(at[a.Device], at[b.Device]) })
	return lines, nil
}

type orderKey struct {
	value int64
	known bool
	id    string
}

func (k orderKey) compare(other orderKey, down bool) int {
	if k.known != other.known {
		if k.known {
			return -1
		}
		return 1
	}
	c := cmp.Compare(k.value, other.value)
	if down {
		c = -c
	}
	return cmp.Or(c, strings.Compare(k.id, other.id))
}

func (s *Service) orderKeys(sc scope.Scope, f DeviceFilter, o Order) []orderKey {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.tenants[sc.Tenant()]
	if t == nil {
		return nil
	}
	f.After = ""
	list := s.candidates(t, f)
	keys := make([]orderKey, 0, len(list))
	var set signal.Set
	for _, d := range list {
		if !f.takes(sc, d) {
			continue
		}
		k := orderKey{id: d.id}
		k.value, k.known = d.orderValue(o, &set)
		keys = append(keys, k)
	}
	return keys
}

func (d *device) orderValue(o Order, set *signal.Set) (int64, bool) {
	switch o.By {
	case OrderSeen:
		return d.seen(), d.contact != 0
	case OrderNext:
		next := Ahead(d.stops.list(), o.Now)
		if next == nil {
			return 0, false
		}
		return next.At.Unix(), true
	case OrderFN:
		return int64(d.stops[0]), d.stops[0] != 0
	default:
		if set.DecodePacked(d.packed) != nil {
			return 0, false
		}
		unsent := set.Get(signal.Unsent)
		return unsent.Int(), unsent.Known()
	}
}
