package atol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// spec is one command: its first bytes, its stable name, and how the data of
// its reply are read (nil: it has none).
type spec struct {
	prefix []byte
	name   string
	read   func(command, data []byte) (map[string]any, error)
}

// specs lists the commands by their first bytes; a longer prefix stands before
// the shorter one it begins with.
func specs() []spec { return append(readers(), doers()...) }

func readers() []spec {
	return []spec{
		{[]byte{cmdMode}, "read_mode", readMode},
		{[]byte{cmdState}, "read_state", readState},
		{[]byte{cmdType}, "read_type", readType},
		{[]byte{cmdTable}, "read_table", readTable},
		{[]byte{cmdCash}, "read_cash", readCash},
		{[]byte{cmdProtected}, "read_protection_code", readProtection},
		{[]byte{cmdFirmware}, "read_firmware", func(_, data []byte) (map[string]any, error) { return parseFirmware(data) }},
		{[]byte{cmdReadTag}, "read_requisite", readTag},
	}
}

func doers() []spec {
	return []spec{
		{[]byte{0x48}, "leave_mode", nil},
		{[]byte{0x56}, "enter_mode", nil},
		{[]byte{0x50}, "write_table", nil},
		{[]byte{0x59}, "cancel_receipt", nil},
		{[]byte{0x4A}, "close_receipt", nil},
		{[]byte{0x5A}, "close_shift", nil},
		{[]byte{0x67}, "print_report", nil},
		{[]byte{0x82, 0x01, 0x01}, "print_info", nil},
		{[]byte{0x82, 0x01, 0x06}, "print_ofd_test", nil},
		{[]byte{0x82}, "print_service", nil},
		{[]byte{cmdWriteTag}, "write_requisite", nil},
		{[]byte{0x92}, "open_receipt", nil},
		{[]byte{0xE6}, "register_item", nil},
		{[]byte{0xEA}, "begin_item", nil},
		{[]byte{0xEB}, "end_item", nil},
		{[]byte{0x43}, "discount", nil},
		{[]byte{0x99}, "pay", nil},
		{[]byte{0x9B}, "take_back_payment", nil},
		{[]byte{0xB8}, "register_tax", nil},
		{[]byte{0x9A}, "open_shift", nil},
		{[]byte{0x49}, "cash_in", nil},
		{[]byte{0x4F}, "cash_out", nil},
		{[]byte{0x4B}, "set_time", nil},
		{[]byte{0x64}, "set_date", nil},
		{[]byte{0xED}, "set_date_time", nil},
		{[]byte{0x55}, "continue_print", nil},
		{[]byte{0x95}, "reprint_last", nil},
		{[]byte{0x97}, "drop_last", nil},
		{[]byte{0xAB}, "print_document", nil},
		{[]byte{0xA8}, "print_totals", nil},
		{[]byte{cmdReboot, 0x41}, "reboot", nil},
		{[]byte{cmdReboot, 0x00}, "power_off", nil},
		{[]byte{0x71}, "init_tables", nil},
		{[]byte{0x6B}, "technological_reset", nil},
		{[]byte{0x77}, "general_reset", nil},
		{[]byte{0x6D}, "enter_protection_code", nil},
		{[]byte{0x61}, "enter_serial", nil},
		{[]byte{0xEC}, "clear_not_initialised", nil},
		{[]byte{0xEF, 0x09}, "driver_version", nil},
		{[]byte{0x80}, "open_drawer", nil},
		{[]byte{0x88}, "tone", nil},
		{[]byte{0x47}, "beep", nil},
		{[]byte{0x75}, "cut", nil},
		{[]byte{0xC1}, "print_barcode", nil},
		{[]byte{0x4C}, "print_line", nil},
		{[]byte{0x6C}, "print_cliche", nil},
		{[]byte{0x73}, "print_footer", nil},
	}
}

// find gives the command's description; one that is not known is called
// "other" and has its data shown as bytes.
func find(command []byte) spec {
	if len(command) == 0 {
		return spec{}
	}
	switch command[0] {
	case cmdRegister:
		if len(command) > 1 {
			return spec{name: "read_register_" + strconv.Itoa(int(command[1])), read: readRegister}
		}
	case cmdFN:
		if len(command) > 1 {
			return spec{name: driveCommand(command[1]), read: readDrive}
		}
	}
	for _, s := range specs() {
		if bytes.HasPrefix(command, s.prefix) {
			return s
		}
	}
	return spec{name: "other", read: readOther}
}

func driveCommand(c byte) string {
	switch c {
	case fnShift:
		return "fn_shift"
	case fnExchange:
		return "fn_exchange_status"
	case fnStatus:
		return "fn_status"
	case fnNumber:
		return "fn_number"
	case fnValid:
		return "fn_validity"
	case fnVersion:
		return "fn_version"
	case fnErrors:
		return "fn_errors"
	case fnUnconfirmed:
		return "fn_unconfirmed"
	default:
		return "fn_command"
	}
}

// patience is how long a register may work on a command: the T5 row of the
// protocol's timeouts, and a minute for what it prints.
func patience(command []byte) time.Duration {
	if len(command) == 0 {
		return 10 * time.Second
	}
	switch command[0] {
	case 0x4A, 0x8D, 0x8E, 0xA7:
		return 20 * time.Second
	case 0x5A:
		return 40 * time.Second
	case cmdRegister:
		return 45 * time.Second
	case 0xA6, 0xE6, 0xEA, 0xEB:
		return 50 * time.Second
	case 0x55, 0x67, 0x82, 0x95, 0x9A:
		return time.Minute
	case 0xA8, 0xAB:
		return 2 * time.Minute
	default:
		return 10 * time.Second
	}
}

func readMode(_, data []byte) (map[string]any, error) {
	m, err := parseMode(data)
	return m.fields(), err
}

func readState(_, data []byte) (map[string]any, error) {
	s, err := parseState(data)
	return s.fields(), err
}

func readType(_, data []byte) (map[string]any, error) {
	d, err := parseType(data)
	return d.fields(), err
}

func readRegister(command, data []byte) (map[string]any, error) { return register(command[1], data) }

func readDrive(command, data []byte) (map[string]any, error) { return driveFields(command[1], data) }

func readOther(_, data []byte) (map[string]any, error) {
	return map[string]any{"data": octets.Hex(data)}, nil
}

func readCash(_, data []byte) (map[string]any, error) {
	r := from(data)
	return map[string]any{"cash": r.bcd(7)}, r.End()
}

func readProtection(_, data []byte) (map[string]any, error) {
	r := from(data)
	return map[string]any{"state": r.Byte()}, r.Err()
}

func readTag(_, data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"blocks": r.Byte(), "tag": r.Int(2)}
	value := r.Take(int(r.Int(2)))
	f["value"] = octets.Hex(value)
	return f, r.End()
}

// The cells of table 19, which holds the way to the OFD.
const (
	tableOFD     = 0x13
	cellHost     = 1
	cellPort     = 2
	cellDNS      = 3
	cellChannel  = 4
	tableCommand = 5 // length of 46 tt rr rr ff
)

func readTable(command, data []byte) (map[string]any, error) {
	if len(command) != tableCommand {
		return nil, octets.WrongLength
	}
	f := map[string]any{"table": int(command[1]), "row": int(binary.BigEndian.Uint16(command[2:4])), "field": int(command[4])}
	if command[1] == tableOFD {
		return f, ofdCell(f, command[4], data)
	}
	f["value"] = octets.Hex(data)
	return f, nil
}

func ofdCell(f map[string]any, cell byte, data []byte) error {
	r := from(data)
	switch cell {
	case cellHost:
		f["host"] = r.ASCII(len(data))
	case cellPort:
		port := r.Take(2)
		f["port"] = int(binary.BigEndian.Uint16(port))
	case cellDNS:
		ip := r.Take(4)
		f["dns"] = fmt.Sprintf("%d.%d.%d.%d", ip[0], ip[1], ip[2], ip[3])
	case cellChannel:
		code := r.Byte()
		f["channelCode"] = code
		if name := channelName(code); name != "" {
			f["channel"] = name
		}
	default:
		f["value"] = octets.Hex(r.Take(len(data)))
	}
	return r.End()
}

// channelName names the way to the OFD. 1 was measured; the others follow the
// order in which the maker's driver lists them.
func channelName(code int) string {
	list := []string{"none", "usb", "ethernet", "wifi", "gsm", "proto"}
	if code < 0 || code >= len(list) {
		return ""
	}
	return list[code]
}
