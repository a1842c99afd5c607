package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os/exec"
	"strings"
	"time"
)

// Tesseract's names of our languages.
const (
	russian = "rus"
	german  = "deu"
	english = "eng"
)

// ours are the names that the rest of the program has for them.
var ours = map[string]string{russian: "ru", german: "de", english: "en"} //nolint:gochecknoglobals // a constant table

// languages is what to expect, in Tesseract's way of saying it: the asked one
// first, then the others. Whoever asks in German may well stand before a screen
// in Russian.
func (r *Reader) languages(lang string) string {
	out := make([]string, 0, len(r.langs))
	for _, l := range r.langs {
		if ours[l] == lang {
			out = append([]string{l}, out...)
			continue
		}
		out = append(out, l)
	}
	return strings.Join(out, "+")
}

const (
	maxOutput = 1 << 20 // bytes of the table that is read
	leastSure = 25      // words that the reader itself gives less than this, of 100, are noise
	oneBlock  = "6"     // what the page is taken for: lines under each other
	halfSure  = 60      // letters that it gives less than this make a reading worse
)

// run has one picture read.
func (r *Reader) run(ctx context.Context, g *image.Gray, langs string) (page, error) {
	cmd := exec.CommandContext(ctx, r.program, "stdin", "stdout", "-l", langs, "--psm", oneBlock, "--dpi", "300", "tsv")
	cmd.Env = []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
	cmd.WaitDelay = time.Second
	out, said := &limited{left: maxOutput}, &limited{left: 4 << 10}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = pgm(g), out, said
	if err := cmd.Start(); err != nil {
		return page{}, ErrUnavailable.In("ocr.run").Because(err)
	}
	yield(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return page{}, fmt.Errorf("ocr: %w", ctx.Err())
		}
		r.log.Warn("ocr: tesseract failed", "error", err, "said", said.kept.String())
		return page{}, ErrUnavailable.In("ocr.run").Because(err)
	}
	return words(out.kept.Bytes()), nil
}

// pgm is a picture as a portable grey map: a line of text and the pixels.
func pgm(g *image.Gray) io.Reader {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	head := fmt.Sprintf("P5\n%d %d\n255\n", w, h)
	if g.Stride == w {
		return io.MultiReader(strings.NewReader(head), bytes.NewReader(g.Pix[:w*h]))
	}
	tight := make([]byte, 0, w*h)
	for y := range h {
		tight = append(tight, g.Pix[y*g.Stride:y*g.Stride+w]...)
	}
	return io.MultiReader(strings.NewReader(head), bytes.NewReader(tight))
}

var errTooMuch = errors.New("ocr: too much output")

// limited keeps a program's output up to a bound; what writes more is stopped.
// The buffer is not embedded: its ReadFrom would be used instead of Write, and
// knows no bound.
type limited struct {
	kept bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, errTooMuch
	}
	l.left -= len(p)
	return l.kept.Write(p)
}
