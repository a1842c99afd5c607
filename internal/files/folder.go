package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/tillwright/tillwright/internal/db"
)

// Blobs is where bytes lie. A folder is the default; another store with the
// same promises can stand in its place.
type Blobs interface {
	// Put stores everything that r gives, at most most bytes, and answers when it
	// is durable. What was there already is made young again.
	Put(ctx context.Context, r io.Reader, most int64) (hash string, size int64, err error)
	// Open reads a blob; fs.ErrNotExist when it is not there.
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
	// Each tells every blob and since when it is there.
	Each(ctx context.Context, f func(hash string, at time.Time) error) error
	// Remove takes a blob away; one that is not there is no error.
	Remove(ctx context.Context, hash string) error
}

// ErrTooLarge is what Put says of more bytes than most.
var ErrTooLarge = errors.New("files: too large")

var hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Folder keeps blobs in a folder, in 256 folders by the first byte of their
// hash.
type Folder struct{ path string }

// NewFolder makes the folder if it is not there, for the owner's eyes alone,
// and clears away what a crash left half-written.
func NewFolder(path string) (*Folder, error) {
	if err := os.RemoveAll((&Folder{path: path}).half()); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return OpenFolder(path)
}

// OpenFolder is NewFolder beside a program that works in it: what it is just
// writing is left alone.
func OpenFolder(path string) (*Folder, error) {
	f := &Folder{path: path}
	if err := os.MkdirAll(f.half(), 0o700); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return f, nil
}

// half is where files lie while they are written.
func (f *Folder) half() string { return filepath.Join(f.path, "half") }

func (f *Folder) place(hash string) string { return filepath.Join(f.path, hash[:2], hash) }

// Put implements Blobs: a file beside, synced, then renamed.
func (f *Folder) Put(ctx context.Context, r io.Reader, most int64) (hash string, size int64, err error) {
	half, err := os.CreateTemp(f.half(), "put-*")
	if err != nil {
		return "", 0, full(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, half.Close(), os.Remove(half.Name()))
		}
	}()
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(half, sum), io.LimitReader(reader{ctx, r}, most+1))
	switch {
	case err != nil:
		return "", 0, full(err)
	case size > most:
		return "", 0, ErrTooLarge
	}
	if err = half.Sync(); err != nil {
		return "", 0, full(err)
	}
	hash = hex.EncodeToString(sum.Sum(nil))
	return hash, size, f.settle(half, hash)
}

// settle gives the written file its name.
func (f *Folder) settle(half *os.File, hash string) error {
	place := f.place(hash)
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return full(err)
	}
	if err := os.Rename(half.Name(), place); err != nil {
		return full(err)
	}
	if err := half.Close(); err != nil {
		return full(err)
	}
	dir, err := os.Open(filepath.Dir(place))
	if err != nil {
		return full(err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}

// full tells a full disk apart from what is our own mistake.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return db.ErrFull.In("files").Because(err)
	}
	return fmt.Errorf("files: %w", err)
}

// Open implements Blobs.
func (f *Folder) Open(_ context.Context, hash string) (io.ReadSeekCloser, error) {
	if !hashForm.MatchString(hash) {
		return nil, fs.ErrNotExist
	}
	file, err := os.Open(f.place(hash))
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return file, nil
}

// Each implements Blobs.
func (f *Folder) Each(ctx context.Context, tell func(hash string, at time.Time) error) error {
	return filepath.WalkDir(f.path, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() || !hashForm.MatchString(d.Name()):
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return tell(d.Name(), info.ModTime())
	})
}

// Remove implements Blobs.
func (f *Folder) Remove(_ context.Context, hash string) error {
	if !hashForm.MatchString(hash) {
		return nil
	}
	if err := os.Remove(f.place(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("files: %w", err)
	}
	return nil
}

// matches says whether bytes are those of a hash.
func matches(r io.Reader, hash string) (bool, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return false, err
	}
	return hex.EncodeToString(sum.Sum(nil)) == hash, nil
}
