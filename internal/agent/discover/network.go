package discover

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

// Target is a TCP port that a kind of register listens on.
type Target struct {
	Port     int
	Protocol string
}

// Targets is the makers' usual ports.
func Targets() []Target {
	return []Target{{5555, "atol"}, {7778, "shtrih"}, {16732, "fptr"}}
}

const (
	maxNets   = 4  // subnets at most; a machine with more is no till
	knocking  = 16 // at a time
	hostsOf24 = 256
)

// network knocks at every host and asks whoever opens.
func (f *Finder) network(ctx context.Context, taken map[string]bool) (offers []wire.Offer) {
	pace := time.NewTicker(time.Second / time.Duration(f.opt.Rate))
	defer pace.Stop()
	var mu sync.Mutex
	var all sync.WaitGroup
	slots := make(chan struct{}, knocking)
	for _, host := range f.opt.Hosts() {
		for _, t := range f.opt.Targets {
			address := netip.AddrPortFrom(host, uint16(t.Port)).String()
			if f.opt.Protocols[t.Protocol] == nil || taken["tcp "+address] {
				continue
			}
			select {
			case <-ctx.Done():
				all.Wait()
				return offers
			case <-pace.C:
			}
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				if o, ok := f.knock(ctx, address, t.Protocol); ok {
					mu.Lock()
					offers = append(offers, o)
					mu.Unlock()
				}
			})
		}
	}
	all.Wait()
	return offers
}

// knock connects and, where somebody opens, asks in the port's protocol alone.
func (f *Finder) knock(ctx context.Context, address, protocol string) (wire.Offer, bool) {
	d := net.Dialer{Timeout: f.opt.Dial}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return wire.Offer{}, false
	}
	_ = conn.Close() // the protocol opens its own
	o, err := f.identify(ctx, kkt.Endpoint{Protocol: protocol, Transport: "tcp", Address: address})
	if err != nil {
		f.opt.Log.Debug("discover: somebody opens and is no register of ours", "address", address, "error", err)
	}
	return o, err == nil
}

// neighbours is this machine and the hosts of the /24 around each of its
// private addresses. Interfaces that lead elsewhere, tunnels and the bridges of
// virtual machines, are left out.
func neighbours() []netip.Addr {
	out := []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	interfaces, err := net.Interfaces()
	if err != nil {
		return out
	}
	seen := map[netip.Prefix]bool{}
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || i.Flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 || virtual(i.Name) {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			net24, own, ok := subnet(a)
			if ok && !seen[net24] && len(seen) < maxNets {
				seen[net24] = true
				out = append(out, hosts(net24, own)...)
			}
		}
	}
	return out
}

func virtual(name string) bool {
	for _, prefix := range []string{"docker", "veth", "br-", "virbr", "vmnet", "vboxnet", "tun", "tap", "wg", "zt", "tailscale"} {
		if strings.HasPrefix(strings.ToLower(name), prefix) {
			return true
		}
	}
	return strings.HasPrefix(name, "vEthernet")
}

// subnet is the net around a private IPv4 address, /24 at the widest.
func subnet(a net.Addr) (around netip.Prefix, own netip.Addr, ok bool) {
	p, err := netip.ParsePrefix(a.String())
	if err != nil || !p.Addr().Is4() || !p.Addr().IsPrivate() || p.Bits() > 30 {
		return netip.Prefix{}, netip.Addr{}, false
	}
	return netip.PrefixFrom(p.Addr(), max(p.Bits(), 24)).Masked(), p.Addr(), true
}

// hosts is every address of a net that may be another's.
func hosts(p netip.Prefix, own netip.Addr) (out []netip.Addr) {
	for a := p.Addr().Next(); p.Contains(a) && len(out) < hostsOf24; a = a.Next() {
		if a != own && p.Contains(a.Next()) { // the last one is for all
			out = append(out, a)
		}
	}
	return out
}

// taken is what the agent reads already, by every name it has.
func (f *Finder) taken(ctx context.Context) map[string]bool {
	out := map[string]bool{}
	for _, e := range f.opt.Taken() {
		if e.Transport != "" && e.Transport != "tcp" {
			out[serialKey(e.Address)] = true
			continue
		}
		host, port, err := net.SplitHostPort(strings.TrimPrefix(strings.TrimPrefix(e.Address, "http://"), "https://"))
		if err != nil {
			continue
		}
		for _, ip := range addressesOf(ctx, host) {
			out["tcp "+net.JoinHostPort(ip, port)] = true
		}
	}
	return out
}

func addressesOf(ctx context.Context, host string) []string {
	if _, err := strconv.Atoi(strings.ReplaceAll(host, ".", "")); err == nil {
		return []string{host}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return nil // nobody can be knocked at under a name that leads nowhere
	}
	return found
}
