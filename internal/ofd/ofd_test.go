package ofd

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// dump reads testdata/report.hex; its head says where it comes from.
func dump(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/report.hex")
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		b, err := hex.DecodeString(strings.Join(strings.Fields(line), ""))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

// TestADrivesSessionIsReadAndWrittenAgain with the dump of a test drive.
func TestADrivesSessionIsReadAndWrittenAgain(t *testing.T) {
	t.Parallel()
	raw := dump(t)
	s, err := Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if s.Drive != "9999078900005488" || s.Version != [2]byte{0, 1} || s.Flags != FlagContainer|FlagAnswer || s.CRC != 0 || len(s.Body) != 436 {
		t.Errorf("%+v", s)
	}
	c, err := ParseContainer(s.Body)
	if err != nil {
		t.Fatal(err)
	}
	if c.Type != 0x0B || c.Version != 1 || c.Drive != s.Drive || c.Number != 1 || len(c.Data) != 404 || c.Data[0] != 0x0B {
		t.Errorf("%+v", c)
	}
	body, err := c.Append(nil)
	if err != nil || !bytes.Equal(body, s.Body) {
		t.Errorf("written again: % X (%v)", body[:32], err)
	}
	again, err := s.Append(nil)
	if err != nil || !bytes.Equal(again, raw) {
		t.Errorf("written again: % X (%v)", again[:HeaderSize], err)
	}
}

// TestEverySpoiltBitIsFound: the checksum of a container finds any one bit.
func TestEverySpoiltBitIsFound(t *testing.T) {
	t.Parallel()
	body := dump(t)[HeaderSize:]
	for i := range body {
		for bit := range 8 {
			spoilt := bytes.Clone(body)
			spoilt[i] ^= 1 << bit
			if _, err := ParseContainer(spoilt); err == nil {
				t.Fatalf("bit %d of byte %d", bit, i)
			}
		}
	}
}

func TestWhatIsNoSession(t *testing.T) {
	t.Parallel()
	raw := dump(t)
	spoil := func(at int, b byte) []byte {
		out := bytes.Clone(raw)
		out[at] = b
		return out
	}
	for name, tc := range map[string]struct {
		b    []byte
		want error
	}{
		"nothing":         {nil, io.EOF},
		"half a header":   {raw[:17], io.ErrUnexpectedEOF},
		"half a body":     {raw[:200], io.ErrUnexpectedEOF},
		"a web page":      {[]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), ErrSignature},
		"other transport": {spoil(5, 0xA3), ErrTransport},
		"too long":        {spoil(25, 0xFF), ErrTooLong},
	} {
		if _, err := Read(bytes.NewReader(tc.b)); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	for name, c := range map[string]Container{
		"short number": {Drive: "999907890000548"}, "letters": {Drive: "99990789000054AB"},
		"number": {Drive: "9999078900005488", Number: 1 << 24}, "data": {Drive: "9999078900005488", Data: make([]byte, MaxBody)},
	} {
		if _, err := c.Append(nil); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := (&Session{Drive: "1"}).Append(nil); !errors.Is(err, ErrDrive) {
		t.Error(err)
	}
}

func TestContainersComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Container{
			Type: rapid.Byte().Draw(t, "type"), Version: 1, Extra: rapid.Uint16().Draw(t, "extra"), Drive: rapid.StringMatching(`[0-9]{16}`).Draw(t, "drive"),
			Number: rapid.Uint32Range(0, 1<<24-1).Draw(t, "number"), Data: rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
		}
		b, err := c.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseContainer(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Data) == 0 {
			c.Data, got.Data = nil, nil
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzRead(f *testing.F) {
	raw := dump(f)
	f.Add(raw)
	f.Add(raw[:HeaderSize])
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		again, err := s.Append(nil)
		if err != nil || !bytes.HasPrefix(b, again) {
			t.Fatalf("% X came back as % X (%v)", b, again, err)
		}
		c, err := ParseContainer(s.Body)
		if err != nil {
			return
		}
		body, err := c.Append(nil)
		if err != nil || !bytes.Equal(body, s.Body) {
			t.Fatalf("% X came back as % X (%v)", s.Body, body, err)
		}
	})
}
