package frame

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestHeaderRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := Header{
			Fin: rapid.Bool().Draw(t, "fin"), Masked: rapid.Bool().Draw(t, "masked"),
			Op:     rapid.SampledFrom([]Op{OpContinuation, OpText, OpBinary}).Draw(t, "op"),
			Length: rapid.OneOf(rapid.Int64Range(0, 200), rapid.Int64Range(65_500, 65_600), rapid.Int64Range(0, 1<<62)).Draw(t, "length"),
		}
		if want.Masked {
			copy(want.Mask[:], rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "mask"))
		}
		b := AppendHeader(nil, want)
		for n := range len(b) {
			if _, _, short, err := ParseHeader(b[:n]); !short || err != nil {
				t.Fatalf("%d of %d bytes: short %v, %v", n, len(b), short, err)
			}
		}
		got, n, short, err := ParseHeader(append(b, 1, 2, 3))
		if got != want || n != len(b) || short || err != nil {
			t.Fatalf("%+v, %d, %v, %v; want %+v", got, n, short, err, want)
		}
	})
}

func TestHeaderRefusals(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"reserved bit":         {0xC1, 0x80},
		"reserved kind":        {0x83, 0x80},
		"fragmented ping":      {0x09, 0x80},
		"long ping":            {0x89, 0xFE, 0, 126},
		"16 bits for little":   {0x81, 0xFE, 0, 125},
		"64 bits for little":   {0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF},
		"64 bits with a sign":  {0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0},
		"reserved control 0xB": {0x8B, 0x80},
	} {
		_, _, _, err := ParseHeader(b)
		var ce *CloseError
		if !errors.As(err, &ce) || ce.Code != CloseProtocol {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMaskByWordsIsMaskByBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOf(rapid.Byte()).Draw(t, "b")
		pos := rapid.IntRange(0, 1000).Draw(t, "pos")
		var key [4]byte
		copy(key[:], rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "key"))
		want := bytes.Clone(b)
		for i := range want {
			want[i] ^= key[(pos+i)%4]
		}
		Mask(key, pos, b)
		if !bytes.Equal(b, want) {
			t.Fatalf("%x, want %x", b, want)
		}
	})
}

func TestClosePayload(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		payload []byte
		code    uint16
		peer    bool
	}{
		{nil, CloseNoStatus, true},
		{[]byte{3}, CloseProtocol, false},
		{AppendClose(nil, 1000, "bye"), 1000, true},
		{AppendClose(nil, 4001, "ours"), 4001, true},
		{AppendClose(nil, 1005, ""), CloseProtocol, false},
		{AppendClose(nil, 1006, ""), CloseProtocol, false},
		{AppendClose(nil, 999, ""), CloseProtocol, false},
		{AppendClose(nil, 5000, ""), CloseProtocol, false},
	} {
		if got := parseClose(c.payload); got.Code != c.code || got.Peer != c.peer {
			t.Errorf("%x: %+v", c.payload, got)
		}
	}
	if n := len(AppendClose(nil, 1000, string(make([]byte, 500)))); n != maxControl {
		t.Errorf("a close frame of %d bytes", n)
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add([]byte{0x81, 0x85, 1, 2, 3, 4})
	f.Add([]byte{0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, short, err := ParseHeader(b)
		if short || err != nil {
			if n != 0 {
				t.Fatal("bytes taken without a head")
			}
			return
		}
		if !bytes.Equal(AppendHeader(nil, h), b[:n]) || h.Length < 0 {
			t.Fatalf("%+v is not %x", h, b[:n])
		}
	})
}

// clientFrame is a frame as a client sends it.
func clientFrame(op Op, fin bool, payload []byte) []byte {
	h := Header{Fin: fin, Op: op, Masked: true, Length: int64(len(payload))}
	binary.BigEndian.PutUint32(h.Mask[:], 0xA1B2C3D4)
	b := bytes.Clone(payload)
	Mask(h.Mask, 0, b)
	return append(AppendHeader(nil, h), b...)
}
