package shtrih

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// holder is what the registration in the drive says. It is drawn from the seed
// apart from all else, so that registers stay who they were.
func (r *Register) holder() paper.Holder {
	rnd := rand.New(rand.NewPCG(r.opt.Seed, 0x686f_6c64))
	n := rnd.IntN(900) + 100
	return paper.Holder{
		Serial: r.serial, Drive: r.drive.Serial, INN: paper.DrawINN(rnd), Number: fmt.Sprintf("%016d", rnd.Int64N(1_000_000_000_000)),
		Name: fmt.Sprintf("ООО Стенд %d", n), Address: fmt.Sprintf("г. Стенд, ул. Пробная, %d", n), Place: "касса 1",
		OFDINN: "9999078901", OFDName: "Испытательный оператор", Firmware: "C.3", Taxes: 1, FFD: ffd.Version(r.ffd()),
	}
}

// cashier is the name of an operator, as table 2 has it.
func (r *Register) cashier(n byte) string { return named(r.cells[cell{2, uint16(n), 2}]) }

// named reads a text of the register that is padded with noughts or blanks.
func named(b []byte) string {
	s, err := charmap.Windows1251.NewDecoder().Bytes(b)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.TrimRight(string(s), "\x00"))
}
