package spool

import (
	"errors"
	"os"
)

// diskFile writes at a place of its own. The system's append mode is not
// used, because a file opened so cannot be cut on Windows.
type diskFile struct {
	f  *os.File
	at int64
}

func openFile(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &diskFile{f: f, at: info.Size()}, nil
}

// Write writes behind what stands there; a part that was written counts.
func (d *diskFile) Write(b []byte) (int, error) {
	n, err := d.f.WriteAt(b, d.at)
	d.at += int64(n)
	return n, err
}

// Truncate cuts the file and goes on writing from there.
func (d *diskFile) Truncate(size int64) error {
	if err := d.f.Truncate(size); err != nil {
		return err
	}
	d.at = size
	return nil
}

// Sync makes the file durable.
func (d *diskFile) Sync() error { return d.f.Sync() }

// Close closes the file.
func (d *diskFile) Close() error { return d.f.Close() }
