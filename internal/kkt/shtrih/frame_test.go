package shtrih_test

import (
	"bytes"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

func itoa(n int) string { return strconv.Itoa(n) }

// decodeV1 gives the good frames among bytes.
func decodeV1(b []byte) (whole [][]byte, damaged int) {
	var d shtrih.DecoderV1
	for _, c := range b {
		switch data, r := d.Push(c); r {
		case shtrih.Whole:
			whole = append(whole, data)
		case shtrih.Damaged:
			damaged++
		}
	}
	return whole, damaged
}

func decodeV2(b []byte) (whole []shtrih.FrameV2, damaged int) {
	var d shtrih.DecoderV2
	for _, c := range b {
		switch f, r := d.Push(c); r {
		case shtrih.Whole:
			whole = append(whole, f)
		case shtrih.Damaged:
			damaged++
		}
	}
	return whole, damaged
}

func TestV1RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 1, shtrih.MaxV1).Draw(t, "data")
		junk := rapid.SliceOf(rapid.ByteRange(0x20, 0xFF)).Draw(t, "junk")
		b, err := shtrih.AppendV1(junk, data)
		if err != nil {
			t.Fatal(err)
		}
		whole, _ := decodeV1(b)
		if len(whole) != 1 || !bytes.Equal(whole[0], data) {
			t.Fatalf("% X gave % X", b, whole)
		}
	})
}

// TestV1OneSpoiltByteIsSeen: whichever byte changes, the frame does not pass
// with other data.
func TestV1OneSpoiltByteIsSeen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 1, 60).Draw(t, "data")
		b, _ := shtrih.AppendV1(nil, data)
		at := rapid.IntRange(2, len(b)-1).Draw(t, "at") // a spoilt length makes another frame
		b[at] ^= rapid.ByteRange(1, 0xFF).Draw(t, "by")
		if whole, damaged := decodeV1(b); len(whole) > 0 || damaged != 1 {
			t.Fatalf("% X passed", b)
		}
	})
}

func TestV2RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := shtrih.FrameV2{Number: rapid.Uint16().Draw(t, "number"), Data: rapid.SliceOfN(rapid.Byte(), 1, 600).Draw(t, "data")}
		b, err := f.Append(rapid.SliceOf(rapid.ByteRange(0, 0x7F)).Draw(t, "junk"))
		if err != nil {
			t.Fatal(err)
		}
		whole, damaged := decodeV2(b)
		if len(whole) != 1 || damaged != 0 || whole[0].Number != f.Number || !bytes.Equal(whole[0].Data, f.Data) {
			t.Fatalf("% X gave %+v", b, whole)
		}
	})
}

// TestV2FindsTheNextFrame: whatever stood before, the next frame is read.
func TestV2FindsTheNextFrame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, _ := shtrih.FrameV2{Number: 7, Data: []byte{0x11, 0x9F, 0x8F}}.Append(rapid.SliceOf(rapid.Byte()).Draw(t, "junk"))
		whole, _ := decodeV2(b)
		if len(whole) == 0 || whole[len(whole)-1].Number != 7 || !bytes.Equal(whole[len(whole)-1].Data, []byte{0x11, 0x9F, 0x8F}) {
			t.Fatalf("% X gave %+v", b, whole)
		}
	})
}

func TestFramesWithoutData(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		frame  string
		number uint16
	}{
		{"8F 00 00 0F 1D", 0},       // length 0, no number: the question
		{"8F 02 00 18 00 67 54", 0}, // a wrong check
		{"8F 01 00 18 00 67 54", 0}, // a length that no frame has
		{"8F FF FF 18 00 67 54", 0},
	} {
		whole, damaged := decodeV2(raw(t, tc.frame))
		if good := tc.frame == "8F 00 00 0F 1D"; good != (len(whole) == 1) || good == (damaged > 0) {
			t.Errorf("%s: %+v, %d damaged", tc.frame, whole, damaged)
		}
	}
	if _, err := shtrih.AppendV1(nil, nil); err == nil {
		t.Error("an empty frame v1")
	}
	if _, err := shtrih.AppendV1(nil, make([]byte, 256)); err == nil {
		t.Error("a frame v1 of 256 bytes")
	}
	if _, err := (shtrih.FrameV2{Data: make([]byte, shtrih.MaxV2+1)}).Append(nil); err == nil {
		t.Error("a frame v2 that is too long")
	}
}

func FuzzDecoderV1(f *testing.F) {
	for _, g := range goldens(f, "frames.tsv", 6) {
		f.Add(raw(f, g.command))
		f.Add(raw(f, g.reply))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		whole, _ := decodeV1(b)
		for _, data := range whole {
			again, err := shtrih.AppendV1(nil, data)
			if err != nil || !bytes.Contains(b, again) {
				t.Fatalf("% X is not in % X", again, b)
			}
		}
	})
}

func FuzzDecoderV2(f *testing.F) {
	for _, g := range goldens(f, "frames.tsv", 6) {
		f.Add(raw(f, g.command))
		f.Add(raw(f, g.reply))
	}
	f.Add([]byte{0x8F, 0, 0, 0x0F, 0x1D})
	f.Fuzz(func(t *testing.T, b []byte) {
		whole, _ := decodeV2(b)
		for _, frame := range whole {
			if len(frame.Data) == 0 {
				continue
			}
			again, err := frame.Append(nil)
			if err != nil || len(frame.Data) <= shtrih.MaxV2 && !bytes.Contains(unescape(b), unescape(again)) {
				t.Fatalf("% X is not in % X", again, b)
			}
		}
	})
}

// unescape takes the escapes out wherever they stand.
func unescape(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte{0x9F, 0x81}, []byte{0x8F})
	return bytes.ReplaceAll(b, []byte{0x9F, 0x83}, []byte{0x9F})
}
