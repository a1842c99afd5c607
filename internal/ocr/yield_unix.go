//go:build unix

package ocr

import "syscall"

// yield lets everything else go first: reading a photograph takes a core for a
// second or two. That it may fail does no harm.
func yield(pid int) {
	const nice = 10
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, pid, nice)
}
