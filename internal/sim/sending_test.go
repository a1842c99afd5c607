package sim_test

import (
	"net"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/operator"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// TestDocumentsReachTheOperator is the story of three shops whose operator is
// not paid for a while.
func TestDocumentsReachTheOperator(t *testing.T) {
	t.Parallel()
	p := newPost(t, 3, 100)
	for i := range 3 {
		for range i + 1 {
			p.sell(t, i) // the first opens the shift
		}
	}
	p.taken(t, 3+1+2+3)
	p.drained(t)
	for i := range 3 {
		if got := len(p.forms(t, i)); got != i+2 {
			t.Errorf("register %d: %d documents", i, got)
		}
	}

	if err := p.Turn(operator.Trouble{ID: operator.Unpaid}); err != nil {
		t.Fatal(err)
	}
	first := p.drive(1).LastDocument + 1
	for range 4 {
		p.sell(t, 1)
	}
	p.outcome(t, courier.Outcome{Network: 6})
	set := p.register(1).read(t)
	if set.Get(signal.Unsent).Int() != 4 || set.Get(signal.OFDNetError).Int() != 6 || !set.Get(signal.FirstUnsentAt).Time().Equal(noon()) || set.Get(signal.OFDError).Int() != 0 {
		t.Errorf("unpaid: %v", set.Items())
	}
	if got := p.drive(1); got.FirstUnsent != first {
		t.Errorf("the first of those that wait is %d, want %d", got.FirstUnsent, first)
	}
	if well := p.register(0).read(t); well.Get(signal.OFDNetError).Int() != 0 || well.Get(signal.Unsent).Int() != 0 {
		t.Errorf("the first shop has nothing to send: %v", well.Items())
	}

	if err := p.Turn(operator.Trouble{}); err != nil {
		t.Fatal(err)
	}
	p.taken(t, 4)
	p.drained(t)
	if got := len(p.forms(t, 1)); got != 3+4 {
		t.Errorf("%d documents of the second shop", got)
	}
	if set = p.register(1).read(t); set.Get(signal.Unsent).Int() != 0 || set.Get(signal.OFDNetError).Int() != 0 {
		t.Errorf("paid again: %v", set.Items())
	}
	for _, d := range p.State().Drives {
		if d.Repeats != 0 || d.Refused != 0 {
			t.Errorf("%+v", d)
		}
	}
}

// TestAnAnswerThatIsCut: the document goes again, the operator has it once.
func TestAnAnswerThatIsCut(t *testing.T) {
	t.Parallel()
	p := newPost(t, 1, 200)
	if err := p.Turn(operator.Trouble{ID: operator.CutAnswer, Times: 2}); err != nil {
		t.Fatal(err)
	}
	p.sell(t, 0) // opens the shift: two documents
	p.taken(t, 2)
	p.drained(t)
	if forms := p.forms(t, 0); len(forms) != 2 || forms[0] != paper.OpenShift || forms[1] != paper.Receipt {
		t.Errorf("%v", forms)
	}
	if d := p.State().Drives[0]; d.Documents != 2 || d.Repeats == 0 || d.Refused != 0 {
		t.Errorf("%+v", d)
	}
}

// TestRefusalsShowInRegister43 with the operator's word and the drive's.
func TestRefusalsShowInRegister43(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]struct {
		courier.Outcome
		net, ofd, fn int64
	}{
		operator.RefuseSign:       {courier.Outcome{Operator: 1, Drive: 32}, 0, 1, 32},
		operator.RefuseProcessing: {courier.Outcome{Operator: 14, Drive: 32}, 0, 14, 32},
		operator.OtherDrive:       {courier.Outcome{Operator: 4, Drive: 32}, 0, 4, 32},
		operator.BadChecksum:      {courier.Outcome{Operator: 2, Drive: 32}, 0, 2, 32},
		operator.Garbage:          {courier.Outcome{Network: 4}, 4, 0, 0},
		operator.Gone:             {courier.Outcome{Network: 2}, 2, 0, 0},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			p := newPost(t, 1, 300)
			if err := p.Turn(operator.Trouble{ID: id}); err != nil {
				t.Fatal(err)
			}
			p.sell(t, 0)
			p.outcome(t, want.Outcome)
			set := p.register(0).read(t)
			if set.Get(signal.OFDNetError).Int() != want.net || set.Get(signal.OFDError).Int() != want.ofd || set.Get(signal.OFDFNError).Int() != want.fn {
				t.Errorf("%v", set.Items())
			}
			if set.Get(signal.Unsent).Int() != 2 {
				t.Errorf("%v wait", set.Get(signal.Unsent))
			}
			if err := p.Turn(operator.Trouble{}); err != nil {
				t.Fatal(err)
			}
			p.taken(t, 2)
			p.drained(t)
			p.forms(t, 0)
		})
	}
}

// TestEveryFormIsSent: a day with a correction, a report and a new drive.
func TestEveryFormIsSent(t *testing.T) {
	t.Parallel()
	p := newPost(t, 1, 400)
	r := p.register(0)
	fix := sale()
	fix[1] = []byte{0x92, 0x02, 0x07}
	day := uint32(time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC).Unix())
	fix = append(fix[:2:2], append([][]byte{
		{0xE8, 0, 1, 0, 0x95, 0x04, 1, 0, 1}, // 1173: by order
		{0xE8, 0, 1, 0, 0x9A, 0x04, 4, 0, byte(day), byte(day >> 8), byte(day >> 16), byte(day >> 24)}, // 1178
		{0xE8, 0, 1, 0, 0x9B, 0x04, 4, 0, '7', '-', '8', '9'},                                          // 1179
		{0xE8, 0, 1, 0, 0x06, 0x04, 4, 0, 0x91, 0xEB, 0xE0, ' '},                                       // 1030: Сыр
	}, fix[2:]...)...)
	p.sell(t, 0)
	if code := r.trySale(t, fix, false); code != 0 {
		t.Fatalf("the correction gave %d", code)
	}
	r.send(t, []byte{0x56, 2, 0, 0, 0, 0x30}, []byte{0x67, 0x09}, []byte{0x48})
	if _, err := r.do(t, kkt.Procedure{Name: kkt.ProcCloseShift}); err != nil {
		t.Fatal(err)
	}
	old := p.drive(0).Serial
	if err := p.Server(0).Register.CloseDrive(); err != nil {
		t.Fatal(err)
	}
	p.taken(t, 6)
	p.drained(t)
	want := []uint8{paper.OpenShift, paper.Receipt, paper.Correction, paper.Settlement, paper.CloseShift, paper.CloseDrive}
	if got := p.forms(t, 0); string(got) != string(want) {
		t.Errorf("%v, want %v", got, want)
	}
	f, _ := p.Documents(old)[2].Fields()
	box := ffd.Find(f, 1174)
	if ffd.Find(f, 1173).Num != 1 || ffd.Find(box.Fields, 1178).Num != uint64(day) || ffd.Find(box.Fields, 1179).Text != "7-89" || ffd.Find(f, 1054).Num != 1 {
		t.Errorf("the correction's ground: %+v", box)
	}
	if name := ffd.Find(ffd.Find(f, 1059).Fields, 1030).Text; name != "Сыр" {
		t.Errorf("the item is %q", name)
	}
	closing, _ := p.Documents(old)[4].Fields()
	if ffd.Find(closing, 1118).Num != 2 || ffd.Find(closing, 1111).Num != 5 {
		t.Errorf("the shift's close: %+v", closing)
	}
	p.Server(0).Register.ReplaceDrive()
	if err := p.Server(0).Register.RegisterDrive(); err != nil {
		t.Fatal(err)
	}
	p.taken(t, 1)
	p.drained(t)
	if got := p.forms(t, 0); len(got) != 1 || got[0] != paper.Changed || p.Documents(p.drive(0).Serial)[0].Number != 1 {
		t.Errorf("the new drive begins with %v", got)
	}
}

// TestFaultsHoldDocumentsBack, and what waits goes when they are mended: with
// the numbers that the operator waits for.
func TestFaultsHoldDocumentsBack(t *testing.T) {
	t.Parallel()
	p := newPost(t, 1, 500)
	p.sell(t, 0)
	p.taken(t, 2)
	p.drained(t)
	for _, fault := range []string{sim.FaultNoExchange, sim.FaultUnsent, sim.FaultChannel} {
		if err := p.Server(0).Inject(fault); err != nil {
			t.Fatal(err)
		}
		n := p.drive(0).Unsent
		wrong := p.register(0).get(t, signal.OFDNetError).Int()
		if want := map[bool]int64{true: 1, false: 2}[fault == sim.FaultChannel]; n == 0 || wrong != want {
			t.Errorf("%s: %d wait, error %d", fault, n, wrong)
		}
		if err := p.Server(0).Clear(fault); err != nil {
			t.Fatal(err)
		}
		p.taken(t, n)
		p.drained(t)
	}
	if d := p.State().Drives[0]; d.Refused != 0 || int64(d.Last) != p.drive(0).LastDocument {
		t.Errorf("%+v", d)
	}
}

// TestANewAddressIsUsedAtOnce: table 19 says where documents go, and the
// register's own test of the link really goes there.
func TestANewAddressIsUsedAtOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, 1, 600)
	r := p.register(0)
	_, port := split(t, p.Operator.Addr())
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, dead := split(t, nobody.Addr().String())
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	point := func(port int) {
		r.send(t, []byte{0x56, 4, 0, 0, 0, 0x30}, []byte{0x50, 19, 0, 1, 2, byte(port >> 8), byte(port)}, []byte{0x48})
	}
	point(dead)
	if _, err := r.do(t, kkt.Procedure{Name: kkt.ProcOFDTest}); err != nil {
		t.Fatal(err)
	}
	if got := r.get(t, signal.OFDNetError).Int(); got != 2 {
		t.Errorf("the test at a closed port: %d", got)
	}
	point(port)
	if _, err := r.do(t, kkt.Procedure{Name: kkt.ProcOFDTest}); err != nil {
		t.Fatal(err)
	}
	if got := r.get(t, signal.OFDNetError).Int(); got != 0 {
		t.Errorf("the test at the operator's: %d", got)
	}
	point(dead)
	p.sell(t, 0)
	p.outcome(t, courier.Outcome{Network: 2})
	if s := p.Server(0).Register.State().OFD; s.Reachable || s.Port != dead {
		t.Errorf("%+v", s)
	}
	point(port)
	p.taken(t, 2)
	p.drained(t)
}

// TestHundredsSendAtOnce: many registers, few hands, everything arrives once.
func TestHundredsSendAtOnce(t *testing.T) {
	t.Parallel()
	const registers, sales = 200, 3
	p := newPost(t, registers, 1000)
	life := sim.NewLife(p.Bench, sim.Habits{SalesPerHour: sales}, 1)
	life.Step(time.Hour)
	p.taken(t, registers*(1+sales))
	p.drained(t)
	for i := range registers {
		if got := len(p.forms(t, i)); got != 1+sales {
			t.Errorf("register %d: %d documents", i, got)
		}
	}
}

// TestTheBenchStopsInTheMiddle of an exchange that nobody answers.
func TestTheBenchStopsInTheMiddle(t *testing.T) {
	t.Parallel()
	p := newPost(t, 2, 700)
	if err := p.Turn(operator.Trouble{ID: operator.Silent}); err != nil {
		t.Fatal(err)
	}
	p.sell(t, 0)
	<-p.heard
	p.Bench.Stop()
	if got := p.drive(0).Unsent; got != 2 {
		t.Errorf("%d wait", got)
	}
}
