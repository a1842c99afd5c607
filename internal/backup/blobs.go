package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// Blobs is where the bytes of people's files lie, by their SHA-256.
type Blobs interface {
	Each(ctx context.Context, f func(hash string, at time.Time) error) error
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
	Put(ctx context.Context, r io.Reader, most int64) (hash string, size int64, err error)
}

// maxBlob bounds one blob that is put back, in bytes.
const maxBlob = 1 << 30

// writeBlobs copies every blob. They are written after the tables: what the
// snapshot names is there, what came later does no harm.
func writeBlobs(ctx context.Context, z *zip.Writer, b Blobs) (hashes []string, err error) {
	if b == nil {
		return nil, nil
	}
	err = b.Each(ctx, func(hash string, _ time.Time) error {
		r, err := b.Open(ctx, hash)
		if err != nil {
			return err
		}
		entry, err := z.CreateHeader(&zip.FileHeader{Name: "blobs/" + hash, Method: zip.Store}) // pictures do not shrink
		if err == nil {
			_, err = io.Copy(entry, r)
		}
		hashes = append(hashes, hash)
		return errors.Join(err, r.Close())
	})
	return hashes, err
}

// verifyBlob reads a blob whole and compares it with its name.
func verifyBlob(z *zip.Reader, hash string) error {
	r, err := z.Open("blobs/" + hash)
	if err != nil {
		return fmt.Errorf("backup: file %s: %w", hash, err)
	}
	sum := sha256.New()
	_, err = io.Copy(sum, r)
	if err := errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("backup: file %s: %w", hash, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != hash {
		return fmt.Errorf("backup: file %s: damaged", hash)
	}
	return nil
}

// PutBlobs writes the backup's files into a store and says how many there were.
// What is there already stays.
func PutBlobs(ctx context.Context, path string, to Blobs) (n int, err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	m, err := manifest(&z.Reader)
	if err != nil {
		return 0, err
	}
	for _, hash := range m.Blobs {
		r, err := z.Open("blobs/" + hash)
		if err != nil {
			return n, fmt.Errorf("backup: file %s: %w", hash, err)
		}
		got, _, err := to.Put(ctx, r, maxBlob)
		if err := errors.Join(err, r.Close()); err != nil {
			return n, fmt.Errorf("backup: file %s: %w", hash, err)
		}
		if got != hash {
			return n, fmt.Errorf("backup: file %s: damaged", hash)
		}
		n++
	}
	return n, nil
}
