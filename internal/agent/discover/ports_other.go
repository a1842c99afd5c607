//go:build !linux

package discover

import (
	"fmt"
	"strings"

	"go.bug.st/serial"
	"go.bug.st/serial/enumerator"
)

// systemPorts asks the system for its serial ports. Opening one on Windows
// fails while another program has it, so nothing more is asked beforehand.
func systemPorts() ([]Port, error) {
	list, err := enumerator.GetDetailedPortsList()
	if err != nil {
		return nil, fmt.Errorf("discover: %w", err)
	}
	var out []Port
	for _, d := range list {
		// Windows calls it "Maker's device (COM3)": the port is said already.
		p := Port{Name: d.Name, Text: strings.TrimSpace(strings.TrimSuffix(d.Product, "("+d.Name+")"))}
		if d.IsUSB {
			p.Vendor, p.Product = d.VID, d.PID
		}
		out = append(out, p)
	}
	// A virtual port may be of a kind of its own and stand in this list only.
	if names, err := serial.GetPortsList(); err == nil {
		out = withPlain(out, names)
	}
	return out, nil
}

// realPort is the name itself: asking the file system for COM3 would open it.
func realPort(name string) string { return name }

func heldByOther(string) bool { return false }
