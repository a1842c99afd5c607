package files_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/problem"
)

// TestWhatIsRefusedLeavesNothing: a stranger who sends what is not taken, again
// and again, must not fill the disk until the nightly sweep.
func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, sc := t.Context(), person("t", "")
		words := upload("words.txt", []byte(strings.Repeat("words ", 300)))
		words.Images = true
		if _, err := b.Add(ctx, sc, words, nil); problem.CodeOf(err) != "files_type" || b.blobs() != 0 {
			t.Errorf("words for a picture: %v, %d files on disk", err, b.blobs())
		}
		away := errors.New("the case is gone")
		if _, err := b.Add(ctx, sc, upload("a.png", png), func(*db.Tx, files.File) error { return away }); !errors.Is(err, away) || b.blobs() != 0 {
			t.Errorf("nobody took it: %v, %d files on disk", err, b.blobs())
		}
		if _, err := b.Add(ctx, sc, upload("a.png", png), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Add(ctx, sc, upload("a.png", png), func(*db.Tx, files.File) error { return away }); !errors.Is(err, away) || b.blobs() != 1 {
			t.Errorf("the same bytes are another's too: %v, %d files on disk", err, b.blobs())
		}
	})
}

// TestTheSameBytesTakenAndRefusedAtOnce: what one row names stays.
func TestTheSameBytesTakenAndRefusedAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				_, err := b.Add(t.Context(), person("t", ""), upload("a.png", png), func(*db.Tx, files.File) error {
					if i%2 == 0 {
						return errors.New("refused")
					}
					return nil
				})
				if (err != nil) != (i%2 == 0) {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		all.Wait()
		list, err := b.Of(t.Context(), person("t", ""), files.Owner{Area: "case", ID: "k1"})
		if lost, lerr := b.Missing(t.Context()); err != nil || lerr != nil || len(list) != 10 || len(lost) != 0 {
			t.Errorf("%d files, lost %v, %v %v", len(list), lost, err, lerr)
		}
	})
}
