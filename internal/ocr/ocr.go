// Package ocr reads the writing off a photograph of a screen or a receipt. The
// reading itself is done by Tesseract, a program of the operator's own system
// that is looked for at the start; without it everything else works and people
// are asked for words.
//
// The program is run without a shell, one picture at a time on its standard
// input, with a limit of time, output and how many run at once. The picture is
// decoded and prepared here, so that only plain grey pixels of a bounded size
// reach it.
package ocr

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/picture"
	"github.com/tillwright/tillwright/internal/problem"
)

// MaxPhoto bounds a photograph, in bytes.
const MaxPhoto = 12 << 20

// Limits of the reading.
const (
	atOnce   = 2                // photographs in work; each costs a core and its pixels
	queue    = 16               // how many more may wait
	usually  = 10 * time.Second // for one photograph, from its turn on
	longest  = 4000             // bytes of text that are handed on
	findTime = 5 * time.Second
)

// What may go wrong, as problems that may be shown.
var (
	ErrUnavailable = problem.New(problem.Unavailable, "ocr_unavailable") // no Tesseract on this machine
	ErrBusy        = problem.New(problem.Unavailable, "ocr_busy")        // too many photographs at once
	ErrSlow        = problem.New(problem.Unavailable, "ocr_slow")        // not read in time
	ErrUnreadable  = problem.New(problem.Invalid, "photo_unreadable")    // not a PNG or JPEG, or broken
	ErrTooLarge    = problem.New(problem.TooLarge, "photo_too_large")    // too many bytes or pixels
)

// Reader reads photographs. The zero Reader, and a nil one, are not available.
type Reader struct {
	// Within bounds the reading of one photograph, from its turn on; 0 is ten
	// seconds. It is set before the first reading.
	Within time.Duration

	program string
	langs   []string // of ours that are installed, by Tesseract's names
	log     *slog.Logger
	turns   chan struct{}
	waiting chan struct{}
}

// Find looks for Tesseract in the PATH and for which of our languages it has.
// What it finds is logged once; a Reader is given in any case.
func Find(ctx context.Context, log *slog.Logger) *Reader {
	r := &Reader{log: log, turns: make(chan struct{}, atOnce), waiting: make(chan struct{}, atOnce+queue)}
	path, err := exec.LookPath("tesseract")
	if err != nil {
		log.Info("ocr: tesseract is not installed: photographs are not read")
		return r
	}
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--list-langs").Output()
	if err != nil {
		log.Warn("ocr: tesseract does not answer: photographs are not read", "program", path, "error", err)
		return r
	}
	have := strings.Fields(string(out))
	for _, l := range []string{russian, german, english} {
		if slices.Contains(have, l) {
			r.langs = append(r.langs, l)
		}
	}
	if len(r.langs) == 0 {
		log.Warn("ocr: tesseract has none of our languages: photographs are not read", "program", path)
		return r
	}
	r.program = path
	log.Info("ocr: photographs are read", "program", path, "languages", strings.Join(r.langs, " "))
	return r
}

// Available says whether photographs can be read at all.
func (r *Reader) Available() bool { return r != nil && r.program != "" }

// Langs are the languages that can be read: ru, de, en.
func (r *Reader) Langs() []string {
	if r == nil {
		return nil
	}
	out := make([]string, 0, len(r.langs))
	for _, l := range r.langs {
		out = append(out, ours[l])
	}
	return out
}

// Read gives the writing on a photograph, PNG or JPEG, line by line and at most
// 4000 bytes of it; "" when there is none. lang is ru, de or en: what the
// writing is expected in before the other two, "" when nobody knows. Errors are problems: ErrUnavailable, ErrBusy,
// ErrSlow, ErrUnreadable, ErrTooLarge.
func (r *Reader) Read(ctx context.Context, photo io.Reader, lang string) (string, error) {
	if !r.Available() {
		return "", ErrUnavailable.In("ocr.Read")
	}
	data, err := io.ReadAll(io.LimitReader(photo, MaxPhoto+1))
	if err != nil {
		return "", fmt.Errorf("ocr: %w", err)
	}
	if len(data) > MaxPhoto {
		return "", ErrTooLarge.In("ocr.Read")
	}
	if kind, ok := picture.Sniff(data); !ok || kind != picture.PNG && kind != picture.JPEG {
		return "", ErrUnreadable.In("ocr.Read")
	}
	done, err := r.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	held, cancel := context.WithTimeout(ctx, r.within())
	defer cancel()
	text, err := r.read(held, data, lang)
	if err != nil && ctx.Err() == nil && held.Err() != nil {
		return "", ErrSlow.In("ocr.Read").Because(err)
	}
	return text, err
}

func (r *Reader) within() time.Duration { return cmp.Or(r.Within, usually) }

// turn waits until one of the few places is free. Who finds the queue full is
// sent away at once.
func (r *Reader) turn(ctx context.Context) (done func(), err error) {
	select {
	case r.waiting <- struct{}{}:
	default:
		return nil, ErrBusy.In("ocr.turn")
	}
	select {
	case r.turns <- struct{}{}:
		return func() { <-r.turns; <-r.waiting }, nil
	case <-ctx.Done():
		<-r.waiting
		return nil, ctx.Err()
	}
}

func (r *Reader) read(ctx context.Context, data []byte, lang string) (string, error) {
	img, in, err := picture.Decode(ctx, data)
	switch {
	case errors.Is(err, picture.ErrTooLarge):
		return "", ErrTooLarge.In("ocr.Read").Because(err)
	case errors.Is(err, picture.ErrUnknown):
		return "", ErrUnreadable.In("ocr.Read").Because(err)
	case err != nil:
		return "", fmt.Errorf("ocr: %w", err)
	}
	return r.best(ctx, prepare(img, in.Turn), r.languages(lang))
}

// best reads a photograph twice, as it is and with the letters alone, and gives
// the better reading. A display's thin digits are told apart in one of them
// where they are not in the other; the reader's own word of how sure it is
// decides.
func (r *Reader) best(ctx context.Context, p prepared, langs string) (string, error) {
	half, cancel := context.WithTimeout(ctx, r.within()/2)
	first, failed := r.run(half, p.grey, langs)
	cancel()
	if ctx.Err() != nil {
		return "", failed
	}
	second, err := r.run(ctx, p.ink.drawn(), langs)
	switch {
	case err != nil && failed != nil:
		return "", errors.Join(err, failed)
	case failed != nil || err == nil && second.weight() > first.weight():
		return second.text(), nil
	default:
		return first.text(), nil
	}
}
