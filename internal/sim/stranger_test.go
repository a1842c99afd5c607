package sim_test

import (
	"encoding/hex"
	"net"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/sim"
)

// dialled is a line to a register, the packets of which the test makes itself.
func dialled(t *testing.T, opt sim.Options) (*bundle, *wireClient) {
	t.Helper()
	b := setup(t, opt)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", b.server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return b, &wireClient{t: t, conn: conn}
}

// atol4jItem is the item as atol4j 0.1.0 says it: 104 bytes, the count of one
// tax and one section at 77, and nothing after.
func atol4jItem() string {
	b := make([]byte, 104)
	copy(b, []byte{0xE6, 0x02, 0x97, 0xA0, 0xA9})
	copy(b[66:], []byte{0, 0, 0, 0, 0x15, 0, 0, 0, 0, 0x20, 0, 1, 1})
	return hex.EncodeToString(b)
}

// TestAsAtol4jSays: the bytes are those of the Java client atol4j 0.1.0
// (kurbatov/atol4j), which has given them to the bench; what it makes of the
// replies, it reads at the places compared here.
func TestAsAtol4jSays(t *testing.T) {
	t.Parallel()
	b, w := dialled(t, sim.Options{Seed: 2})
	was := b.server.Register.State()
	w.packet(0, "C4") // it forgets whatever was before
	w.expect(0, "A3")
	w.packet(1, "C2 FF") // and may forget what nobody gave
	w.expect(1, "B3")
	yes := func(command, reply string) spoken { return spoken{command: command, reply: reply} }
	no := func(command, reply string) spoken { return spoken{command: command, reply: reply, failed: true} }
	id := byte(2)
	for i, step := range []spoken{
		no("92 00 01", "55 66"), yes("B3", "55 66"), // the error of the last command
		no("56 04 00 00 00 29", "55 8C"), no("56 03 00 00 00 01", "55 8C"),
		yes("56 01 00 00 00 29", "55 00"), yes("3F", "44 29 01"),
		yes("9A 01", "55 00"), yes("9A 00", "55 00"), // asks whether it could; does
		yes("92 00 01", "55 00"), yes(atol4jItem(), "55 00"),
		yes("43 00 00 01 00 00 00 00 05 00", "55 00"), // five roubles off thirty
		yes("99 00 02 00 00 00 10 00", "55 00 00 00 00 15 00 00 00 00 00 00"),
		yes("9B 00 02 00 00 00 10 00", "55 00 00 00 00 25 00 00 00 00 00 00"),
		no("99 00 02 00 00 00 40 00", "55 75"), // no change out of a card
		yes("99 01 01 00 00 00 35 00", "55 00 00 00 00 00 00 00 00 00 10 00"),
		yes("99 00 01 00 00 00 35 00", "55 00 00 00 00 00 00 00 00 00 10 00"),
		no(atol4jItem(), "55 66"), yes("45", "55 41"),
		yes("B8 00 00 01 00 00 00 00 00 05 00", "55 00"),
		yes("4A 01 01 00 00 00 00 00", "55 00"), yes("4A 00 01 00 00 00 00 00", "55 00"),
		yes("45", "55 01"), yes("49 01 00 00 01 00 00", "55 00"), yes("48", "55 00"),
		yes("56 02 00 00 00 29", "55 00"), yes("67 01", "55 00"), yes("48", "55 00"),
		yes("56 03 00 00 00 29", "55 00"), yes("5A", "55 00"), yes("48", "55 00"),
		yes("58", "55 00 00 00 00 00 00 25 00 00 00 00 00 00 00 00"), // the shift brought 25
		yes("C1 00 02 01 00 00 01 00 00 00 00 00 00 00 00 41", "55 00"),
		yes("85 05 05 01", "55 00"),
	} {
		id = w.say(id, byte(i), false, step)
	}
	now := b.server.Register.State()
	if now.Cash != was.Cash+2_500 || now.Receipt.Open || now.Shift.Open || now.FN.LastDocument != was.FN.LastDocument+3 {
		t.Errorf("%+v", now)
	}
}

// TestAsAVendingMachineSays: the bytes are those of a vending machine's
// firmware (Zzzzipper/projects, 6b7d696): it wants its tasks to go on after a
// mistake (flags 03), opens the registration by a cashier's password and reads
// its receipt out of the drive, field by field.
func TestAsAVendingMachineSays(t *testing.T) {
	t.Parallel()
	b, w := dialled(t, sim.Options{Seed: 3})
	was := b.server.Register.State()
	var id byte
	tell := func(tid, command, reply string, failed bool) {
		t.Helper()
		w.packet(id, "C1 03"+tid+"00 00"+command)
		w.expect(id, "A1")
		async := "A6"
		if failed {
			async = "A7"
		}
		w.expect(0xF0, async+tid+reply)
		id++
	}
	tell("00", "A4 31", "55 00"+hex.EncodeToString([]byte(was.FN.Serial)), false)
	tell("01", "92 00 01", "55 66", true) // nobody clears anything after it
	tell("02", "56 01 00 00 00 01", "55 00", false)
	tell("03", "3F", "44 01 01", false)
	tell("04", "92 00 01", "55 00", false)
	tell("05", atol4jItem(), "55 00", false)
	tell("06", "4A 00 01 00 00 00 30 00", "55 00", false)
	number := byte(was.FN.LastDocument + 2)
	le := hex.EncodeToString([]byte{number, byte((was.FN.LastDocument + 2) >> 8), 0, 0})
	tell("07", "A4 45"+le, "55 00 03 00", false) // a receipt, and its length
	tell("08", "A4 46", "55 00", false)          // a field: tag, length, value
	tell("09", "A4 45 FF FF FF 00", "55 DA", true)
	if now := b.server.Register.State(); now.Cash != was.Cash+3_000 || now.FN.LastDocument != was.FN.LastDocument+2 {
		t.Errorf("%+v", now)
	}
}
