package octets_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// TestALayoutIsReadFromLeftToRight: one answer with something of everything.
func TestALayoutIsReadFromLeftToRight(t *testing.T) {
	t.Parallel()
	r := octets.Read([]byte("\x07\x39\x30\x1A\x0B\x14\x16\x12 v1 \x00\x00" + "7707083893  " + "\xDE\xAD"))
	got := fmt.Sprintln(r.Byte(), r.Int(2), r.Date(octets.YMDhm).Format(time.DateTime), r.ASCII(6), r.Digits(12, 10, 12), r.Left(), octets.Hex(r.Rest()), r.Left())
	const want = "7 12345 2026-11-20 22:18:00 v1 7707083893 2 DE AD 0\n"
	if err := r.End(); got != want || err != nil {
		t.Errorf("%q, want %q, %v", got, want, err)
	}
}

// TestTheFirstFaultStays and nothing is made up after it.
func TestTheFirstFaultStays(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		data string
		read func(r *octets.Reader)
		want octets.Fault
	}{
		"too short for a byte":     {"", func(r *octets.Reader) { r.Byte() }, octets.TooShort},
		"too short for a number":   {"\x01", func(r *octets.Reader) { r.Int(2) }, octets.TooShort},
		"something is left":        {"\x01\x02", func(r *octets.Reader) { r.Byte() }, octets.WrongLength},
		"a control character":      {"a\x07b", func(r *octets.Reader) { r.ASCII(3) }, octets.BadValue},
		"a letter of another page": {"a\x8Ab", func(r *octets.Reader) { r.ASCII(3) }, octets.BadValue},
		"a zero in the middle":     {"a\x00b", func(r *octets.Reader) { r.ASCII(3) }, octets.BadValue},
		"letters for digits":       {"12a4", func(r *octets.Reader) { r.Digits(4, 4) }, octets.BadValue},
		"digits of another length": {"123 ", func(r *octets.Reader) { r.Digits(4, 2, 4) }, octets.BadValue},
		"the 31st of April":        {"\x1F\x04\x1A", func(r *octets.Reader) { r.Date(octets.DMY) }, octets.BadDate},
		"the 29th of February":     {"\x1D\x02\x19", func(r *octets.Reader) { r.Date(octets.DMY) }, octets.BadDate},
		"a year of three digits":   {"\x01\x01\x64", func(r *octets.Reader) { r.Date(octets.DMY) }, octets.BadDate},
		"half past twenty-four":    {"\x1A\x01\x01\x18\x1E", func(r *octets.Reader) { r.Date(octets.YMDhm) }, octets.BadDate},
		"the first of two":         {"\x07", func(r *octets.Reader) { r.ASCII(1); r.Byte() }, octets.BadValue},
		"what the caller saw":      {"\x07\x08", func(r *octets.Reader) { r.Byte(); r.Keep(octets.BadStart); r.ASCII(1) }, octets.BadStart},
	} {
		r := octets.Read([]byte(tc.data))
		tc.read(&r)
		if err := r.End(); !errors.Is(err, tc.want) || !errors.Is(r.Err(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
		if r.Byte() != 0 || r.Int(8) != 0 || r.ASCII(3) != "" || !r.Date(octets.YMD).IsZero() {
			t.Errorf("%s: something is read after it", name)
		}
	}
}

// TestNoneIsNotAFault: registers write zeros for what they do not have.
func TestNoneIsNotAFault(t *testing.T) {
	t.Parallel()
	r := octets.Read(make([]byte, 3+6+12))
	if d, m, s := r.Date(octets.DMY), r.Date(octets.DMYhms), r.Digits(12, 10, 12); !d.IsZero() || !m.IsZero() || s != "" || r.End() != nil {
		t.Errorf("%v, %v, %q, %v", d, m, s, r.End())
	}
}

// TestEveryTimeComesBack in every order of its parts.
func TestEveryTimeComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		from := time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC).Unix()
		to := time.Date(2099, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
		at := time.Unix(rapid.Int64Range(from, to).Draw(r, "at"), 0).UTC()
		parts := map[rune]byte{
			'Y': byte(at.Year() - 2000), 'M': byte(at.Month()), 'D': byte(at.Day()), 'h': byte(at.Hour()), 'm': byte(at.Minute()), 's': byte(at.Second()),
		}
		for layout, exact := range map[string]time.Duration{octets.DMY: 24 * time.Hour, octets.YMD: 24 * time.Hour, octets.YMDhm: time.Minute, octets.DMYhm: time.Minute, octets.DMYhms: time.Second} {
			var b []byte
			for _, unit := range layout {
				b = append(b, parts[unit])
			}
			rd := octets.Read(b)
			if got := rd.Date(layout); !got.Equal(at.Truncate(exact)) || rd.End() != nil {
				r.Fatalf("%s of %v: %v, %v", layout, at, got, rd.End())
			}
		}
	})
}

func TestHowATimeIsShown(t *testing.T) {
	t.Parallel()
	at, err := octets.WallOf(26, 3, 1, 9, 5, 7)
	if err != nil {
		t.Fatal(err)
	}
	long, short, none := map[string]any{}, map[string]any{}, map[string]any{}
	octets.PutTime(long, at, true)
	octets.PutTime(short, at, false)
	octets.PutTime(none, octets.Wall{}, true)
	if long["date"] != "2026-03-01" || long["time"] != "09:05:07" || short["time"] != "09:05" || len(none) != 0 {
		t.Errorf("%v, %v, %v", long, short, none)
	}
	moscow := time.FixedZone("MSK", 3*3600)
	if in := octets.InZone(at, moscow); in.Format(time.RFC3339) != "2026-03-01T09:05:07+03:00" || !octets.InZone(octets.Wall{}, moscow).IsZero() {
		t.Errorf("%v", in)
	}
}

// TestAFaultIsGarbageWithItsBytes; what is not the bytes' fault stays.
func TestAFaultIsGarbageWithItsBytes(t *testing.T) {
	t.Parallel()
	reply := []byte{1, 2, 3}
	var garbage *kkt.GarbageError
	if err := octets.AsGarbage(fmt.Errorf("the clock: %w", octets.BadDate), reply); !errors.As(err, &garbage) || garbage.Why != "reply_bad_date" || len(garbage.Bytes) != 3 {
		t.Errorf("%v", err)
	}
	if err := octets.AsGarbage(kkt.ErrNoAnswer, reply); !errors.Is(err, kkt.ErrNoAnswer) || errors.As(err, &garbage) {
		t.Errorf("%v", err)
	}
	if err := octets.AsGarbage(nil, reply); err != nil {
		t.Errorf("%v", err)
	}
}

// FuzzReader reads any bytes in any order: it never reads what is not there,
// and what it does not refuse it has read to the end.
func FuzzReader(f *testing.F) {
	f.Add([]byte("\x1A\x0B\x14\x16\x12 9999078900001234"), []byte{3, 0, 4})
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x00"), []byte{1, 2, 5, 6})
	f.Fuzz(func(t *testing.T, data, steps []byte) {
		r := octets.Read(data)
		for _, s := range steps {
			before, broken := r.Left(), r.Err() != nil
			switch n := int(s >> 3); s & 7 {
			case 0:
				r.Byte()
			case 1:
				r.Int(n % 9)
			case 2:
				r.ASCII(n)
			case 3:
				r.Date(octets.YMDhm)
			case 4:
				r.Digits(n, n)
			case 5:
				octets.Hex(r.Take(n))
			case 6:
				r.Date(octets.DMY)
			default:
				r.Rest()
			}
			if r.Left() > before || broken && r.Left() != before {
				t.Fatalf("%d bytes left of %d", r.Left(), before)
			}
		}
		if r.End() == nil && r.Left() != 0 {
			t.Fatal("bytes are left over and nobody says so")
		}
	})
}
