package shtrih_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

func hex4(n int64) string {
	return hex.EncodeToString(binary.LittleEndian.AppendUint32(nil, uint32(n)))
}

func hex2(n int64) string { return hex4(n)[:4] }

// cp1251 is a text as the register's tables hold it, padded to size.
func cp1251(t *testing.T, s string, size int) string {
	t.Helper()
	b, err := charmap.Windows1251.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(b) + strings.Repeat("00", size-len(b))
}

// step is a command and its reply, without frame.
type step struct{ message, reply string }

func (s *stand) play(t *testing.T, steps []step) {
	t.Helper()
	for _, p := range steps {
		s.want(t, p.message, p.reply)
	}
}

func TestADayOfTrade(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 3})
	was := s.register.State()
	n := was.FN.LastDocument
	s.play(t, []step{
		{"E0 01 00 00 00", "E0 00 01"},
		{"FF 40 1E 00 00 00", "FF 40 00 01" + hex2(was.Shift.Number+1) + "0000"},
		{"10 1E 00 00 00", "10 00 1E 92 02 02 00 00 ?? 48 00 00 00 FF FF FF"},
		{"8D 05 00 00 00 00", "8D 00 05"},
		{"10 1E 00 00 00", "10 00 1E 92 02 08 00 00 ?? 48 00 00 00 FF FF FF"},
		{"80 05 00 00 00 E8 03 00 00 00 10 27 00 00 00 01 00 00 00 00", "80 00 05"},
		{"FF 46 05 00 00 00 01 20 A1 07 00 00 00 C8 00 00 00 00 FF FF FF FF FF FF FF FF FF FF 01 01 04 01", "FF 46 00"},
		{"89 05 00 00 00", "89 00 05 74 27 00 00 00"},
		{"FF 01 1E 00 00 00", "FF 01 00 03 04 01 01 00 1A 03 0A 0C 00" + strings.Repeat("??", 16) + hex4(n+1)},
		{"10 1E 00 00 00", "10 00 1E 92 02 08 00 02 ?? 48 00 00 00 FF FF FF"},
		{"85 05 00 00 00 20 4E 00 00 00" + strings.Repeat("00", 21), "85 00 05 AC 26 00 00 00"},
		{"8D 05 00 00 00 02", "8D 00 05"},
		{"10 1E 00 00 00", "10 00 1E 92 02 28 00 00 ?? 48 00 00 00 FF FF FF"},
		{"82 05 00 00 00 E8 03 00 00 00 01 00 00 00 00 01 00 00 00 00", "82 00 05"},
		{"88 05 00 00 00", "88 00 05"},
		{"FF 40 1E 00 00 00", "FF 40 00 01" + hex2(was.Shift.Number+1) + "0100"},
		{"1B 1E 00 00 00 90", "1B 00 1E 01 00"},
		{"40 1E 00 00 00", "40 00 1E"},
		{"41 1D 00 00 00", "41 00 1D"},
		{"10 1E 00 00 00", "10 00 1E 92 02 04 00 00 ?? 48 00 00 00 FF FF FF"},
		{"FF 40 1E 00 00 00", "FF 40 00 00" + hex2(was.Shift.Number+1) + "0100"},
		{"FF 3F 1E 00 00 00", "FF 3F 00 03 00"},
		{"FF 39 1E 00 00 00", "FF 39 00 07 00 03 00" + hex4(n+1) + "1A 03 0A 0C 00"},
	})
	if cash := s.register.State().Cash - was.Cash; cash != 10_100 {
		t.Errorf("cash %+d", cash)
	}
	s.clock.Advance(4 * time.Second)
	s.want(t, "FF 3F 1E 00 00 00", "FF 3F 00 00 00")
	s.want(t, "FE F4 00 00 00 00", "FE 00"+strings.Repeat("??", 32))
}

func TestWhatTheDriveTells(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 4})
	st := s.register.State()
	number := hex.EncodeToString([]byte(st.FN.Serial))
	holder := s.ask(t, "1F 1E 00 00 00 12 01 00 02")[2:14]
	inn, rnm := hex.EncodeToString(holder), strings.Repeat("??", 16)+"20202020"
	whose, err := strconv.ParseInt(strings.TrimSpace(string(holder)), 10, 64)
	if err != nil || !ffd.INN(strings.TrimSpace(string(holder))) {
		t.Fatalf("%q, %v", holder, err)
	}
	till := st.FN.ValidTill.In(moscow)
	s.play(t, []step{
		{"FF 02 1E 00 00 00", "FF 02 00" + number},
		{"FF 03 1E 00 00 00", "FF 03 00" + fmt.Sprintf("%02X %02X %02X", till.Year()-2000, int(till.Month()), till.Day()) + "1D 01"},
		{"FF 04 1E 00 00 00", "FF 04 00" + hex.EncodeToString([]byte("fn_v_1_1_2      ")) + "01"},
		{"FF 09 1E 00 00 00", "FF 09 00 ?? ?? ?? ?? ??" + inn + rnm + "01 00 10" + hex.EncodeToString([]byte("9999078901  ")) + "00000000 01000000 ?? ?? ?? ??"},
		{"FF 0A 1E 00 00 00" + hex4(st.FN.LastDocument), "FF 0A 00 05 01 1A 03 0A 04 00" + hex4(st.FN.LastDocument) + "?? ?? ?? ??" + hex2(st.Shift.Number)},
		{"FF 0A 1E 00 00 00 FF FF FF 00", "FF 0A 08"},
		{"FF 60 1E 00 00 00 01 FA 03", "FF 60 00 FA 03 0C 00" + inn},
		{"FF 60 1E 00 00 00 01 00 00", "FF 60 08"},
		{"FF 63 1E 00 00 00", "FF 63 00" + hex4(250_000-st.FN.LastDocument) + hex4(16_000) + "00"},
		{"FF 70 1E 00 00 00", "FF 70 00 01 00 01 00 00 00 00 00"},
		{"11 1E 00 00 00", "11 00" + strings.Repeat("??", 40) + hex4(whose) + hex4(whose >> 32)[:4]},
		{"FF 3C 1E 00 00 00" + hex4(st.FN.LastDocument), "FF 3C 00 1A 03 0A 04 00" + strings.Repeat("00", 18) + hex4(st.FN.LastDocument)},
		{"1A 1E 00 00 00 F1", "1A 00 1E" + hex4(st.Cash) + "0000"},
		{"26 1E 00 00 00 01", "26 00 80 01 0C 13 06"},
		{"13 1E 00 00 00", "13 00 1E"},
		{"17 1E 00 00 00 02 41 42", "17 00 1E"},
	})
	old := put(t, shtrih.Options{Seed: 4, FFD: "1.05", NoCount: true})
	old.play(t, []step{
		{"FF 09 1E 00 00 00", "FF 09 00 ?? ?? ?? ?? ??" + inn + rnm + "01 00 01000000 ?? ?? ?? ??"},
		{"FF 63 1E 00 00 00", "FF 63 00" + strings.Repeat("??", 8)},
		{"FF 70 1E 00 00 00", "FF 70 37"},
		{"FF 3F 1E 00 00 00", "FF 3F 37"},
		{"1F 1E 00 00 00 11 01 00 11", "1F 00 02"},
	})
}

func TestTheDrivesOwnDocuments(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 5})
	st := s.register.State()
	n, shift := st.FN.LastDocument, st.Shift.Number
	s.play(t, []step{
		{"FF 41 1E 00 00 00", "FF 41 00"},
		{"FF 01 1E 00 00 00", "FF 01 00 03 02 00 00 00" + strings.Repeat("??", 25)},
		{"FF 0B 1E 00 00 00", "FF 0B 00" + hex2(shift+1) + hex4(n+1) + "?? ?? ?? ??"},
		{"FF 38 1E 00 00 00", "FF 38 02"}, // not begun
		{"FF 37 1E 00 00 00", "FF 37 00"},
		{"FF 38 1E 00 00 00", "FF 38 00" + hex4(n+2) + "?? ?? ?? ??" + hex4(1) + "1A 03 0A"},
		{"FF 3D 1E 00 00 00", "FF 3D 02"}, // the shift is open
		{"FF 42 1E 00 00 00", "FF 42 00"},
		{"FF 08 1E 00 00 00", "FF 08 00"},
		{"FF 08 1E 00 00 00", "FF 08 02"},
		{"FF 43 1E 00 00 00", "FF 43 00" + hex2(shift+1) + hex4(n+3) + "?? ?? ?? ??"},
		{"FF 3D 1E 00 00 00", "FF 3D 00"},
		{"FF 3E 1E 00 00 00", "FF 3E 00" + hex4(n+4) + "?? ?? ?? ??"},
		{"FF 01 1E 00 00 00", "FF 01 00 07 00 00 00 00" + strings.Repeat("??", 25)},
		{"E0 1E 00 00 00", "E0 02"}, // a closed drive signs nothing
	})
}

func TestTables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opt          shtrih.Options
		fiscal, ofd  string
		exchange, no string
	}{
		"box":       {shtrih.Options{Seed: 6}, "12", "13", "14", "16"},
		"cash core": {shtrih.Options{Seed: 6, SmartPOS: true}, "0D", "0E", "0F", "12"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := put(t, c.opt)
			st := s.register.State()
			s.play(t, []step{
				{"2D 1E 00 00 00" + c.fiscal, "2D 00" + cp1251(t, "Fiscal storage", 40) + "01 00 19"},
				{"2D 1E 00 00 00" + c.ofd, "2D 00" + cp1251(t, "Параметры офд", 40) + "01 00 0B"},
				{"2D 1E 00 00 00" + c.no, "2D 5D"},
				{"2E 1E 00 00 00" + c.ofd + "01", "2E 00" + cp1251(t, "Сервер", 40) + "01 40"},
				{"2E 1E 00 00 00" + c.ofd + "02", "2E 00" + cp1251(t, "Порт", 40) + "00 02 01 00 FF FF"},
				{"2E 1E 00 00 00" + c.ofd + "63", "2E 33"},
				{"1F 1E 00 00 00" + c.fiscal + "01 00 01", "1F 00" + cp1251(t, st.Serial, 21)},
				{"1F 1E 00 00 00" + c.fiscal + "01 00 04", "1F 00" + cp1251(t, st.FN.Serial, 17)},
				{"1F 1E 00 00 00" + c.ofd + "01 00 01", "1F 00" + cp1251(t, "ofd.bench.invalid", 64)},
				{"1F 1E 00 00 00" + c.ofd + "02 00 01", "1F 33"},
				{"1E 1E 00 00 00" + c.ofd + "01 00 01" + cp1251(t, "касса.рф", 8), "1E 00"},
				{"1F 1E 00 00 00" + c.ofd + "01 00 01", "1F 00" + cp1251(t, "касса.рф", 64)},
				{"1E 1E 00 00 00" + c.ofd + "01 00 02 00 00", "1E 33"}, // out of range
				{"1E 1E 00 00 00" + c.ofd + "01 00 02 01", "1E 33"},    // too short
				{"1E 1E 00 00 00" + c.fiscal + "01 00 07 41", "1E C7"},
				{"1E 1E 00 00 00" + c.exchange + "01 00 03 00 00", "1E C7"},
				{"1F 1E 00 00 00" + c.exchange + "01 00 03", "1F 00 00 00"},
				{"E0 1E 00 00 00", "E0 00 1E"},
				{"1F 1E 00 00 00" + c.exchange + "01 00 03", "1F 00 01 00"},
				{"1F 1E 00 00 00" + c.exchange + "01 00 04", "1F 00" + hex4(st.FN.LastDocument+1)},
				{"1F 1E 00 00 00" + c.exchange + "01 00 05", "1F 00" + cp1251(t, "10.03.26 12:00", 32)},
			})
		})
	}
}

// TestPasswordsAreThoseOfTheTable: whoever's password it is gives the
// commands; some only the system administrator.
func TestPasswordsAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{})
	s.play(t, []step{
		{"10 1F 00 00 00", "10 4F"},
		{"10 00 00 00 00", "10 4F"},
		{"FF 01 01 00 00 00", "FF 01 4F"},
		{"FF 01 1D 00 00 00", "FF 01 4F"},
		{"1E 1E 00 00 00 02 05 00 01 D2 04 00 00", "1E 00"},
		{"10 05 00 00 00", "10 4F"},
		{"10 D2 04 00 00", "10 00 05" + strings.Repeat("??", 13)},
		{"10 1E 00 00", "10 7E"},
		{"10 1E 00 00 00 00", "10 7E"},
		{"99 1E 00 00 00", "99 37"},
		{"FE F1 00 00 00 00", "FE 37"},
		{"FF EE 1E 00 00 00", "FF EE 37"},
		{"FF", "FF 37"},
		{"FE", "FE 37"},
		{"", "37"},
	})
}

func TestTheClockIsSet(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{})
	s.play(t, []step{
		{"21 1E 00 00 00 0D 1E 00", "21 00"},
		{"21 1E 00 00 00 18 00 00", "21 33"},
		{"23 1E 00 00 00 0B 03 1A", "23 73"}, // no date was told
		{"22 1E 00 00 00 1F 02 1A", "22 33"}, // no such day
		{"22 1E 00 00 00 0B 03 1A", "22 00"},
		{"10 1E 00 00 00", "10 00 1E 92 02 06" + strings.Repeat("??", 10)},
		{"E0 1E 00 00 00", "E0 C0"},
		{"23 1E 00 00 00 0C 03 1A", "23 7C"},
		{"23 1E 00 00 00 0B 03 1A", "23 00"},
		{"11 1E 00 00 00", "11 00" + strings.Repeat("??", 23) + "0B 03 1A 0D 1E 00" + strings.Repeat("??", 17)},
		{"E0 1E 00 00 00", "E0 00 1E"},
		{"22 1E 00 00 00 0C 03 1A", "22 73"}, // not with the shift open
		{"21 1E 00 00 00 0D 1F 00", "21 00"},
		{"21 1E 00 00 00 0C 00 00", "21 00"},
		{"41 1E 00 00 00", "41 07"}, // the drive has a later document
	})
}

// TestADocumentIsReadFieldByField, in chunks, as the format writes it.
func TestADocumentIsReadFieldByField(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 3})
	name := cp1251(t, "Батон нарезной", 40)
	s.play(t, []step{
		{"80 05 00 00 00 E8 03 00 00 00 10 27 00 00 00 01 00 00 00 00" + name, "80 00 05"},
		{"85 05 00 00 00 10 27 00 00 00" + strings.Repeat("00", 21), "85 00 05 00 00 00 00 00"},
	})
	number := s.register.State().FN.LastDocument
	head := s.ask(t, "FF 3A 1E 00 00 00"+hex4(number))
	if !like("FF 3A 00 03 00 ?? ??", head) {
		t.Fatalf("% X", head)
	}
	tlv := head[3:]
	for size := int(head[5]) + int(head[6])<<8; len(tlv) < size+4; {
		reply := s.ask(t, "FF 3B 1E 00 00 00")
		if len(reply) < 4 || reply[2] != 0 {
			t.Fatalf("% X after %d of %d", reply, len(tlv), size)
		}
		tlv = append(tlv, reply[3:]...)
	}
	s.want(t, "FF 3B 1E 00 00 00", "FF 3B 08")
	fields, err := ffd.Decode(tlv)
	if err != nil || len(fields) != 1 || fields[0].Tag != 3 {
		t.Fatalf("%v, %v", fields, err)
	}
	said := map[uint16]any{}
	for _, f := range fields[0].Fields {
		said[f.Tag] = f.Num
		for _, in := range f.Fields {
			if in.Tag == 1030 {
				said[1030] = in.Text
			}
		}
	}
	for tag, want := range map[uint16]any{1040: uint64(number), 1020: uint64(10_000), 1031: uint64(10_000), 1081: uint64(0), 1054: uint64(1), 1042: uint64(1), 1030: "Батон нарезной"} {
		if said[tag] != want {
			t.Errorf("%d is %v, not %v", tag, said[tag], want)
		}
	}
}

// TestTheBufferCarriesDocuments takes a document to the OFD by hand.
func TestTheBufferCarriesDocuments(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 8})
	if err := s.Inject(shtrih.FaultChannel); err != nil {
		t.Fatal(err)
	}
	waiting := s.register.State().FN.Unsent
	reply := s.ask(t, "FF 30 1E 00 00 00")
	if !like("FF 30 00 ?? ?? F0", reply) {
		t.Fatalf("% X", reply)
	}
	size := int(reply[3]) + int(reply[4])<<8
	var message []byte
	for len(message) < size {
		block := s.ask(t, fmt.Sprintf("FF 31 1E 00 00 00 %s %02X", hex2(int64(len(message))), min(size-len(message), 0xF0)))
		if block[2] != 0 {
			t.Fatalf("% X", block)
		}
		message = append(message, block[3:]...)
	}
	if !like("2A 08 41 0A 81 A2", message[:6]) {
		t.Fatalf("% X", message)
	}
	s.want(t, fmt.Sprintf("FF 31 1E 00 00 00 %s 02", hex2(int64(size-1))), "FF 31 33")
	// The answer is the container's header with the type of an answer.
	answer := append([]byte(nil), message[:62]...)
	binary.LittleEndian.PutUint16(answer[24:], 32)
	binary.LittleEndian.PutUint16(answer[30:], 32)
	answer[35] = 7
	table, sum := crcTable(), uint16(0xFFFF)
	for _, c := range append(append([]byte(nil), answer[30:32]...), answer[34:]...) {
		sum = sum<<8 ^ table[byte(sum>>8)^c]
	}
	binary.LittleEndian.PutUint16(answer[32:], sum)
	s.play(t, []step{
		{"FF 32 1E 00 00 00 00 00", "FF 32 33"},
		{"FF 32 1E 00 00 00 3E 00", "FF 32 00 F0"},
		{"FF 33 1E 00 00 00 00 00 20" + hex.EncodeToString(answer[:32]), "FF 33 00"},
		{"FF 33 1E 00 00 00 00 00 20" + hex.EncodeToString(answer[:32]), "FF 33 33"},
		{"FF 33 1E 00 00 00 20 00 1E" + hex.EncodeToString(answer[32:]), "FF 33 00"},
		{"FF 32 1E 00 00 00 3E 00", "FF 32 00 F0"},
		{"FF 33 1E 00 00 00 00 00 3E" + hex.EncodeToString(answer), "FF 33 20"}, // it was for the one before
	})
	if now := s.register.State().FN.Unsent; now != waiting-1 {
		t.Errorf("%d of %d wait", now, waiting)
	}
}
