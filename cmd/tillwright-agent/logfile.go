package main

import (
	"os"
	"sync"
)

// maxLog is the size in bytes at which a log file makes room for a fresh one;
// one old one is kept.
const maxLog = 4 << 20

// logFile is a bounded log. What cannot be written is dropped: a full disk
// must not stop the agent.
type logFile struct {
	path string

	mu   sync.Mutex
	file *os.File
	size int64
}

// Write writes one line and never fails.
func (l *logFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil && l.size > maxLog {
		_ = l.file.Close()
		_ = os.Rename(l.path, l.path+".1")
		l.file = nil
	}
	if l.file == nil && !l.open() {
		return len(line), nil
	}
	n, err := l.file.Write(line)
	l.size += int64(n)
	if err != nil {
		_ = l.file.Close()
		l.file = nil
	}
	return len(line), nil
}

func (l *logFile) open() bool {
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return false
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return false
	}
	l.file, l.size = f, info.Size()
	return true
}
