package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestLook: a process that works for a while has used processor time, and no
// process answers for one that does not exist.
func TestLook(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has /proc")
	}
	before, err := look(os.Getpid())
	if err != nil || before.resident < mb || before.most < before.resident {
		t.Fatalf("%+v, %v", before, err)
	}
	late := time.Now().Add(20 * time.Second)
	for after := before; after.user+after.system < before.user+before.system+2*tick; {
		if after, err = look(os.Getpid()); err != nil || time.Now().After(late) {
			t.Fatalf("%+v, then %+v, %v", before, after, err)
		}
	}
	if _, err := look(1 << 30); err == nil {
		t.Error("a process that does not exist has used something")
	}
}

func TestKilobytes(t *testing.T) {
	t.Parallel()
	const status = "Name:\tVmRSS: odd\nVmHWM:\t   16232 kB\nVmRSS:\t   12 kB\nVmData:\tmany kB\n"
	for name, want := range map[string]int64{"VmRSS:": 12 << 10, "VmHWM:": 16232 << 10, "VmData:": 0, "VmSwap:": 0} {
		if got := kilobytes(status, name); got != want {
			t.Errorf("%s %d, want %d", name, got, want)
		}
	}
}

// TestJudge: what misses a goal fails, and so does a run that saw too little.
func TestJudge(t *testing.T) {
	t.Parallel()
	c := cli{Registers: 2, Poll: time.Second, Goal: 5, Memory: 25}
	good := func() result {
		return result{
			span: 10 * time.Second, user: 200 * time.Millisecond, system: 200 * time.Millisecond, most: 20 * mb,
			readings: 20, reported: 2,
		}
	}
	for want, change := range map[string]func(r *result){
		"":                 func(*result) {},
		"5.50 % of one":    func(r *result) { r.user += 150 * time.Millisecond },
		"26.0 MB":          func(r *result) { r.most = 26 * mb },
		"measured nothing": func(r *result) { r.readings = 17 },
		"1 registers":      func(r *result) { r.reported = 1 },
	} {
		r := good()
		change(&r)
		err := r.judge(&c)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("wanted %q: %v", want, err)
		}
	}
}

// TestLine: a conversation counts from its opening to the agent's hanging up,
// and only while it is measured.
func TestLine(t *testing.T) {
	t.Parallel()
	register, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = register.Close() }()
	go func() {
		for {
			conn, err := register.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(conn, conn); _ = conn.Close() }()
		}
	}()
	l := &line{answer: 20 * time.Millisecond}
	address, err := l.to(t.Context(), register.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	talk := func() error {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.Write([]byte("?")); err != nil {
			return err
		}
		got := make([]byte, 1)
		if _, err := io.ReadFull(conn, got); err != nil || got[0] != '?' {
			return fmt.Errorf("%q, %w", got, err)
		}
		return nil
	}
	if err := talk(); err != nil {
		t.Fatal(err)
	}
	l.begin()
	for range 3 {
		if err := talk(); err != nil {
			t.Fatal(err)
		}
	}
	l.close() // waits for what is under way
	took := l.end()
	if len(took) != 3 || took[0] < l.answer {
		t.Errorf("%v", took)
	}
}
