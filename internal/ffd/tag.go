package ffd

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// Kind is how a tag's value is written.
type Kind string

// The kinds.
const (
	U8     Kind = "u8"
	U16    Kind = "u16"
	U32    Kind = "u32"
	Bits8  Kind = "bits8"
	Bits32 Kind = "bits32"
	VLN    Kind = "vln"  // a whole number of one to eight bytes; sums are kopecks
	FVLN   Kind = "fvln" // a decimal number: how many places, then the digits
	Unix   Kind = "unix"
	Text   Kind = "text" // CP866
	STLV   Kind = "stlv" // fields inside
	Bytes  Kind = "bytes"
)

// Def is what is known of a tag.
type Def struct {
	Tag    uint16
	Kind   Kind
	Length int // the most bytes; 0 = by the kind
}

//go:embed tags.tsv
var tagLines string

// Tags are all known tags, in order.
var Tags = sync.OnceValue(func() []Def {
	var list []Def
	for line := range strings.Lines(tagLines) {
		f := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(f) != 3 {
			continue
		}
		tag, _ := strconv.ParseUint(f[0], 10, 16) // the table's own test reads every line
		length, _ := strconv.Atoi(f[2])
		list = append(list, Def{Tag: uint16(tag), Kind: Kind(f[1]), Length: length})
	}
	return list
})

var byTag = sync.OnceValue(func() map[uint16]Def {
	m := make(map[uint16]Def, len(Tags()))
	for _, d := range Tags() {
		m[d.Tag] = d
	}
	return m
})

// Known finds a tag.
func Known(tag uint16) (Def, bool) {
	d, ok := byTag()[tag]
	return d, ok
}

// Key is the message key of a tag's name.
func Key(tag uint16) string { return "ffd.tag." + strconv.Itoa(int(tag)) }
