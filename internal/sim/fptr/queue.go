package fptr

import (
	"encoding/json"
	"slices"
	"sync"
)

// The statuses of one task, in the service's words.
const (
	statusWait        = "wait"
	statusInProgress  = "inProgress"
	statusReady       = "ready"
	statusError       = "error"
	statusInterrupted = "interrupted"
	statusBlocked     = "blocked"
	statusCanceled    = "canceled"
)

// entry is what the service knows about one task.
type entry struct {
	status string
	code   int
	text   string
	result any
}

// request is one posting: tasks that are carried out in order.
type request struct {
	uuid    string
	tasks   []json.RawMessage
	entries []entry
	done    bool
	before  int64 // number of the drive's last document before the task in progress
}

// block is why the queue stands still: the service does not know whether the
// document of a task was made.
type block struct {
	request *request
	task    int
	code    int
}

// queue is the service's memory. It outlives a restart of the service, as the
// real one's file does.
type queue struct {
	mu    sync.Mutex
	moved *sync.Cond
	reg   *Register

	order  []*request
	byUUID map[string]*request
	// postings that are over, oldest first
	questions, papers []*request
	blocked           *block
	run               int // of the service; a worker of an earlier run notes nothing any more
	carrying          sync.Mutex
	carried           map[string]int // by UUID: how often the register carried a task of it out
}

func newQueue(r *Register) *queue {
	q := &queue{reg: r, byUUID: map[string]*request{}, carried: map[string]int{}}
	q.moved = sync.NewCond(&q.mu)
	return q
}

// add takes a posting; false when there is one of that UUID.
func (q *queue) add(uuid string, tasks []json.RawMessage) (number int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.byUUID[uuid] != nil {
		return 0, false
	}
	r := &request{uuid: uuid, tasks: tasks, entries: make([]entry, len(tasks))}
	for i := range r.entries {
		r.entries[i] = entry{status: statusWait, text: describe(0)}
	}
	q.byUUID[uuid] = r
	q.order = append(q.order, r)
	q.moved.Broadcast()
	return len(q.order), true
}

// look gives a posting's entries; nil when there is none of that UUID.
func (q *queue) look(uuid string) []entry {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := q.byUUID[uuid]
	if r == nil {
		return nil
	}
	return slices.Clone(r.entries)
}

// cancel takes a posting back that has not begun.
func (q *queue) cancel(uuid string) (found, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := q.byUUID[uuid]
	if r == nil {
		return false, false
	}
	for _, e := range r.entries {
		if e.status != statusWait {
			return true, false
		}
	}
	for i := range r.entries {
		r.entries[i] = entry{status: statusCanceled, text: describe(0)}
	}
	r.done = true
	q.over(r)
	return true, true
}

// whenIdle does something while no posting is being carried out, and not at all
// when one is.
func (q *queue) whenIdle(do func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.blocked != nil {
		return
	}
	for _, r := range q.order {
		if !r.done && slices.ContainsFunc(r.entries, func(e entry) bool { return e.status == statusInProgress }) {
			return
		}
	}
	do()
}

// How many postings that are over the service remembers: of those that made a
// document more, because nobody may make one twice.
const (
	keptQuestions = 200
	keptDocuments = 5_000
)

// over notes that a posting is at its end and forgets the oldest of its kind;
// the caller holds the lock.
func (q *queue) over(r *request) {
	list, most := &q.questions, keptQuestions
	if documents(r.tasks) > 0 {
		list, most = &q.papers, keptDocuments
	}
	*list = append(*list, r)
	if len(*list) <= most {
		return
	}
	old := (*list)[0]
	*list = slices.Delete(*list, 0, 1)
	delete(q.byUUID, old.uuid)
	delete(q.carried, old.uuid)
	q.order = slices.DeleteFunc(q.order, func(r *request) bool { return r == old })
}

// counts are how many postings are waiting, done and taken back.
func (q *queue) counts() (waiting, ready, canceled int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range q.order {
		switch {
		case !r.done:
			waiting++
		case r.entries[0].status == statusCanceled:
			canceled++
		default:
			ready++
		}
	}
	return waiting, ready, canceled
}

// standing tells why the queue stands still.
func (q *queue) standing() (uuid, reason string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.blocked == nil {
		return "", ""
	}
	reason = "fnError"
	if q.blocked.code == codeNoConnection || q.blocked.code == codeConnectionCut || q.blocked.code == codePortHeld {
		reason = "connectionError"
	}
	return q.blocked.request.uuid, reason
}

// stir wakes the worker: something outside the queue has changed.
func (q *queue) stir() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.moved.Broadcast()
}

// next waits for a posting to carry out; nil when this run of the service is
// over. The order is the one of posting.
func (q *queue) next(run int) *request {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.run == run {
		if q.blocked != nil {
			q.settle()
		}
		if q.blocked == nil && !q.reg.Has(FaultUnplugged) {
			for _, r := range q.order {
				if !r.done {
					return r
				}
			}
		}
		q.moved.Wait()
	}
	return nil
}

// begin starts a run of the service and ends the one before. What an earlier
// run had in progress is looked after first: nobody knows what became of it.
func (q *queue) begin() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.run++
	for _, r := range q.order {
		for i, e := range r.entries {
			if e.status == statusInProgress {
				q.blocked = &block{request: r, task: i, code: codeConnectionCut}
				r.entries[i].status = statusBlocked
			}
		}
	}
	q.moved.Broadcast()
	return q.run
}

// end stops the present run.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.run++
	q.moved.Broadcast()
}
