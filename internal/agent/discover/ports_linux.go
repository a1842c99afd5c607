package discover

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func systemPorts() ([]Port, error) { return portsUnder("/dev", "/sys") }

// portsUnder lists the serial devices on USB and those built into the machine.
// A name under by-id stays the same when the cable is put into another socket,
// so it is preferred.
func portsUnder(dev, sys string) (out []Port, err error) {
	steady := map[string]string{} // by the device
	links, _ := filepath.Glob(filepath.Join(dev, "serial", "by-id", "*"))
	for _, link := range links {
		if real, err := filepath.EvalSymlinks(link); err == nil && steady[real] == "" {
			steady[real] = link
		}
	}
	for _, kind := range []string{"ttyACM*", "ttyUSB*", "ttyS*", "ttyAMA*"} {
		found, err := filepath.Glob(filepath.Join(dev, kind))
		if err != nil {
			return nil, fmt.Errorf("discover: %w", err)
		}
		for _, device := range found {
			if absent(filepath.Join(sys, "class", "tty", filepath.Base(device))) {
				continue
			}
			p := Port{Name: device}
			if link := steady[device]; link != "" {
				p.Name = link
			}
			p.describe(filepath.Join(sys, "class", "tty", filepath.Base(device), "device"))
			out = append(out, p)
		}
	}
	return out, nil
}

// absent says whether a name stands for a built-in port that this machine does
// not have: the kernel keeps up to 32 of them, and tells those without a chip by
// the type 0. A device on USB has no type and is there when its name is.
func absent(tty string) bool {
	name := filepath.Base(tty)
	if strings.HasPrefix(name, "ttyACM") || strings.HasPrefix(name, "ttyUSB") {
		return false
	}
	kind := word(tty, "type")
	return kind == "" || kind == "0"
}

// describe reads the USB numbers from the first device above that has some.
func (p *Port) describe(device string) {
	dir, err := filepath.EvalSymlinks(device)
	if err != nil {
		return
	}
	for range 6 {
		if vendor := word(dir, "idVendor"); vendor != "" {
			p.Vendor, p.Product = vendor, word(dir, "idProduct")
			p.Text = called(word(dir, "manufacturer"), word(dir, "product"))
			return
		}
		dir = filepath.Dir(dir)
	}
}

// called puts a maker before its product; many products begin with it.
func called(maker, product string) string {
	if strings.HasPrefix(strings.ToLower(product), strings.ToLower(maker)) {
		return product
	}
	return strings.TrimSpace(maker + " " + product)
}

func word(dir, name string) string {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// realPort is the device that a name stands for.
func realPort(name string) string {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	return name
}

// heldByOther says whether another process has the device open. Processes of
// other users cannot be looked into without being root; then the port itself
// says at opening whether somebody took it for himself alone.
func heldByOther(port string) bool {
	device, err := filepath.EvalSymlinks(port)
	if err != nil {
		return false
	}
	own := strconv.Itoa(os.Getpid())
	files, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range files {
		if strings.HasPrefix(fd, "/proc/"+own+"/") {
			continue
		}
		if target, err := os.Readlink(fd); err == nil && target == device {
			return true
		}
	}
	return false
}
