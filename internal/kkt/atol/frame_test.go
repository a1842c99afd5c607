package atol

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/kkt"
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

// packet is a line of testdata/packets.tsv; its head explains the columns.
type packet struct {
	wire, data []byte
	id         byte
}

func packets(t testing.TB, transport string) (list []packet) {
	t.Helper()
	text, err := os.ReadFile("testdata/packets.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if f[0] != transport {
			continue
		}
		p := packet{wire: unhex(t, f[2]), data: unhex(t, f[4])}
		if id := unhex(t, f[3]); len(id) == 1 {
			p.id = id[0]
		}
		list = append(list, p)
	}
	return list
}

// TestFrameVectors: packets seen on the wire of the maker's driver and in
// independent clients.
func TestFrameVectors(t *testing.T) {
	t.Parallel()
	list := packets(t, "v3")
	if len(list) < 6 {
		t.Fatalf("%d packets", len(list))
	}
	for _, p := range list {
		got, err := Frame{ID: p.id, Data: p.data}.Append(nil)
		if err != nil || !bytes.Equal(got, p.wire) {
			t.Errorf("encoded % X, want % X (%v)", got, p.wire, err)
		}
		var d Decoder
		frames, damaged := pushAll(&d, p.wire)
		if len(frames) != 1 || damaged != 0 || frames[0].ID != p.id || !bytes.Equal(frames[0].Data, p.data) {
			t.Errorf("% X decoded to %v, %d damaged", p.wire, frames, damaged)
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
	list := packets(t, "v2")
	if len(list) == 0 {
		t.Fatal("no packets")
	}
	for _, p := range list {
		if got := AppendV2(nil, p.data); !bytes.Equal(got, p.wire) {
			t.Errorf("% X", got)
		}
		got, r := pushAllV2(p.wire)
		if r != Whole || !bytes.Equal(got, p.data) {
			t.Errorf("% X, %v", got, r)
		}
		p.wire[len(p.wire)-1]++
		if _, r := pushAllV2(p.wire); r != Damaged {
			t.Errorf("a wrong check gave %v", r)
		}
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
	for _, p := range packets(f, "v3") {
		f.Add(p.wire)
	}
	f.Add([]byte("\xFE\x03\x00\x01\xFD\xEE\xFD\xED\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Decoder
		frames, _ := pushAll(&d, b)
		if len(d.Junk()) > kkt.MaxEvidence {
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
	for _, p := range packets(f, "v2") {
		f.Add(p.wire)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		data, r := pushAllV2(b)
		if r == Whole && len(data) > MaxData2 {
			t.Fatal("longer than promised")
		}
	})
}
