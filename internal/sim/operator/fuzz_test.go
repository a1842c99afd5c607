package operator

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/ofd"
)

// FuzzReader: whatever bytes come over a connection, the operator does not fall
// over; what it answers can be read, and what it keeps is a whole document of a
// dummy and can be shown to people.
func FuzzReader(f *testing.F) {
	for _, name := range []string{"receipt.bin", "two.bin"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	texts, err := i18n.Load()
	if err != nil {
		f.Fatal(err)
	}
	v := texts.For(i18n.EN)
	f.Fuzz(func(t *testing.T, b []byte) {
		o := New(Options{Keep: 4, Drives: 2})
		for r := bytes.NewReader(b); ; {
			s, err := ofd.Read(r)
			if err != nil {
				break
			}
			answer, _ := o.hear(s, Trouble{})
			if len(answer) == 0 {
				continue
			}
			word, err := ofd.Read(bytes.NewReader(answer))
			if err != nil {
				t.Fatalf("answered % X: %v", answer, err)
			}
			if box, err := ofd.ParseContainer(word.Body); err != nil || box.Type != ofd.TypeOperatorAck || box.Drive != s.Drive {
				t.Fatalf("answered % X: %v", answer, err)
			}
		}
		for _, d := range o.State().Drives {
			for _, kept := range o.Documents(d.Drive) {
				if fields, err := ffd.Decode(kept.Data); err != nil || len(fields) != 1 || kept.Drive[:8] != dummies {
					t.Fatalf("keeps %+v: %v", kept, err)
				}
				paper(v, kept)
			}
		}
	})
}

// FuzzDocument: the same behind a good checksum, which a fuzzer hardly ever
// guesses.
func FuzzDocument(f *testing.F) {
	b, err := os.ReadFile(filepath.Join("testdata", "receipt.bin"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(byte(3), uint32(5), b[ofd.HeaderSize+32:])
	texts, err := i18n.Load()
	if err != nil {
		f.Fatal(err)
	}
	v := texts.For(i18n.RU)
	f.Fuzz(func(t *testing.T, form byte, number uint32, tlv []byte) {
		const drive = "9999078902000001"
		o := New(Options{})
		body, err := (&ofd.Container{Type: form, Version: 1, Drive: drive, Number: number, Data: tlv}).Append(nil)
		if err != nil {
			return
		}
		answer, goesOn := o.hear(ofd.Session{Version: [2]byte{1, 5}, Drive: drive, Flags: ofd.FlagContainer | ofd.FlagAnswer, Body: body}, Trouble{})
		if _, err := ofd.Read(bytes.NewReader(answer)); err != nil || !goesOn {
			t.Fatalf("answered % X: %v", answer, err)
		}
		for _, kept := range o.Documents(drive) {
			paper(v, kept)
		}
	})
}
