package shop

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// DefaultPage is where the page is found where nobody chose another address.
const DefaultPage = "127.0.0.1:7722"

// Bounds of a PIN, in characters. It guards against passers-by: whoever tries
// is slowed down, see doors.
const (
	minPIN = 4
	maxPIN = 64
)

// What CheckAddress finds.
var (
	ErrAddress = errors.New("page: an IP address and a port, as 127.0.0.1:7722")
	ErrOpen    = errors.New("page: other machines could reach it: set page_pin, or use 127.0.0.1")
	ErrPIN     = errors.New("page_pin: 4 to 64 characters")
)

// CheckAddress says whether the page may be served there. An address that other
// machines reach needs a PIN.
func CheckAddress(address, pin string) error {
	if address == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return ErrAddress
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return ErrAddress
	}
	if host == "" {
		host = "0.0.0.0"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil && host != "localhost" {
		return ErrAddress
	}
	if n := utf8.RuneCountInString(pin); pin != "" && (n < minPIN || n > maxPIN) {
		return ErrPIN
	}
	if host != "localhost" && !ip.IsLoopback() && pin == "" {
		return ErrOpen
	}
	return nil
}

// hostOK says whether a request's Host may be ours. A page of a stranger that
// lets its own name point here (DNS rebinding) is known by that name: ours is
// an address, localhost, or the machine's own name.
func hostOK(host, machine string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return host == "localhost" || machine != "" && host == strings.ToLower(machine)
}
