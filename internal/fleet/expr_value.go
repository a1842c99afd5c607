package fleet

import (
	"math"

	"github.com/tillwright/tillwright/internal/signal"
)

// value is what a part of an expression gives: a number (also times, in Unix
// seconds, and spans, in seconds), a yes-or-no (0 or 1), or a text. The zero
// value is "not known", which spreads through everything that needs it.
type value struct {
	known bool
	num   int64
	text  string
}

var (
	yes     = value{known: true, num: 1}
	no      = value{known: true}
	unknown = value{}
)

func boolean(b bool) value {
	if b {
		return yes
	}
	return no
}

func number(n int64) value { return value{known: true, num: n} }

func (v value) isTrue() bool  { return v.known && v.num != 0 }
func (v value) isFalse() bool { return v.known && v.num == 0 }

// eval computes one part of an expression.
type eval func(*env) value

// never is the instant at which nothing flips.
const never = math.MaxInt64

// env is what expressions are evaluated against. While evaluating, next falls
// to the first instant after now at which the answer could change although no
// value did.
type env struct {
	set    *signal.Set
	now    int64 // event time, Unix ms
	next   int64 // Unix ms
	late   bool
	limits []int64
}

// flipsAt notes an instant in Unix seconds at which an answer changes.
func (e *env) flipsAt(seconds int64) {
	if ms := seconds * 1000; ms > e.now && ms < e.next {
		e.next = ms
	}
}

// keyMask is a set of keys by number; a number above its range counts as
// always present, so that a rule is evaluated too often rather than never.
type keyMask [4]uint64

func (m *keyMask) add(id uint16) {
	if id >= 256 {
		*m = keyMask{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
		return
	}
	m[id>>6] |= 1 << (id & 63)
}

func (m *keyMask) meets(o *keyMask) bool {
	return m[0]&o[0]|m[1]&o[1]|m[2]&o[2]|m[3]&o[3] != 0
}

func (m *keyMask) has(id uint16) bool { return id >= 256 || m[id>>6]&(1<<(id&63)) != 0 }
