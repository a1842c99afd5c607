package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of /proc/PID/stat's processor time: USER_HZ, which is 100
// on every system that Linux runs on today.
const tick = 10 * time.Millisecond

// usage is what a process has used until now.
type usage struct {
	user, system   time.Duration
	resident, most int64 // bytes; most is the peak since the start
}

// look reads what a process has used, by proc(5).
func look(pid int) (u usage, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, err
	}
	// The program's name may hold anything; what counts begins behind it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 13 {
		return u, errors.New("process: /proc/PID/stat is too short")
	}
	for i, into := range map[int]*time.Duration{11: &u.user, 12: &u.system} {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return u, fmt.Errorf("process: %w", err)
		}
		*into = time.Duration(n) * tick
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u, err
	}
	u.resident, u.most = kilobytes(string(status), "VmRSS:"), kilobytes(string(status), "VmHWM:")
	if u.resident == 0 {
		return u, errors.New("process: it has no memory any more")
	}
	return u, nil
}

// kilobytes is a line of /proc/PID/status in bytes, 0 where it is missing.
func kilobytes(status, name string) int64 {
	for line := range strings.Lines(status) {
		rest, ok := strings.CutPrefix(line, name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		if err != nil {
			return 0
		}
		return n << 10
	}
	return 0
}
