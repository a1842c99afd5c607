package operator_test

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/ofd"
	"github.com/tillwright/tillwright/internal/sim/operator"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

const dummy = "9999078902000001"

func noon() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC) }

// bundle is an operator on a port and what it has heard.
type bundle struct {
	*operator.Operator
	heard chan operator.Verdict
}

func setup(t *testing.T, opt operator.Options) *bundle {
	t.Helper()
	b := &bundle{heard: make(chan operator.Verdict, 1000)}
	opt.Clock, opt.Location = clock.NewManual(noon()), time.FixedZone("MSK", 3*3600)
	opt.Heard = func(v operator.Verdict) { b.heard <- v }
	b.Operator = operator.New(opt)
	if err := b.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	return b
}

func (b *bundle) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// ask sends a message on a connection of its own and gives the answer.
func (b *bundle) ask(t *testing.T, message []byte) (ofd.Session, error) {
	t.Helper()
	c := b.dial(t)
	if _, err := c.Write(message); err != nil {
		t.Fatal(err)
	}
	return ofd.Read(c)
}

// document is a receipt of a drive with a number and a sign.
func document(t testing.TB, drive string, number, sign uint32) []byte {
	t.Helper()
	h := paper.Holder{Drive: drive, INN: "7707083893", Number: "0000000001012345", Name: "ООО Стенд", Address: "г. Стенд", Place: "касса 1", Taxes: 1}
	tlv, err := paper.Encode(h, paper.Document{
		Form: paper.Receipt, Number: number, Sign: sign, At: noon(), Shift: 7, Receipt: 1, Kind: 1, Sum: 9_900, Cash: 9_900,
		Items: []paper.Item{{Name: "Кофе", Price: 9_900, Quantity: 1000, Sum: 9_900}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return tlv
}

// message wraps a TLV; spoil changes what goes around it.
func message(t testing.TB, drive string, number uint32, tlv []byte, spoil func(*ofd.Session, *ofd.Container)) []byte {
	t.Helper()
	s := ofd.Session{Version: [2]byte{1, 5}, Drive: drive, Flags: ofd.FlagAnswer | ofd.FlagContainer}
	c := ofd.Container{Type: paper.Receipt, Version: 1, Drive: drive, Number: number, Data: tlv}
	if spoil != nil {
		spoil(&s, &c)
	}
	body, err := c.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Body == nil {
		s.Body = body
	}
	b, err := s.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func good(t testing.TB, number uint32) []byte {
	t.Helper()
	return message(t, dummy, number, document(t, dummy, number, 1000+number), nil)
}

// code reads the operator's word out of its answer.
func code(t *testing.T, s ofd.Session) (drive string, number, word uint64) {
	t.Helper()
	box, err := ofd.ParseContainer(s.Body)
	if err != nil || box.Type != ofd.TypeOperatorAck || s.Flags != ofd.FlagContainer || box.Drive != s.Drive {
		t.Fatalf("%+v: %v", box, err)
	}
	outer, err := ffd.Decode(box.Data)
	if err != nil || len(outer) != 1 || outer[0].Tag != 7 {
		t.Fatalf("%+v: %v", outer, err)
	}
	f := outer[0].Fields
	if at := ffd.Find(f, 1012); !at.Time().Equal(noon().Add(3 * time.Hour)) {
		t.Errorf("answered at %v", at.Time())
	}
	if inn := ffd.Find(f, 1017); !ffd.INN(inn.Trimmed()) {
		t.Errorf("the operator's number is %q", inn.Text)
	}
	return ffd.Find(f, 1041).Trimmed(), ffd.Find(f, 1040).Num, ffd.Find(ffd.Find(f, 1068).Fields, 1022).Num
}

func TestADocumentIsTakenAndKept(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{})
	s, err := b.ask(t, good(t, 41))
	if err != nil {
		t.Fatal(err)
	}
	if drive, number, word := code(t, s); drive != dummy || number != 41 || word != 0 || s.Version != [2]byte{1, 5} {
		t.Errorf("%s %d: %d", drive, number, word)
	}
	kept := b.Documents(dummy)
	if len(kept) != 1 || kept[0].Sum != 9_900 || kept[0].Kind != 1 || kept[0].Sign != 1041 || !kept[0].At.Equal(noon()) || !kept[0].Received.Equal(noon()) {
		t.Errorf("%+v", kept)
	}
	if _, found := kept[0].Fields(); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}

// TestOrder: the next number, the same document again, and nothing else.
func TestOrder(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{Keep: 3})
	c := b.dial(t) // all on one connection
	for _, tc := range []struct {
		name         string
		number, sign uint32
		want         uint64
		why          string
	}{
		{"any to begin with", 10, 1, 0, ""},
		{"the next", 11, 2, 0, ""},
		{"again", 11, 2, 0, ""},
		{"an older one again", 10, 1, 0, ""},
		{"a number that is taken", 11, 3, 3, "number_taken"},
		{"a gap", 13, 4, 3, "number_gap"},
		{"from before the beginning", 4, 5, 3, "number_taken"},
		{"on and on", 12, 6, 0, ""},
		{"until the first is dropped", 13, 7, 0, ""},
		{"one that was dropped", 10, 1, 3, "number_taken"},
	} {
		if _, err := c.Write(message(t, dummy, tc.number, document(t, dummy, tc.number, tc.sign), nil)); err != nil {
			t.Fatal(err)
		}
		s, err := ofd.Read(c)
		if err != nil {
			t.Fatal(tc.name, err)
		}
		v := <-b.heard
		if _, number, word := code(t, s); number != uint64(tc.number) || word != tc.want || v.Why != tc.why {
			t.Errorf("%s: %d, %d, %+v", tc.name, number, word, v)
		}
	}
	if kept := b.Documents(dummy); len(kept) != 3 || kept[0].Number != 11 || kept[0].Repeats != 1 || kept[2].Number != 13 {
		t.Errorf("%+v", kept)
	}
	b.Forget(dummy)
	if s, err := b.ask(t, message(t, dummy, 2, document(t, dummy, 2, 1), nil)); err != nil {
		t.Error(err)
	} else if _, _, word := code(t, s); word != 0 {
		t.Errorf("a forgotten drive begins with 2: %d", word)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	const other, stranger = "9999078902000002", "7380440700000001"
	tlv := document(t, dummy, 5, 1)
	bare, err := ffd.Encode([]ffd.Field{{Tag: 3, Fields: []ffd.Field{{Tag: 1041, Text: dummy}, {Tag: 1040, Num: 5}, {Tag: 1012, Num: 1}}}})
	if err != nil {
		t.Fatal(err)
	}
	crc := message(t, dummy, 5, tlv, nil)
	crc[len(crc)-1] ^= 1
	for name, tc := range map[string]struct {
		message []byte
		want    uint64
		why     string
	}{
		"a checksum":              {crc, 2, "container"},
		"an unknown format":       {message(t, dummy, 5, tlv, func(s *ofd.Session, _ *ofd.Container) { s.Version = [2]byte{9, 9} }), 2, "header"},
		"no container":            {message(t, dummy, 5, tlv, func(s *ofd.Session, _ *ofd.Container) { s.Flags = ofd.FlagAnswer }), 2, "header"},
		"an empty body":           {message(t, dummy, 5, tlv, func(s *ofd.Session, _ *ofd.Container) { s.Body = []byte{} }), 2, "container"},
		"enciphered":              {message(t, dummy, 5, bytes.Repeat([]byte{0xA7}, 200), nil), 2, "document"},
		"another form":            {message(t, dummy, 5, tlv, func(_ *ofd.Session, c *ofd.Container) { c.Type = paper.OpenShift }), 2, "document"},
		"two documents":           {message(t, dummy, 5, append(bytes.Clone(tlv), tlv...), nil), 2, "document"},
		"a drive's number":        {message(t, dummy, 5, tlv, func(_ *ofd.Session, c *ofd.Container) { c.Drive = other }), 4, "other_drive"},
		"a drive's number inside": {message(t, other, 5, tlv, nil), 4, "other_drive"},
		"a real drive":            {message(t, stranger, 5, document(t, stranger, 5, 1), nil), 4, "not_a_dummy"},
		"a number inside":         {message(t, dummy, 6, tlv, nil), 3, "other_number"},
		"no sign":                 {message(t, dummy, 5, bare, nil), 1, "no_sign"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, operator.Options{})
			s, err := b.ask(t, tc.message)
			if err != nil {
				t.Fatal(err)
			}
			v := <-b.heard
			if _, _, word := code(t, s); word != tc.want || v.Why != tc.why || uint64(v.Code) != tc.want {
				t.Errorf("%d, %+v", word, v)
			}
			if kept := b.Documents(s.Drive); len(kept) != 0 {
				t.Errorf("kept all the same: %+v", kept)
			}
		})
	}
}

// TestTheLookFindsTheOperator: what the agent's own look says of each.
func TestTheLookFindsTheOperator(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"": ofd.ReachOK, operator.Unpaid: ofd.ReachClosed, operator.Portal: ofd.ReachForeign, operator.Gone: ofd.ReachTCP} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			b, proof := setup(t, operator.Options{}), setup(t, operator.Options{})
			if err := b.Turn(operator.Trouble{ID: id}); err != nil {
				t.Fatal(err)
			}
			target := func(b *bundle) ofd.Target {
				at, err := net.ResolveTCPAddr("tcp", b.Addr())
				if err != nil {
					t.Fatal(err)
				}
				return ofd.Target{Host: "127.0.0.1", Port: at.Port}
			}
			l := ofd.Looker{Others: []ofd.Target{target(proof)}, Linger: 200 * time.Millisecond}
			if got := l.Look(t.Context(), target(b)); got.Reach != want {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestTheBookIsBounded: the drive that was silent longest goes.
func TestTheBookIsBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{Drives: 2})
	for _, drive := range []string{"9999078902000001", "9999078902000002", "9999078902000003"} {
		if _, err := b.ask(t, message(t, drive, 5, document(t, drive, 5, 1), nil)); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for _, s := range b.State().Drives {
		if len(b.Documents(s.Drive)) == 1 {
			n++
		}
	}
	if n != 2 || len(b.Documents("9999078902000003")) != 1 {
		t.Errorf("%d drives are remembered", n)
	}
}
