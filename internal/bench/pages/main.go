// Command pages measures how long the main pages take on a database of a
// given size, with nobody else asking, and how many statements each runs. See
// docs/benchmarks.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tillwright/tillwright/internal/db"
)

type cli struct {
	Devices int    `help:"How many devices." default:"10000"`
	Cases   int    `help:"How many cases." default:"100000"`
	Times   int    `help:"How often each page is asked for." default:"100"`
	DB      string `help:"Empty database; a new SQLite file by default." placeholder:"URL"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var c cli
	kong.Parse(&c, kong.Name("pages"))
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
		stop()
		os.Exit(1)
	}
}

func (c cli) run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "tillwright-pages-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	h, err := open(ctx, dir, c.DB, c.Devices, c.Cases)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close(context.WithoutCancel(ctx))) }()
	fmt.Printf("%d devices, %d cases; read at the start in %v\n", c.Devices, c.Cases, h.started.Round(time.Millisecond))
	fmt.Printf("%-34s %8s %8s %8s %8s %6s\n", "page", "median", "95 %", "99 %", "KiB", "SQL")
	for _, p := range h.paths() {
		if err := h.measure(ctx, p, c.Times); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) measure(ctx context.Context, p page, times int) error {
	var took []time.Duration
	size, statements := 0, 0
	for range times {
		begin := time.Now()
		n, length, err := h.ask(ctx, p.path)
		if err != nil {
			return err
		}
		took = append(took, time.Since(begin))
		size, statements = length, n
	}
	slices.Sort(took)
	at := func(q float64) time.Duration { return took[int(q*float64(len(took)-1))].Round(100 * time.Microsecond) }
	fmt.Printf("%-34s %8v %8v %8v %8d %6d\n", p.name, at(.5), at(.95), at(.99), size/1024, statements)
	return nil
}

// ask requests a page as the administrator and counts the statements it ran.
func (h *house) ask(ctx context.Context, path string) (statements, length int, err error) {
	counted, count := db.CountQueries(ctx)
	r := httptest.NewRequestWithContext(counted, http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+h.token)
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	h.app.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return 0, 0, fmt.Errorf("%s: status %d: %.300s", path, w.Code, w.Body)
	}
	return count(), w.Body.Len(), nil
}
