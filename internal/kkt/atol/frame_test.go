package atol

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// unhex reads bytes as documents write them.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pushAll decodes bytes and gives the good packets and how many were damaged.
func pushAll(d *Decoder, b []byte) (frames []Frame, damaged int) {
	for _, c := range b {
		f, r := d.Push(c)
		switch r {
		case Whole:
			frames = append(frames, f)
		case Damaged:
			damaged++
		}
	}
	return frames, damaged
}

// TestFrameVectors: packets seen on the wire of the maker's driver and in
// independent clients.
func TestFrameVectors(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]Frame{
		"FE 01 00 00 C4 02":                {ID: 0x00, Data: []byte{0xC4}},
		"FE 01 00 06 C4 58":                {ID: 0x06, Data: []byte{0xC4}},
		"FE 02 00 08 C3 02 FC":             {ID: 0x08, Data: []byte{0xC3, 0x02}},
		"FE 02 00 09 C3 02 BA":             {ID: 0x09, Data: []byte{0xC3, 0x02}},
		"FE 02 00 0A C3 02 70":             {ID: 0x0A, Data: []byte{0xC3, 0x02}},
		"FE 06 00 07 C1 01 02 00 00 A5 8D": {ID: 0x07, Data: []byte{0xC1, 0x01, 0x02, 0x00, 0x00, 0xA5}},
	} {
		got, err := want.Append(nil)
		if err != nil || !bytes.Equal(got, unhex(t, wire)) {
			t.Errorf("encoded % X, want %s (%v)", got, wire, err)
		}
		var d Decoder
		frames, damaged := pushAll(&d, unhex(t, wire))
		if len(frames) != 1 || damaged != 0 || frames[0].ID != want.ID || !bytes.Equal(frames[0].Data, want.Data) {
			t.Errorf("%s decoded to %v, %d damaged", wire, frames, damaged)
		}
	}
}

func TestFrameEscapes(t *testing.T) {
	t.Parallel()
	got, err := Frame{ID: 1, Data: []byte{0xFE, 0xFD, 0x01}}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, "FE 03 00 01 FD EE FD ED 01"); !bytes.HasPrefix(got, want) {
		t.Errorf("% X", got)
	}
	if n := bytes.Count(got, []byte{0xFE}); n != 1 {
		t.Errorf("%d bare start marks in % X", n, got)
	}
	if _, err := (Frame{Data: make([]byte, MaxData+1)}).Append(nil); err == nil {
		t.Error("too much data was taken")
	}
}

func drawFrame(t *rapid.T, label string) Frame {
	data := rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte{0xFE, 0xFD, 0xEE, 0xED})), 0, 400).Draw(t, label)
	return Frame{ID: byte(rapid.IntRange(0, AsyncID).Draw(t, label+"id")), Data: data}
}

func TestEveryFrameComesBackWhateverStandsBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		junk := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "junk")
		first, second := drawFrame(t, "a"), drawFrame(t, "b")
		wire, err := first.Append(bytes.Clone(junk))
		if err == nil {
			wire, err = second.Append(wire)
		}
		if err != nil {
			t.Fatal(err)
		}
		var d Decoder
		frames, _ := pushAll(&d, wire)
		if len(frames) == 0 {
			t.Fatal("nothing decoded")
		}
		// The junk may hold a start mark and a length, but never past the next mark.
		last := frames[len(frames)-1]
		if last.ID != second.ID || !bytes.Equal(last.Data, second.Data) {
			t.Fatalf("last packet %v, want %v", last, second)
		}
		if len(frames) < 2 {
			t.Fatal("the first packet was lost")
		}
	})
}

// TestOneSpoiltBitNeverGivesAnotherPacket leaves out the bits that make or break
// an escape: those change the packet's length, and of such the check of eight
// bits lets one in 256 pass. Any other single bit it must catch.
func TestOneSpoiltBitNeverGivesAnotherPacket(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFrame(t, "f")
		wire, err := f.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(3, len(wire)-1).Draw(t, "at")
		bit := byte(1) << rapid.IntRange(0, 7).Draw(t, "bit")
		spoilt := wire[at] ^ bit
		if isMark(wire[at]) || isMark(spoilt) || wire[at-1] == frameEscape {
			return
		}
		wire[at] = spoilt
		var d Decoder
		frames, _ := pushAll(&d, wire)
		for _, got := range frames {
			if got.ID == f.ID && bytes.Equal(got.Data, f.Data) {
				continue // the spoilt bit changed nothing that is read
			}
			t.Fatalf("% X gave %v", wire, got)
		}
	})
}

func isMark(c byte) bool { return c == frameStart || c == frameEscape }

func TestMakersProbeIsSkipped(t *testing.T) {
	t.Parallel()
	var d Decoder
	frames, _ := pushAll(&d, unhex(t, "24 40 0D 00 20 01 F7 40 74 65 73 74 65 FE 01 00 00 C4 02"))
	if len(frames) != 1 || frames[0].ID != 0 || !bytes.Equal(frames[0].Data, []byte{0xC4}) {
		t.Fatalf("%v", frames)
	}
	if len(d.Junk()) != 13 {
		t.Errorf("kept %d bytes of junk", len(d.Junk()))
	}
}

func TestV2Vector(t *testing.T) {
	t.Parallel()
	data, wire := unhex(t, "1F 00 FF 10 02 03 1A"), unhex(t, "02 1F 00 FF 10 10 02 10 03 1A 03 E8")
	if got := AppendV2(nil, data); !bytes.Equal(got, wire) {
		t.Errorf("% X", got)
	}
	got, r := pushAllV2(wire)
	if r != Whole || !bytes.Equal(got, data) {
		t.Errorf("% X, %v", got, r)
	}
	wire[len(wire)-1]++
	if _, r := pushAllV2(wire); r != Damaged {
		t.Errorf("a wrong check gave %v", r)
	}
}

func pushAllV2(b []byte) (data []byte, last Result) {
	var d Decoder2
	for _, c := range b {
		if got, r := d.Push(c); r != More {
			data, last = got, r
		}
	}
	return data, last
}

func TestV2FramesComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte{2, 3, 0x10})), 0, 300).Draw(t, "data")
		got, r := pushAllV2(AppendV2(nil, data))
		if r != Whole || !bytes.Equal(got, data) {
			t.Fatalf("% X gave % X, %v", data, got, r)
		}
	})
}

func FuzzDecoder(f *testing.F) {
	f.Add([]byte("\xFE\x01\x00\x00\xC4\x02"))
	f.Add([]byte("\xFE\x06\x00\x07\xC1\x01\x02\x00\x00\xA5\x8D"))
	f.Add([]byte("\xFE\x03\x00\x01\xFD\xEE\xFD\xED\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Decoder
		frames, _ := pushAll(&d, b)
		if len(d.Junk()) > MaxJunk {
			t.Fatal("keeps more junk than promised")
		}
		for _, fr := range frames {
			wire, err := fr.Append(nil)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(b, wire) {
				t.Fatalf("% X is not in the input", wire)
			}
		}
	})
}

func FuzzDecoder2(f *testing.F) {
	f.Add([]byte("\x02\x1F\x00\xFF\x10\x10\x02\x10\x03\x1A\x03\xE8"))
	f.Fuzz(func(t *testing.T, b []byte) {
		data, r := pushAllV2(b)
		if r == Whole && len(data) > MaxData2 {
			t.Fatal("longer than promised")
		}
	})
}
