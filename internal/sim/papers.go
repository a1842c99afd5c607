package sim

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// The requisites that belong to one item or one receipt, and go with it.
const (
	tagCashier        = 1021
	tagItemName       = 1030
	tagCorrectionKind = 1173
	tagGround         = 1174
	tagGroundDay      = 1178
	tagGroundOrder    = 1179
)

// holder is what the registration in the drive says. It is drawn from the seed
// apart from all else, so that registers stay who they were.
func (r *Register) holder() paper.Holder {
	rnd := rand.New(rand.NewPCG(r.opt.Seed, 0x6865_6c64))
	n := rnd.IntN(900) + 100
	return paper.Holder{
		Serial: r.serial, Drive: r.drive.Serial, INN: paper.DrawINN(rnd), Number: fmt.Sprintf("%016d", rnd.Int64N(1_000_000_000_000)),
		Name: fmt.Sprintf("ООО Стенд %d", n), Address: fmt.Sprintf("г. Стенд, ул. Пробная, %d", n), Place: "касса 1",
		OFDINN: "9999078901", OFDName: "Испытательный оператор", Firmware: "4.1.1234", Taxes: r.taxes(), FFD: paper.Version(r.opt.FFD),
	}
}

// taxes are the bits of the default tax system; without one, the general.
func (r *Register) taxes() uint8 {
	if t := r.tables[cellTaxSystem][0]; t != 0 && t < 1<<6 {
		return t
	}
	return 1
}

// formOf is the form of a receipt by the register's own number of its kind.
func formOf(kind byte) byte {
	if kind >= 7 {
		return paper.Correction
	}
	return paper.Receipt
}

// settlement is tag 1054 by the register's own number of a receipt's kind.
func settlement(kind byte) uint8 {
	return map[byte]uint8{1: 1, 2: 2, 4: 3, 5: 4, 7: 1, 9: 3, 10: 2}[kind]
}

// ownKind is the register's own number of a document's kind, 0 for what is no
// receipt.
func ownKind(d paper.Document) byte {
	for _, kind := range []byte{1, 2, 4, 5, 7, 9, 10} {
		if formOf(kind) == d.Form && settlement(kind) == d.Kind {
			return kind
		}
	}
	return 0
}

// cashier is whom the last requisite 1021 named.
func (r *Register) cashier() string { return cut(text866(r.tags[tagCashier]), 64) }

// takeName is an item's name: in the command, or as a requisite told before it.
func (r *Register) takeName(inCommand []byte) string {
	name := text866(inCommand)
	if told, ok := r.tags[tagItemName]; ok {
		name = text866(told)
		delete(r.tags, tagItemName)
	}
	if name == "" {
		return "Товар"
	}
	return cut(name, 128)
}

// takeGround is why a correction is made, as the requisites told. They hold for
// one receipt.
func (r *Register) takeGround() (g paper.Ground) {
	if b := r.tags[tagCorrectionKind]; len(b) == 1 {
		g.Ordered = b[0] == 1
	}
	day, order := r.tags[tagGroundDay], r.tags[tagGroundOrder]
	if box, err := ffd.Decode(r.tags[tagGround]); err == nil {
		if f := ffd.Find(box, tagGroundDay); f != nil {
			day = binary.LittleEndian.AppendUint32(nil, uint32(f.Num))
		}
		if f := ffd.Find(box, tagGroundOrder); f != nil {
			g.Order = f.Trimmed()
		}
	}
	if len(day) == 4 {
		g.Day = time.Unix(int64(binary.LittleEndian.Uint32(day)), 0).UTC()
	}
	if g.Order == "" {
		g.Order = cut(text866(order), 32)
	}
	for _, tag := range []uint16{tagCorrectionKind, tagGround, tagGroundDay, tagGroundOrder} {
		delete(r.tags, tag)
	}
	return g
}

// text866 reads a field that is filled up with noughts or blanks. Every byte
// is a letter of CP866, so it can be written again.
func text866(b []byte) string {
	s, _ := charmap.CodePage866.NewDecoder().String(string(b))
	s, _, _ = strings.Cut(s, "\x00")
	return strings.TrimSpace(s)
}

// cut shortens a text to so many letters, each of which is one byte in CP866.
func cut(s string, n int) string {
	if letters := []rune(s); len(letters) > n {
		return string(letters[:n])
	}
	return s
}
