package shtrih

import (
	"strings"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
)

// cellOf reads a field of a table whose number the register's layout gives.
func cellOf(table func(layout) byte, field byte) func(*reading) []byte {
	return func(r *reading) []byte {
		if n := table(r.tables); n != 0 {
			return readCell(n, field)
		}
		return nil
	}
}

// cellIf reads a field of a table that the register may not have.
func cellIf(has func(layout) bool, table, field byte) func(*reading) []byte {
	return func(r *reading) []byte {
		if has(r.tables) {
			return readCell(table, field)
		}
		return nil
	}
}

// channelCell reads a field that tells which way the register's own exchange
// goes, as long as no field before it has said so.
func channelCell(field byte) func(*reading) []byte {
	return func(r *reading) []byte {
		if r.channel == channelOwn {
			return readCell(tableNetwork, field)
		}
		return nil
	}
}

// takeSerial takes the sixteen digits that stand on the register; the state
// gives only their end. They tell the model too, where the register does not.
func (r *reading) takeSerial(data []byte) error {
	serial, err := cellText(data)
	if err != nil || strings.Trim(serial, "0 ") == "" {
		return err
	}
	r.set.Put(signal.Serial, kkt.Text(serial))
	if name := serialModel(serial); name != "" && !r.set.Get(signal.Model).Known() {
		r.set.Put(signal.Model, kkt.Text(name))
	}
	return nil
}

func (r *reading) takeHost(data []byte) error {
	host, err := cellText(data)
	if err == nil {
		r.set.Put(signal.OFDHost, kkt.Text(host))
	}
	return err
}

func (r *reading) takePort(data []byte) error { return r.number(signal.OFDPort, data) }

func (r *reading) takeAnswer(data []byte) error { return r.number(signal.OFDError, data) }

func (r *reading) number(key signal.Def, data []byte) error {
	n, err := cellNumber(data)
	if err == nil {
		r.set.Put(key, signal.IntOf(n))
	}
	return err
}

func (r *reading) takeFFD(data []byte) error {
	n, err := cellNumber(data)
	if err == nil {
		r.set.Put(signal.FFD, kkt.Text(ffdName(n)))
	}
	return err
}

// takeFNAnswer: what the drive said to the operator's last receipt, in the code
// that an ATOL register would give.
func (r *reading) takeFNAnswer(data []byte) error {
	n, err := cellNumber(data)
	if err != nil || n > 0xFF {
		return err
	}
	code, _ := fn.FromAnswer(byte(n))
	device := code.ATOL()
	if code == 0 || device != 0 {
		r.set.Put(signal.OFDFNError, signal.IntOf(int64(device)))
	}
	return nil
}

// channelOwn stands for "the register sends by itself" until the fields of the
// networks have said which way; a register without any of them has a cable.
const channelOwn = "ethernet"

// takeOFDMode: 0 leaves the exchange to a program on the till's computer, 1 is
// the register's own; what 2 means no source says.
func (r *reading) takeOFDMode(data []byte) error {
	n, err := cellNumber(data)
	if err != nil {
		return err
	}
	switch n {
	case 0:
		r.channel = "proto"
	case 1:
		r.channel = channelOwn
	}
	return nil
}

func (r *reading) takeWiFi(data []byte) error { return r.channelBy(data, "wifi") }

// takeCable: both RNDIS and PPP go through the cable to the till's computer and
// use its network.
func (r *reading) takeCable(data []byte) error { return r.channelBy(data, "usb") }

func (r *reading) channelBy(data []byte, name string) error {
	n, err := cellNumber(data)
	if err == nil && n > 0 {
		r.channel = name
	}
	return err
}
