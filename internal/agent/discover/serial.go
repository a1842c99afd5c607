package discover

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

// Port is a serial port of this machine. Vendor and Product are the USB
// numbers in hex, "" where it is no USB device; Text is what the device calls
// its maker and itself.
type Port struct {
	Name            string
	Vendor, Product string
	Text            string
}

// The serial transport's name and the speeds to try, by protocol.
const serialTransport = "serial"

// maker is whose register a port may be.
type maker struct {
	name      string
	protocols []string // nil = any that is spoken over a serial line
	sure      bool     // the USB numbers say so
}

// vendors are makers by their USB numbers. 2912 is ATOL's, as the rules that
// come with its own Linux driver say.
func vendors() map[string]maker {
	return map[string]maker{"2912": {name: "АТОЛ", protocols: []string{"atol"}, sure: true}}
}

// words are makers by what their devices call themselves. Evotor's fiscal core
// speaks ATOL's protocol.
func words() map[string]maker {
	return map[string]maker{
		"atol": {name: "АТОЛ", protocols: []string{"atol"}, sure: true}, "shtrih": {name: "ШТРИХ-М", protocols: []string{"shtrih"}, sure: true},
		"evotor": {name: "Эвотор", protocols: []string{"atol"}, sure: true},
	}
}

// adapters are the makers of cables from USB to RS-232, behind which anything
// may stand: FTDI, Prolific, Silicon Labs, QinHeng.
func adapters() []string { return []string{"0403", "067b", "10c4", "1a86"} }

// worth says whose register may hang on a port; ok is false for a USB device
// that is certainly something else: a modem, a pinpad, a scanner.
func worth(p Port) (m maker, ok bool) {
	vendor := strings.ToLower(p.Vendor)
	if m, ok := vendors()[vendor]; ok {
		return m, true
	}
	for word, m := range words() {
		if strings.Contains(strings.ToLower(p.Text), word) {
			return m, true
		}
	}
	return maker{}, vendor == "" || slices.Contains(adapters(), vendor)
}

// serial asks each port that may have a register.
func (f *Finder) serial(ctx context.Context, asked bool, taken map[string]bool) (offers []wire.Offer) {
	ports, err := f.opt.Ports()
	if err != nil {
		f.opt.Log.Warn("discover: the serial ports cannot be listed", "error", err)
	}
	for _, p := range ports {
		m, ok := worth(p)
		if !ok || !m.sure && !asked || taken[serialKey(p.Name)] || ctx.Err() != nil {
			continue
		}
		if o, found := f.port(ctx, p, m); found {
			offers = append(offers, o)
		}
	}
	return offers
}

// Ports is the names of the ports that certainly belong to a register, for
// noticing that one was plugged in.
func (f *Finder) Ports() (names []string) {
	if !f.opt.Serial {
		return nil
	}
	ports, err := f.opt.Ports()
	if err != nil {
		return nil // a search says so in the log
	}
	for _, p := range ports {
		if m, ok := worth(p); ok && m.sure {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return names
}

// port tries the protocols on one port. A port that another program has is not
// touched; it is still worth a word where the maker is known.
func (f *Finder) port(ctx context.Context, p Port, m maker) (wire.Offer, bool) {
	held := f.opt.Held(p.Name)
	for _, name := range f.speaks(m) {
		if held {
			break
		}
		o, err := f.identify(ctx, kkt.Endpoint{Protocol: name, Transport: serialTransport, Address: p.Name})
		f.opt.Log.Debug("discover: a port was asked", "port", p.Name, "protocol", name, "error", err)
		switch {
		case err == nil:
			o.Maker, o.USB = m.name, usb(p)
			return o, true
		case errors.Is(err, kkt.ErrMissing):
			return wire.Offer{}, false
		case errors.Is(err, kkt.ErrBusy):
			held = true
		}
	}
	if !held || !m.sure || len(m.protocols) == 0 || f.opt.Protocols[m.protocols[0]] == nil {
		return wire.Offer{}, false
	}
	return wire.Offer{
		Endpoint: kkt.Endpoint{Protocol: m.protocols[0], Transport: serialTransport, Address: p.Name},
		Maker:    m.name, USB: usb(p), Held: true,
	}, true
}

// speaks is the protocols to try, the same order each time.
func (f *Finder) speaks(m maker) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(f.opt.Protocols)) {
		if m.protocols == nil || slices.Contains(m.protocols, name) {
			out = append(out, name)
		}
	}
	return out
}

// usb is what the system knows of a device on USB: its numbers, and what it
// calls itself.
func usb(p Port) string {
	if p.Vendor == "" {
		return ""
	}
	return strings.TrimSpace(strings.ToLower(p.Vendor+":"+p.Product) + " " + p.Text)
}

// serialKey is a port's name as it can be compared: a name under by-id and the
// device it stands for are the same, and so are COM3, com3 and \\.\COM3.
func serialKey(name string) string {
	return "serial " + strings.ToLower(realPort(strings.TrimPrefix(name, `\\.\`)))
}

// withPlain adds the ports that the system knows by name alone.
func withPlain(known []Port, names []string) []Port {
	have := map[string]bool{}
	for _, p := range known {
		have[serialKey(p.Name)] = true
	}
	for _, name := range names {
		if key := serialKey(name); !have[key] {
			have[key] = true
			known = append(known, Port{Name: name})
		}
	}
	return known
}
