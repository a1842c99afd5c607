package discover

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func systemPorts() ([]Port, error) { return portsUnder("/dev", "/sys") }

// portsUnder lists the serial devices on USB. A name under by-id stays the same
// when the cable is put into another socket, so it is preferred.
func portsUnder(dev, sys string) (out []Port, err error) {
	steady := map[string]string{} // by the device
	links, _ := filepath.Glob(filepath.Join(dev, "serial", "by-id", "*"))
	for _, link := range links {
		if real, err := filepath.EvalSymlinks(link); err == nil && steady[real] == "" {
			steady[real] = link
		}
	}
	for _, kind := range []string{"ttyACM*", "ttyUSB*"} {
		found, err := filepath.Glob(filepath.Join(dev, kind))
		if err != nil {
			return nil, fmt.Errorf("discover: %w", err)
		}
		for _, device := range found {
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

// describe reads the USB numbers from the first device above that has some.
func (p *Port) describe(device string) {
	dir, err := filepath.EvalSymlinks(device)
	if err != nil {
		return
	}
	for range 6 {
		if vendor := word(dir, "idVendor"); vendor != "" {
			p.Vendor, p.Product = vendor, word(dir, "idProduct")
			p.Text = strings.TrimSpace(word(dir, "manufacturer") + " " + word(dir, "product"))
			return
		}
		dir = filepath.Dir(dir)
	}
}

func word(dir, name string) string {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
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
