package discover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/wire"
)

// listening puts an emulated register on an address of this machine's own net.
func listening(t *testing.T, address, serial string) (*sim.Server, string) {
	t.Helper()
	s := &sim.Server{Register: sim.NewRegister(sim.Options{Seed: 1, Serial: serial})}
	if err := s.Start(address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s, s.Addr()
}

func port(t *testing.T, address string) int {
	t.Helper()
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return int(a.Port())
}

func loopback(last ...byte) func() []netip.Addr {
	return func() (out []netip.Addr) {
		for _, n := range last {
			out = append(out, netip.AddrFrom4([4]byte{127, 0, 0, n}))
		}
		return out
	}
}

func serials(offers []wire.Offer) (out []string) {
	for _, o := range offers {
		out = append(out, o.Serial)
	}
	return out
}

// TestWhatTheNetworkHolds: registers on two hosts are found, the one that the
// agent reads is not even knocked at, and somebody else's service that opens
// its port is no register.
func TestWhatTheNetworkHolds(t *testing.T) {
	t.Parallel()
	_, first := listening(t, "127.0.0.1:0", "00106712345678")
	p := port(t, first)
	listening(t, fmt.Sprintf("127.0.0.2:%d", p), "00106787654321")
	known, taken := listening(t, fmt.Sprintf("127.0.0.3:%d", p), "00106700000003")
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = web.Close() })
	f := New(Options{
		Protocols: map[string]kkt.Protocol{"atol": atol.Protocol{Timing: atol.Timing{Silence: 50 * time.Millisecond}}},
		Hosts:     loopback(1, 2, 3, 4), Network: true, Rate: 1000,
		Targets: []Target{{p, "atol"}, {port(t, web.Addr().String()), "atol"}, {1, "nobody speaks it"}},
		Taken:   func() []kkt.Endpoint { return []kkt.Endpoint{{Transport: "tcp", Address: taken}} },
	})
	offers, more := f.Search(t.Context(), false)
	if got := serials(offers); !slices.Equal(got, []string{"00106712345678", "00106787654321"}) || more {
		t.Fatalf("%v, %v", offers, more)
	}
	if o := offers[0]; o.Endpoint != (kkt.Endpoint{Protocol: "atol", Transport: "tcp", Address: first}) || o.Model == "" || o.Firmware == "" || o.Held {
		t.Errorf("%+v", o)
	}
	if n := known.Register.Executed(0x3F); n != 0 {
		t.Errorf("the register that is read already was asked %d times", n)
	}
}

// TestASearchOnlyReads: nothing that a search sends changes a register.
func TestASearchOnlyReads(t *testing.T) {
	t.Parallel()
	s, address := listening(t, "127.0.0.1:0", "")
	f := New(Options{
		Protocols: map[string]kkt.Protocol{"atol": atol.Protocol{}}, Hosts: loopback(1), Network: true, Rate: 1000, Targets: []Target{{port(t, address), "atol"}},
	})
	before := s.Register.State()
	if offers, _ := f.Search(t.Context(), true); len(offers) != 1 {
		t.Fatalf("%v", offers)
	}
	after := s.Register.State()
	reads := []string{"3F", "45", "46", "91", "A4", "A5"}
	for command := range after.Executed {
		if !slices.Contains(reads, command) {
			t.Errorf("it sent %s", command)
		}
	}
	if before.Mode != after.Mode || before.Shift != after.Shift {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// TestSerialPorts: a register on a known maker's port is found without asking,
// one behind an adapter when a person asked, and a modem is never spoken to.
func TestSerialPorts(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/ptmx"); err != nil {
		t.Skip("no pseudo terminals here: ", err)
	}
	dir := t.TempDir()
	on := func(name, serial string) (*sim.Server, string) {
		s := &sim.Server{Register: sim.NewRegister(sim.Options{Seed: 1, Serial: serial})}
		if err := s.StartPTY(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Stop)
		return s, filepath.Join(dir, name)
	}
	_, own := on("ttyACM0", "00106700000001")
	_, second := on("ttyACM1", "00106700000001") // the same register's other interface
	_, cable := on("ttyUSB0", "00106700000002")
	modem, other := on("ttyUSB1", "00106700000003")
	read, taken := on("ttyACM2", "00106700000004")
	busy, held := on("ttyACM3", "00106700000005")
	ports := []Port{
		{Name: own, Vendor: "2912", Product: "0005", Text: "ATOL USB"},
		{Name: second, Vendor: "2912", Product: "0005"},
		{Name: cable, Vendor: "0403", Product: "6001"},
		{Name: other, Vendor: "12d1", Product: "1001", Text: "HUAWEI Mobile"},
		{Name: taken, Vendor: "2912"},
		{Name: held, Vendor: "2912", Product: "0006"},
		{Name: filepath.Join(dir, "gone"), Vendor: "2912"},
	}
	f := New(Options{
		Protocols: map[string]kkt.Protocol{"atol": atol.Protocol{}, "silent": silent{}}, Serial: true,
		Ports: func() ([]Port, error) { return ports, nil }, Held: func(p string) bool { return p == held },
		Taken: func() []kkt.Endpoint { return []kkt.Endpoint{{Transport: "serial", Address: taken}} },
	})
	calm, _ := f.Search(t.Context(), false)
	if got := serials(calm); !slices.Equal(got, []string{"00106700000001", ""}) {
		t.Fatalf("by itself: %+v", calm)
	}
	if o := calm[0]; o.USB != "2912:0005 ATOL USB" || o.Maker != "АТОЛ" || o.Endpoint.Transport != "serial" || o.Endpoint.Address != own {
		t.Errorf("%+v", o)
	}
	if o := calm[1]; !o.Held || o.Endpoint.Address != held || o.Endpoint.Protocol != "atol" {
		t.Errorf("%+v", o)
	}
	asked, _ := f.Search(t.Context(), true)
	if got := serials(asked); !slices.Equal(got, []string{"00106700000001", "", "00106700000002"}) {
		t.Errorf("when asked: %+v", asked)
	}
	for who, s := range map[string]*sim.Server{"the modem": modem, "the one that is read": read, "the held one": busy} {
		if n := s.Register.Executed(0x3F); n != 0 {
			t.Errorf("%s was asked %d times", who, n)
		}
	}
	if got := f.Ports(); !slices.Equal(got, []string{filepath.Join(dir, "gone"), own, second, taken, held}) {
		t.Errorf("registers' ports %v", got)
	}
}

// silent is a protocol that nobody here speaks.
type silent struct{ kkt.Protocol }

func (silent) Open(context.Context, kkt.Endpoint) (kkt.Driver, error) { return nil, kkt.ErrNoAnswer }

// TestAPortThatAnotherProgramTook: the lock of the port itself is respected
// where nothing else tells of the other program.
func TestAPortThatAnotherProgramTook(t *testing.T) {
	t.Parallel()
	proto := &counting{err: fmt.Errorf("somebody: %w", kkt.ErrBusy)}
	f := New(Options{
		Protocols: map[string]kkt.Protocol{"a": proto, "atol": proto}, Serial: true, Held: func(string) bool { return false },
		Ports: func() ([]Port, error) {
			return []Port{{Name: "COM3"}, {Name: "COM4", Vendor: "2912", Product: "0005"}}, nil
		},
	})
	offers, _ := f.Search(t.Context(), true)
	if len(offers) != 1 || !offers[0].Held || offers[0].Endpoint.Address != "COM4" {
		t.Errorf("%+v", offers)
	}
	if proto.opened["COM3"] != 1 || proto.opened["COM4"] != 1 {
		t.Errorf("knocked again at a held port: %v", proto.opened)
	}
}

type counting struct {
	kkt.Protocol
	mu     sync.Mutex
	err    error
	opened map[string]int
	serial func(address string) string
}

func (c *counting) Open(_ context.Context, e kkt.Endpoint) (kkt.Driver, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.opened == nil {
		c.opened = map[string]int{}
	}
	c.opened[e.Address]++
	if c.err != nil {
		return nil, c.err
	}
	return says{serial: c.serial(e.Address)}, nil
}

type says struct {
	kkt.Driver
	serial string
}

func (s says) Read(context.Context, func() time.Time) (signal.Set, error) {
	return signal.Of(signal.Item{ID: signal.Serial.ID, Value: signal.TextOf(s.serial)}), nil
}
func (says) Close() error { return nil }

func TestTheListIsBounded(t *testing.T) {
	t.Parallel()
	proto := &counting{serial: func(a string) string { return a }}
	var ports []Port
	for i := range wire.MaxOffers + 5 {
		ports = append(ports, Port{Name: fmt.Sprintf("COM%03d", i)})
	}
	f := New(Options{Protocols: map[string]kkt.Protocol{"a": proto}, Serial: true, Ports: func() ([]Port, error) { return ports, nil }})
	if offers, more := f.Search(t.Context(), true); len(offers) != wire.MaxOffers || !more {
		t.Errorf("%d, more %v", len(offers), more)
	}
	none := New(Options{Protocols: map[string]kkt.Protocol{"a": proto}, Ports: func() ([]Port, error) { return nil, errors.New("asked all the same") }})
	if offers, _ := none.Search(t.Context(), true); len(offers) != 0 || none.Ports() != nil {
		t.Error("it looked where it was not to")
	}
}

// TestOnlyOwnSubnets: whatever address an interface has, nobody outside the
// private /24 around it is knocked at, and never the machine itself.
func TestOnlyOwnSubnets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ip := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "ip")))
		bits := rapid.IntRange(8, 32).Draw(t, "bits")
		around, own, ok := subnet(&net.IPNet{IP: ip.AsSlice(), Mask: net.CIDRMask(bits, 32)})
		if ok != (ip.IsPrivate() && bits <= 30) {
			t.Fatalf("%v/%d: %v", ip, bits, ok)
		}
		if !ok {
			return
		}
		list := hosts(around, own)
		if len(list) > 254 || len(list) == 0 {
			t.Fatalf("%d hosts", len(list))
		}
		for _, h := range list {
			if h == ip || h.As4()[0] != ip.As4()[0] || h.As4()[1] != ip.As4()[1] || h.As4()[2] != ip.As4()[2] {
				t.Fatalf("%v would knock at %v", ip, h)
			}
		}
	})
	for name, is := range map[string]bool{"docker0": true, "wg0": true, "eth0": false, "enp3s0": false, "vEthernet (WSL)": true, "Ethernet": false} {
		if virtual(name) != is {
			t.Errorf("%s", name)
		}
	}
}

// TestPortsOfTheSystem reads a made-up /dev and /sys.
func TestPortsOfTheSystem(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	usb := filepath.Join(root, "sys/devices/usb1/1-2")
	write := func(path, text string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	write(usb+"/idVendor", "2912\n")
	write(usb+"/idProduct", "0005\n")
	write(usb+"/product", "ATOL USB\n")
	write(usb+"/manufacturer", "Atol\n")
	write(usb+"/1-2:1.0/tty/ttyACM0/dev", "166:0")
	link(usb+"/1-2:1.0", root+"/sys/class/tty/ttyACM0/device")
	write(root+"/dev/ttyACM0", "")
	write(root+"/dev/ttyUSB7", "")
	write(root+"/dev/ttyS0", "")
	write(root+"/dev/ttyS1", "") // the kernel's name for a chip that is not there
	write(root+"/sys/class/tty/ttyS0/type", "4\n")
	write(root+"/sys/class/tty/ttyS1/type", "0\n")
	link(root+"/dev/ttyACM0", root+"/dev/serial/by-id/usb-ATOL-if00")
	got, err := portsUnder(root+"/dev", root+"/sys")
	want := []Port{{Name: root + "/dev/serial/by-id/usb-ATOL-if00", Vendor: "2912", Product: "0005", Text: "ATOL USB"}, {Name: root + "/dev/ttyUSB7"}, {Name: root + "/dev/ttyS0"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if serialKey(want[0].Name) != serialKey(root+"/dev/ttyACM0") || !strings.HasPrefix(serialKey("COM3"), "serial com3") {
		t.Error("two names of one port differ")
	}
}

// TestHeldByAnotherProcess is false for what this process has open itself.
func TestHeldByAnotherProcess(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "port")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if heldByOther(name) {
		t.Error("our own file counts as held by another")
	}
	if !heldByOther("/dev/null") {
		t.Skip("nobody has /dev/null open, or we may not look")
	}
}
