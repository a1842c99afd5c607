package shtrih_test

import (
	"encoding/hex"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

// do carries out a procedure and gives what was sent, in hex.
func do(t *testing.T, c *counterpart, p kkt.Procedure) (sent []string, done []kkt.Exchange, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		done, err = open(t, c).Do(t.Context(), p)
	})
	for _, x := range done {
		sent = append(sent, hex.EncodeToString(x.Sent))
	}
	return sent, done, err
}

func TestProceduresSendWhatTheyPlan(t *testing.T) {
	t.Parallel()
	waiting := map[string]string{"10": "00 1E 92 02 02 03 00 33 48 00 00 00 FF FF FF 00"}
	yesterday := map[string]string{"11": "00 1E 43 33 86 DA 0F 06 16 01 A4 06 92 02 04 00 03 4E 41 00 00 01 01 10 14 0C 16 11 04 20 00 EE 30 00 00 03 01 00 00 00 00 00 AD F4 CA 01 00"}
	confirms := map[string]string{"11": "00 1E 43 33 86 DA 0F 06 16 01 A4 06 92 02 06 00 03 4E 41 00 00 01 01 10 15 0C 16 11 04 20 00 EE 30 00 00 03 01 00 00 00 00 00 AD F4 CA 01 00"}
	for name, tc := range map[string]struct {
		procedure string
		script    map[string]string
		want      []string
	}{
		"FN status":                          {kkt.ProcFNStatus, nil, []string{"ff39"}},
		"last document":                      {kkt.ProcLastDocument, nil, []string{"ff01", "ff0aa9010000"}},
		"cancel":                             {kkt.ProcCancel, nil, []string{"10", "88"}},
		"cancel when a print waits":          {kkt.ProcCancel, waiting, []string{"10", "b0", "10", "88"}},
		"close the shift":                    {kkt.ProcCloseShift, nil, []string{"10", "41"}},
		"close the shift when a print waits": {kkt.ProcCloseShift, waiting, []string{"10", "b0", "10", "41"}},
		"leave a mode: nothing to leave":     {kkt.ProcLeaveMode, nil, []string{"10"}},
		"leave a test":                       {kkt.ProcLeaveMode, map[string]string{"10": "00 1E 92 02 0A 00 00 33 48 00 00 00 FF FF FF 00", "2b": "00"}, []string{"10", "2b"}},
		"leave a dump":                       {kkt.ProcLeaveMode, map[string]string{"10": "00 1E 92 02 01 00 00 33 48 00 00 00 FF FF FF 00", "03": "00"}, []string{"10", "03"}},
		"the clock's time alone":             {kkt.ProcSetClock, nil, []string{"11", "21110420"}},
		"the clock's date too":               {kkt.ProcSetClock, yesterday, []string{"11", "22150c16", "23150c16", "21110420"}},
		"the register waits for the date":    {kkt.ProcSetClock, confirms, []string{"11", "22150c16", "23150c16", "21110420"}},
		"restart":                            {kkt.ProcReboot, nil, []string{"fef300000000"}},
		"go on printing":                     {kkt.ProcContinue, nil, []string{"b0"}},
		"OFD channel":                        {kkt.ProcOFDChannel, nil, []string{"2d15", "2e1502", "1e1501000201"}},
	} {
		for _, v2 := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				c := newCounterpart(v2)
				for command, reply := range tc.script {
					c.script[command] = reply
				}
				sent, done, err := do(t, c, kkt.Procedure{Name: tc.procedure})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, sent); diff != "" {
					t.Error(diff)
				}
				for _, x := range done {
					if len(x.Got) == 0 || x.Failure != "" || x.At.IsZero() {
						t.Errorf("%+v", x)
					}
				}
			})
		}
	}
}

// TestPlanShowsEachProcedure: whatever Do may send stands in the plan, in order.
func TestPlanShowsEachProcedure(t *testing.T) {
	t.Parallel()
	p := newCounterpart(false).protocol()
	for name, want := range map[string][]string{
		kkt.ProcFNStatus: {"ff39"}, kkt.ProcLastDocument: {"ff01", "ff0a00000000"}, kkt.ProcCancel: {"10", "b0", "10", "88"}, kkt.ProcCloseShift: {"10", "b0", "10", "41"},
		kkt.ProcLeaveMode: {"10", "b0", "10", "03", "2b"}, kkt.ProcSetClock: {"11", "22150c16", "23150c16", "21110420"}, kkt.ProcReboot: {"fef300000000"},
		kkt.ProcContinue: {"b0"}, kkt.ProcOFDChannel: {"2d15", "2e1502", "1e1501000201"},
		kkt.ProcOFDTest: nil, kkt.ProcInfoPrint: nil, kkt.ProcClearAgent: nil, kkt.ProcCloseArchive: nil, "dance": nil,
	} {
		plan, err := p.Plan(kkt.Procedure{Name: name})
		var got []string
		for _, b := range plan {
			got = append(got, hex.EncodeToString(b))
		}
		if diff := cmp.Diff(want, got); diff != "" || (err != nil) != (want == nil) || err != nil && !errors.Is(err, kkt.ErrUnsupported) {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestRawBytes(t *testing.T) {
	t.Parallel()
	for command, allowed := range map[string]bool{
		"FF 39": true, "88": true, "16": true, "": false, "FE F1 01 00 00 00": false, "FE ED": false, "27": false, "FF 07 01": false, "60 01 00 00 00": false,
	} {
		c := newCounterpart(false)
		sent, _, err := do(t, c, kkt.Procedure{Name: kkt.ProcRaw, Raw: raw(t, command)})
		if !allowed && (!errors.Is(err, kkt.ErrUnsupported) || len(sent) > 0 || len(c.executed) > 0) {
			t.Errorf("%s: %v, sent %v", command, err, c.executed)
		}
		if allowed && len(sent) != 1 {
			t.Errorf("%s: sent %v, %v", command, sent, err)
		}
	}
}

func TestProcedureStopsAtARefusal(t *testing.T) {
	t.Parallel()
	c := newCounterpart(false)
	c.script["10"], c.script["b0"] = "00 1E 92 02 02 03 00 33 48 00 00 00 FF FF FF 00", "6B"
	sent, done, err := do(t, c, kkt.Procedure{Name: kkt.ProcCloseShift})
	var refused *kkt.RefusalError
	if !errors.As(err, &refused) || refused.Code != 0x6B || len(sent) != 2 || c.executed["41"] != 0 {
		t.Errorf("%v after %v", err, sent)
	}
	if last := done[len(done)-1]; hex.EncodeToString(last.Got) != "b06b" || last.Failure != "" {
		t.Errorf("%+v", last)
	}
}

// TestChannelIsNotWrittenIntoAnotherTable: a register that numbers its tables
// otherwise keeps its settings.
func TestChannelIsNotWrittenIntoAnotherTable(t *testing.T) {
	t.Parallel()
	for _, other := range []map[string]string{
		{"2d15": "5D"}, {"2e1502": newCounterpart(false).script["2e1111"]}, {"2d15": newCounterpart(false).script["2d12"]},
	} {
		c := newCounterpart(true)
		for command, reply := range other {
			c.script[command] = reply
		}
		_, _, err := do(t, c, kkt.Procedure{Name: kkt.ProcOFDChannel})
		if err == nil || c.executed["1e"] != 0 {
			t.Errorf("%v, written %d times", err, c.executed["1e"])
		}
	}
}

func TestLeaveModeSaysWhatItCannotEnd(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"05", "06", "09"} {
		c := newCounterpart(false)
		c.script["10"] = "00 1E 92 02 " + mode + " 00 00 33 48 00 00 00 FF FF FF 00"
		if _, _, err := do(t, c, kkt.Procedure{Name: kkt.ProcLeaveMode}); !errors.Is(err, kkt.ErrUnsupported) {
			t.Errorf("mode %s: %v", mode, err)
		}
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	for password, good := range map[string]bool{"": true, "1": true, "30": true, "99999999": true, "123456789": false, "-1": false, "abc": false} {
		p := newCounterpart(false).protocol()
		synctest.Test(t, func(t *testing.T) {
			if _, err := p.Open(t.Context(), kkt.Endpoint{Address: "a", Password: password}); (err == nil) != good {
				t.Errorf("%q: %v", password, err)
			}
		})
	}
}

// TestTheZeroProtocolOpensALine: with nothing else to dial with it takes the
// endpoint's own transport.
func TestTheZeroProtocolOpensALine(t *testing.T) {
	t.Parallel()
	e := kkt.Endpoint{Transport: "serial", Address: filepath.Join(t.TempDir(), "ttyNone")}
	if _, err := (&shtrih.Protocol{}).Open(t.Context(), e); !errors.Is(err, kkt.ErrMissing) {
		t.Error(err)
	}
}

// TestWhatPrintsWaitsForThePrinter: while a report is on its way out nothing
// else that prints is sent, and it is not waited for without end.
func TestWhatPrintsWaitsForThePrinter(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		prints time.Duration
		least  time.Duration
		most   time.Duration
	}{
		"soon over": {3 * time.Second, 3 * time.Second, 4 * time.Second},
		"never":     {time.Hour, 15 * time.Second, 17 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCounterpart(false)
				idle := c.script["10"]
				c.script["10"] = "00 1E 92 02 02 05 00 33 48 00 00 00 FF FF FF 00"
				d, begin := open(t, c), time.Now()
				c.later = func() {
					if time.Since(begin) >= tc.prints {
						c.script["10"] = idle
					}
				}
				x, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCancel})
				if took := time.Since(begin); err != nil || len(x) != 2 || c.executed["88"] != 1 || took < tc.least || took > tc.most {
					t.Errorf("%v after %v, %d exchanges", err, took, len(x))
				}
			})
		})
	}
}
