// Package framed is how the agent writes records to disk one after another:
// length, checksum, content. A record that was cut short or damaged is
// recognised for certain, so that a file which a power cut left behind can be
// read up to the last whole record.
package framed

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Header is how many bytes stand before each content: its length and the
// CRC-32C of length and content, both little-endian.
const Header = 8

// MaxRecord is the longest content in bytes. A longer length on disk is
// damage, not a record.
const MaxRecord = 2 << 20

// ErrTorn is what Next says of a record that is not whole or not sound.
var ErrTorn = errors.New("framed: torn or damaged record")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Append appends the record of content to b.
func Append(b, content []byte) []byte {
	var head [Header]byte
	binary.LittleEndian.PutUint32(head[:4], uint32(len(content)))
	binary.LittleEndian.PutUint32(head[4:], sum(head[:4], content))
	return append(append(b, head[:]...), content...)
}

func sum(length, content []byte) uint32 {
	return crc32.Update(crc32.Checksum(length, castagnoli), castagnoli, content)
}

// Reader reads records one after another.
type Reader struct {
	r    *bufio.Reader
	good int64
	buf  []byte
}

// NewReader reads records from r.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, 16<<10)} }

// Good is how many bytes the whole records so far take.
func (r *Reader) Good() int64 { return r.good }

// Next is the content of the next record, valid until the next call. At a
// clean end it fails with io.EOF, at a torn or damaged record with ErrTorn,
// and otherwise with the reader's own error.
func (r *Reader) Next() ([]byte, error) {
	var head [Header]byte
	if _, err := io.ReadFull(r.r, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrTorn
		}
		return nil, err
	}
	n := int(binary.LittleEndian.Uint32(head[:4]))
	if n > MaxRecord {
		return nil, ErrTorn
	}
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	r.buf = r.buf[:n]
	if _, err := io.ReadFull(r.r, r.buf); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrTorn
		}
		return nil, fmt.Errorf("framed: %w", err)
	}
	if sum(head[:4], r.buf) != binary.LittleEndian.Uint32(head[4:]) {
		return nil, ErrTorn
	}
	r.good += int64(Header + n)
	return r.buf, nil
}
