package ocr_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/ocr"
)

// program puts a script in Tesseract's place; what it does with a picture is
// the test's.
func program(t *testing.T, script string) *ocr.Reader {
	t.Helper()
	dir := t.TempDir()
	text := "#!/bin/sh\nif [ \"$1\" = --list-langs ]; then printf 'List:\\neng\\nrus\\n'; exit 0; fi\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(dir, "tesseract"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return ocr.Find(t.Context(), slog.New(slog.DiscardHandler))
}

func photo(t testing.TB) []byte { return shots()[0].take(t, screen(t, "en-401"), 1) }

func TestWithoutTesseractItSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	r := ocr.Find(t.Context(), slog.New(slog.DiscardHandler))
	_, err := r.Read(t.Context(), bytes.NewReader(photo(t)), "ru")
	if r.Available() || len(r.Langs()) != 0 || !errors.Is(err, ocr.ErrUnavailable) {
		t.Errorf("available %v, languages %v, %v", r.Available(), r.Langs(), err)
	}
	var none *ocr.Reader
	if _, err := none.Read(t.Context(), nil, ""); none.Available() || !errors.Is(err, ocr.ErrUnavailable) {
		t.Errorf("no reader: %v", err)
	}
}

func TestWhatIsNoPhotographIsRefused(t *testing.T) {
	r := program(t, "exit 1")
	whole := photo(t)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":       {nil, ocr.ErrUnreadable},
		"words":       {[]byte("error 401"), ocr.ErrUnreadable},
		"cut":         {whole[:len(whole)/2], ocr.ErrUnreadable},
		"a GIF":       {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), ocr.ErrUnreadable},
		"too long":    {append(whole, make([]byte, ocr.MaxPhoto)...), ocr.ErrTooLarge},
		"a bomb":      {bomb(t), ocr.ErrTooLarge},
		"it fails":    {whole, ocr.ErrUnavailable},
		"no pixels":   {append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 40)...), ocr.ErrUnreadable},
		"half a head": {[]byte{0xFF, 0xD8, 0xFF, 0xE1, 0xFF}, ocr.ErrUnreadable},
	} {
		if text, err := r.Read(t.Context(), bytes.NewReader(c.data), "en"); !errors.Is(err, c.want) || text != "" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// bomb is a small PNG that says it is 30,000 pixels wide and high.
func bomb(t *testing.T) []byte {
	t.Helper()
	data := shot{}.encode(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	// The size is the first thing in the IHDR chunk; its sum must fit.
	large := append([]byte(nil), data...)
	copy(large[16:], []byte{0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30})
	binary.BigEndian.PutUint32(large[29:], crc32.ChecksumIEEE(large[12:29]))
	return large
}

// TestWhatTesseractSaysIsBounded lets it write without end, and never end.
func TestWhatTesseractSaysIsBounded(t *testing.T) {
	r := program(t, "cat >/dev/null; yes 'a	b	c	d	e	f	g	h	i	j	90	word'")
	r.Within = time.Hour // it is the amount that ends it, not the time
	if text, err := r.Read(t.Context(), bytes.NewReader(photo(t)), "en"); !errors.Is(err, ocr.ErrUnavailable) {
		t.Errorf("an endless table was read: %d bytes, %v", len(text), err)
	}
	r = program(t, "exec sleep 60")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := r.Read(ctx, bytes.NewReader(photo(t)), "en")
		done <- err
	}()
	cancel()
	if err := <-done; err == nil {
		t.Error("who went away got an answer")
	}
}

// TestTooManyAtOnceAreSentAway fills every place and the queue behind them.
func TestTooManyAtOnceAreSentAway(t *testing.T) {
	r := program(t, "exec sleep 60")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const many = 40
	results := make(chan error, many)
	data := photo(t)
	for range many {
		go func() {
			_, err := r.Read(ctx, bytes.NewReader(data), "en")
			results <- err
		}()
	}
	busy := 0
	for err := range results {
		if !errors.Is(err, ocr.ErrBusy) {
			t.Fatalf("%v", err)
		}
		if busy++; busy == many-ocr.Places {
			break
		}
	}
	cancel()
	for range ocr.Places {
		if err := <-results; errors.Is(err, ocr.ErrBusy) {
			t.Error("a place was not used")
		}
	}
}

// TestTheRequestedLanguageIsExpected looks at what the program is called with.
func TestTheRequestedLanguageIsExpected(t *testing.T) {
	r := program(t, `cat >/dev/null; printf '5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t96\t%s\n' "$*"`)
	if got := strings.Join(r.Langs(), " "); got != "ru en" {
		t.Errorf("languages %q", got)
	}
	for lang, want := range map[string]string{"ru": "-l rus+eng ", "en": "-l eng+rus ", "": "-l rus+eng ", "de": "-l rus+eng ", "../x; rm": "-l rus+eng "} {
		text, err := r.Read(t.Context(), bytes.NewReader(photo(t)), lang)
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%q: %q, %v", lang, text, err)
		}
	}
}
