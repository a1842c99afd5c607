package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

var png = append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{7}, 600)...)

type bed struct {
	*files.Service
	t   *testing.T
	dir string
	db  *db.DB
}

func each(t *testing.T, test func(t *testing.T, b *bed)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := filepath.Join(t.TempDir(), "files")
		f, err := files.NewFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		test(t, &bed{Service: files.New(d, f), t: t, dir: dir, db: d})
	})
}

func person(tenant, client string) scope.Scope {
	return scope.Person(tenant, "p", "Анна", client, scope.Engineer)
}

func upload(name string, data []byte) files.Upload {
	return files.Upload{Owner: files.Owner{Area: "case", ID: "k1"}, Client: "c1", Name: name, Data: bytes.NewReader(data)}
}

// blobs counts the files on disk, half ones included.
func (b *bed) blobs() (n int) {
	b.t.Helper()
	err := filepath.WalkDir(b.dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestWhatIsSentComesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, sc := t.Context(), person("t", "")
		told := 0
		f, err := b.Add(ctx, sc, upload(`C:\фото\экран "кассы".png`, png), func(_ *db.Tx, f files.File) error { told++; return nil })
		if err != nil || told != 1 || f.Name != "экран кассы.png" || f.Media != "image/png" || f.Size != int64(len(png)) || f.By != "Анна" || f.At.IsZero() {
			t.Fatalf("%+v, told %d: %v", f, told, err)
		}
		got, r, err := b.Open(ctx, sc, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(data, png) || got.ID != f.ID {
			t.Errorf("%d bytes of %q: %v", len(data), got.Name, err)
		}
		if _, err := b.Add(ctx, sc, upload("again.png", png), nil); err != nil || b.blobs() != 1 {
			t.Errorf("the same bytes lie %d times (%v)", b.blobs(), err)
		}
		list, err := b.Of(ctx, sc, files.Owner{Area: "case", ID: "k1"})
		if err != nil || len(list) != 2 || list[0].ID != f.ID {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestWhoMayReadIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		f, err := b.Add(t.Context(), person("t", "c1"), upload("a.png", png), nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, sc := range map[string]scope.Scope{"another company": person("u", ""), "another client": person("t", "c2")} {
			if _, _, err := b.Open(t.Context(), sc, f.ID); problem.CodeOf(err) != "not_found" {
				t.Errorf("%s: %v", name, err)
			}
			if list, err := b.Of(t.Context(), sc, f.Owner); err != nil || len(list) != 0 {
				t.Errorf("%s lists %v %v", name, list, err)
			}
		}
		if _, err := b.Add(t.Context(), scope.Scope{}, upload("a.png", png), nil); err == nil {
			t.Error("no scope, and it was taken")
		}
	})
}

// TestBadInputLeavesNothing: neither a row nor a byte.
func TestBadInputLeavesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		broken := errors.New("the line broke")
		for name, tc := range map[string]struct {
			data io.Reader
			code string
		}{
			"nothing":    {strings.NewReader(""), "files_empty"},
			"a program":  {strings.NewReader("MZ\x90\x00\x03" + strings.Repeat("\x00", 200)), "files_type"},
			"a web page": {strings.NewReader("<html><script>alert(1)</script>"), "files_type"},
			"a drawing":  {strings.NewReader(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), "files_type"},
			"too large":  {io.MultiReader(bytes.NewReader(png), io.LimitReader(zeros{}, files.MaxSize)), "files_too_large"},
			"broken off": {io.MultiReader(bytes.NewReader(png), failing{broken}), "internal"},
		} {
			u := upload("x.png", nil)
			u.Data = tc.data
			if _, err := b.Add(t.Context(), person("t", ""), u, nil); problem.CodeOf(err) != tc.code {
				t.Errorf("%s: %v, want %s", name, err, tc.code)
			}
		}
		if n := b.blobs(); n != 0 {
			t.Errorf("%d files were left", n)
		}
		refused := problem.New(problem.Conflict, "case_closed")
		if _, err := b.Add(t.Context(), person("t", ""), upload("x.png", png), func(*db.Tx, files.File) error { return refused }); !errors.Is(err, refused) {
			t.Error(err)
		}
		if list, err := b.Of(t.Context(), person("t", ""), files.Owner{Area: "case", ID: "k1"}); err != nil || len(list) != 0 {
			t.Errorf("a file without its case: %v %v", list, err)
		}
	})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestTooManyFilesOfOneThing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		var err error
		for range 51 {
			_, err = b.Add(t.Context(), person("t", ""), upload("x.png", png), nil)
		}
		if problem.CodeOf(err) != "files_too_many" {
			t.Errorf("the 51st: %v", err)
		}
	})
}

// TestTheSweepTakesOnlyWhatNobodyNames, also while the same bytes are sent anew.
func TestTheSweepTakesOnlyWhatNobodyNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, sc := t.Context(), person("t", "")
		kept, err := b.Add(ctx, sc, upload("kept.png", png), nil)
		if err != nil {
			t.Fatal(err)
		}
		lone := append(bytes.Clone(png), 1)
		folder, err := files.OpenFolder(b.dir) // a crash came between the bytes and their row
		if err == nil {
			_, _, err = folder.Put(ctx, bytes.NewReader(lone), files.MaxSize)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n, err := b.Sweep(ctx, time.Now().Add(time.Hour)); err != nil || n != 0 {
			t.Errorf("%d taken within the grace (%v)", n, err)
		}
		later := time.Now().Add(48 * time.Hour)
		if n, err := b.Sweep(ctx, later); err != nil || n != 1 || b.blobs() != 1 {
			t.Errorf("%d taken, %d left (%v)", n, b.blobs(), err)
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := b.Add(ctx, sc, upload("lone.png", lone), nil); err != nil {
					t.Error(err)
				}
			})
			all.Go(func() {
				if _, err := b.Sweep(context.WithoutCancel(ctx), later); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		list, err := b.Of(ctx, sc, kept.Owner)
		if err != nil || len(list) != 9 {
			t.Fatalf("%d files (%v)", len(list), err)
		}
		for _, f := range list {
			_, r, err := b.Open(ctx, sc, f.ID)
			if err != nil {
				t.Errorf("%s: %v", f.Name, err)
				continue
			}
			_ = r.Close()
		}
	})
}

// TestDamageIsFound: bytes that went or changed are named, and said to the
// reader as what they are.
func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, sc := t.Context(), person("t", "")
		f, err := b.Add(ctx, sc, upload("a.png", png), nil)
		if err != nil {
			t.Fatal(err)
		}
		if lost, err := b.Missing(ctx); err != nil || len(lost) != 0 {
			t.Errorf("%v %v", lost, err)
		}
		place := filepath.Join(b.dir, f.Hash[:2], f.Hash)
		if err := os.WriteFile(place, []byte("other"), 0o600); err != nil {
			t.Fatal(err)
		}
		if lost, err := b.Missing(ctx); err != nil || len(lost) != 1 || lost[0] != f.Hash {
			t.Errorf("changed: %v %v", lost, err)
		}
		if err := os.Remove(place); err != nil {
			t.Fatal(err)
		}
		if lost, err := b.Missing(ctx); err != nil || len(lost) != 1 {
			t.Errorf("gone: %v %v", lost, err)
		}
		if _, _, err := b.Open(ctx, sc, f.ID); problem.CodeOf(err) != "files_lost" {
			t.Errorf("gone: %v", err)
		}
	})
}

// TestACrashLeavesNothingHalf: what was half written is cleared at the start.
func TestACrashLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "files")
	if _, err := files.NewFolder(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "half", "put-1"), png, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := files.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "half", "put-1")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	for _, hash := range []string{"../../etc/passwd", "", strings.Repeat("z", 64)} {
		if _, err := f.Open(t.Context(), hash); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%q: %v", hash, err)
		}
	}
}
