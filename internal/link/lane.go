package link

import "sync"

// window is how many messages of one agent may wait to be handled. Beyond it
// the agent's connection is not read, and TCP slows it down.
const window = 8

// lane runs the tasks of one agent one after another, in the order they were
// put in, on a goroutine that lives only while there is something to do. It is
// the agent's own, not the connection's: when an agent comes back while its
// old messages are still being handled, the new ones wait behind them.
type lane struct {
	mu    sync.Mutex
	tasks []func()
	busy  bool
	room  chan struct{}
}

func newLane() lane { return lane{room: make(chan struct{}, window)} }

// put waits for room and leaves the task to be run; false when stop was closed
// before there was room.
func (l *lane) put(stop <-chan struct{}, wg *sync.WaitGroup, task func()) bool {
	select {
	case l.room <- struct{}{}:
	case <-stop:
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tasks = append(l.tasks, task)
	if !l.busy {
		l.busy = true
		wg.Go(l.run)
	}
	return true
}

func (l *lane) run() {
	for {
		l.mu.Lock()
		if len(l.tasks) == 0 {
			l.busy, l.tasks = false, nil
			l.mu.Unlock()
			return
		}
		task := l.tasks[0]
		l.tasks[0] = nil
		l.tasks = l.tasks[1:]
		l.mu.Unlock()
		task()
		<-l.room
	}
}
