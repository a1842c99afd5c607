package fptr

import (
	"encoding/json"
	"slices"
)

// work carries tasks out until this run of the service is over.
func (q *queue) work(run int, before, after func(uuid, kind string)) {
	for r := q.next(run); r != nil; r = q.next(run) {
		for i := range r.tasks {
			if !q.step(run, r, i, before, after) {
				break
			}
		}
		q.finish(run, r)
	}
}

// step carries out one task of a posting. False ends the posting for now: a
// failure, a queue that stands still, or the end of the run.
func (q *queue) step(run int, r *request, i int, before, after func(uuid, kind string)) bool {
	kind := kindOf(r.tasks[i])
	if !q.note(run, r, func() {
		r.entries[i] = entry{status: statusInProgress, text: describe(0)}
		r.before = q.reg.lastNumber()
	}) {
		return false
	}
	before(r.uuid, kind)
	result, code, alive := q.carryOut(run, r, i, kind)
	if !alive {
		return false
	}
	after(r.uuid, kind)
	good := false
	return q.note(run, r, func() { good = q.ended(r, i, kind, result, code) }) && good
}

// note changes a posting, unless its run is over: a service that died writes
// nothing.
func (q *queue) note(run int, r *request, change func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.run != run || r.done {
		return false
	}
	change()
	return true
}

// carryOut gives the task to the register, unless the service has died before
// it came to that. One carrying out at a time: a new run waits for an old one.
func (q *queue) carryOut(run int, r *request, i int, kind string) (result any, code int, alive bool) {
	q.carrying.Lock()
	defer q.stir() // after the unlocking: a queue that waits to find out may try again
	defer q.carrying.Unlock()
	q.mu.Lock()
	alive = q.run == run
	q.mu.Unlock()
	if !alive {
		return nil, 0, false
	}
	reads := onlyReads(kind)
	if q.reg.Has(FaultLostBefore) && !reads {
		return nil, codeNoConnection, true
	}
	if fiscal(kind) {
		if code := q.reg.unreadable(); code != 0 {
			return nil, code, true
		}
	}
	result, code = q.reg.Execute(r.tasks[i])
	if code == 0 {
		q.mu.Lock()
		q.carried[r.uuid]++
		q.mu.Unlock()
	}
	if q.reg.Has(FaultLostAfter) && !reads {
		return nil, codeNoConnection, true
	}
	return result, code, true
}

// ended notes how a task ended; the caller holds the lock. False ends the
// posting for now.
func (q *queue) ended(r *request, i int, kind string, result any, code int) bool {
	switch {
	case code == 0:
		r.entries[i] = entry{status: statusReady, text: describe(0), result: result}
		return true
	case fiscal(kind) && needsBlock(code) && q.reg.unreadable() != code:
		r.entries[i] = entry{status: statusBlocked, code: code, text: describe(code)}
		q.blocked = &block{request: r, task: i, code: code}
	default:
		r.entries[i] = entry{status: statusError, code: code, text: describe(code)}
	}
	return false
}

// finish marks what follows a failure as interrupted and the posting as done,
// unless the queue stands still on it.
func (q *queue) finish(run int, r *request) {
	q.note(run, r, func() {
		if q.blocked == nil || q.blocked.request != r {
			r.interrupt()
			q.over(r)
		}
	})
}

func (r *request) interrupt() {
	for i := range r.entries {
		if r.entries[i].status == statusWait {
			r.entries[i] = entry{status: statusInterrupted, code: codeInterrupted, text: describe(codeInterrupted)}
		}
	}
	r.done = true
}

// settle finds out what became of the document on which the queue stands
// still, once the register can be asked again; the caller holds the lock. Its
// number is compared with the one before the task. A task that makes no
// document and was cut off by a restart is an error that tells nothing.
func (q *queue) settle() {
	b := q.blocked
	if q.reg.cutOff() || !q.carrying.TryLock() {
		return
	}
	defer q.carrying.Unlock()
	e := entry{status: statusError, code: b.code, text: describe(b.code)}
	if fiscal(kindOf(b.request.tasks[b.task])) && q.reg.lastNumber() > b.request.before {
		e = entry{status: statusReady, text: describe(0), result: q.reg.lastParams()}
	}
	b.request.entries[b.task] = e
	b.request.interrupt()
	q.over(b.request)
	q.blocked = nil
}

func kindOf(raw json.RawMessage) string {
	var t task
	if json.Unmarshal(raw, &t) != nil {
		return ""
	}
	return t.Type
}

// fiscal says whether a task makes a fiscal document.
func fiscal(kind string) bool {
	return slices.Contains([]string{
		"openShift", "closeShift", "sell", "buy", "sellReturn", "buyReturn", "sellCorrection", "buyCorrection", "sellReturnCorrection",
		"buyReturnCorrection", "reportOfdExchangeStatus", "registration", "fnChange", "changeRegistrationParameters", "closeArchive",
	}, kind)
}

func onlyReads(kind string) bool {
	return len(kind) > 3 && kind[:3] == "get" || kind == "ofdExchangeStatus"
}

// lastNumber is the number of the drive's last document, for the service.
func (r *Register) lastNumber() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return int64(r.drive.Last.Number)
}

func (r *Register) lastParams() any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fiscalParams(r.drive.Last, false)
}

// cutOff says whether the service cannot find out now what became of a
// document: a link that was lost in the middle of one is lost until it is
// mended.
func (r *Register) cutOff() bool {
	return r.Has(FaultLostBefore) || r.Has(FaultLostAfter) || r.unreadable() != 0
}

// unreadable is why the drive's last document cannot be asked for; 0 when it
// can.
func (r *Register) unreadable() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.has(FaultSilent), r.has(FaultPower), r.has(FaultUnplugged), r.has(FaultPortHeld):
		return codeNoConnection
	default:
		return r.driveGone()
	}
}
