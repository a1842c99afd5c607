package sim_test

import (
	"encoding/hex"
	"net"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/sim"
)

// TestAStrangersConversation is what somebody else's program asks a register
// and may expect of it, from the protocol's description alone and in packets of
// the test's own making: who are you, how are you, how is the drive, what time
// is it, a receipt that is taken back, one that is made, and what cannot be
// done.
func TestAStrangersConversation(t *testing.T) {
	t.Parallel()
	for name, inline := range map[string]bool{"async": false, "inline": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, sim.Options{Seed: 2, Serial: "00106212345678", Inline: inline})
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", b.server.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			was := b.server.Register.State()
			w := wireClient{t: t, conn: conn}
			var id byte
			for i, step := range stranger(was.FN.Serial) {
				id = w.say(id, byte(i), inline, step)
			}
			w.packet(id, "C3 70") // a task that nobody gave
			w.expect(id, "B3")
			now := b.server.Register.State()
			if now.Cash != was.Cash+9_900 || now.Shift.Open || now.Receipt.Open || now.Mode != 0 || now.FN.LastDocument != was.FN.LastDocument+3 {
				t.Errorf("%+v", now)
			}
			if drift := now.Clock.Sub(now.Time); drift != 5*time.Minute {
				t.Errorf("the clock was set five minutes ahead and is %v away", drift)
			}
		})
	}
}

// spoken is a command and what its reply begins with; failed is a refusal.
type spoken struct {
	command, reply string
	failed         bool
}

func stranger(drive string) []spoken {
	yes := func(command, reply string) spoken { return spoken{command: command, reply: reply} }
	no := func(command, reply string) spoken { return spoken{command: command, reply: reply, failed: true} }
	item := "E6 02" + hex.EncodeToString(make([]byte, 64)) + "000000009900 0000001000"
	return []spoken{
		yes("A5", "00 03 01"),
		yes("3F", "44 30 01 26 03 10 15 00 00 CD 12 34 56 78"),
		yes("45", "55 00 00"),
		yes("91 16 00 00", "55 00 00 10 62 12 34 56 78"),
		yes("91 36 00 00", "55 00 02 03"),
		yes("A4 31", "55 00"+hex.EncodeToString([]byte(drive))),
		yes("A4 30", "55 00 03 00 00 00 00"),
		yes("A4 20", "55 00 01 00 00 00"),
		yes("A4 32", "55 00"),
		yes("91 34 00 00", "55 00"),
		yes("91 2B 00 00", "55 00 00 00 00 00 00 00 00 00 00"),
		yes("91 11 00 00", "55 00 10 03 26 15 00 00"),
		yes("4B 15 05 00", "55 00"),                  // five minutes ahead
		no("64 11 03 26", "55 16"),                   // another day wants to be told twice
		no("92 02 01", "55 66"),                      // not in this mode
		no("56 01 00 00 00 31", "55 8C"),             // wrong password
		yes("56 01 00 00 00 30", "55 00"),            // registration
		yes("92 02 01", "55 00"), yes(item, "55 00"), // a receipt
		no("5A", "55"), no("56 03 00 00 00 30", "55 9B"), // it is open
		yes("59", "55 00"), no("59", "55 9A"), // and gone
		yes("92 02 01", "55 00"), yes(item, "55 00"), // another one,
		yes("4A 00 01 00 00 00 00 00", "55 00"),             // paid
		no("A4 40 FF FF FF 00", "55 DA"),                    // no such document
		no("8D 01", "55 6F"), no("46 63 00 01 01", "55 91"), // no such picture, no such table
		no("EF", "55 7A"), // no such command
		yes("48", "55 00"), yes("56 03 00 00 00 30", "55 00"),
		yes("5A", "55 00"), no("5A", "55 8F"), // the shift is closed, and cannot be twice
		yes("48", "55 00"), yes("45", "55 00 00"),
	}
}

// say gives a command as the maker's driver does; a refusal clears the tasks.
func (w *wireClient) say(id, tid byte, inline bool, s spoken) (next byte) {
	w.t.Helper()
	status, async, after := "A3", "A6", "C2"+hex.EncodeToString([]byte{tid})
	if s.failed {
		status, async, after = "A4", "A7", "C4"
	}
	w.packet(id, "C1 01 "+hex.EncodeToString([]byte{tid})+" 00 00 "+s.command)
	if inline {
		w.expect(id, status+s.reply)
	} else {
		w.expect(id, "A1")
		w.expect(0xF0, async+hex.EncodeToString([]byte{tid})+s.reply)
	}
	w.packet(id+1, after)
	w.expect(id+1, "A3")
	return id + 2
}
