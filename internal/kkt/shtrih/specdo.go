package shtrih

import (
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// long is the patience with what the register prints, or signs and prints.
const long = 40 * time.Second

func clockSpecs() []spec {
	return []spec{
		{code: []byte{cmdSetTime}, name: "set_time", ask: askTime},
		{code: []byte{cmdSetDate}, name: "set_date", ask: askDate},
		{code: []byte{cmdConfirm}, name: "confirm_date", ask: askDate},
		{code: []byte{0x14}, name: "write_line"},
		{code: []byte{0x15}, name: "read_line", risk: kkt.RiskRead, read: readBytes},
	}
}

// tradeSpecs are shifts, receipts and money.
func tradeSpecs() []spec {
	return []spec{
		{code: []byte{0xE0}, name: "open_shift", ask: askNothing, read: readOperator, slow: long},
		{code: []byte{cmdZReport}, name: "close_shift", ask: askNothing, read: readOperator, slow: long},
		{code: []byte{0x40}, name: "print_report", ask: askNothing, read: readOperator, slow: long},
		{code: []byte{0x8D}, name: "open_receipt", ask: askReceipt, read: readOperator},
		{code: []byte{cmdCancel}, name: "cancel_receipt", ask: askNothing, read: readOperator, slow: long},
		{code: []byte{0x85}, name: "close_receipt", slow: long},
		{code: []byte{0x80}, name: "register_item"},
		{code: []byte{0x86}, name: "discount"},
		{code: []byte{0x87}, name: "surcharge"},
		{code: []byte{0x8C}, name: "reprint_last", ask: askNothing, read: readOperator, slow: long},
		{code: []byte{0x50}, name: "cash_in", slow: long},
		{code: []byte{0x51}, name: "cash_out", slow: long},
		{code: []byte{0x28}, name: "open_drawer"},
	}
}

func printSpecs() []spec {
	return []spec{
		{code: []byte{cmdContinue}, name: "continue_print", ask: askNothing, read: readOperator, slow: long},
		{code: []byte{cmdStopDump}, name: "stop_dump", ask: askNothing},
		{code: []byte{cmdStopTest}, name: "stop_test", ask: askNothing},
		{code: []byte{0x19}, name: "start_test", slow: long},
		{code: []byte{0x13}, name: "beep"},
		{code: []byte{0x17}, name: "print_line"},
		{code: []byte{0x25}, name: "cut"},
		{code: []byte{0xC0}, name: "load_picture"},
		{code: []byte{0xC1}, name: "print_picture", slow: long},
		{code: []byte{0xC2}, name: "print_barcode", slow: long},
		{code: []byte{0x29}, name: "feed"},
	}
}

// documentSpecs are the documents that the drive signs.
func documentSpecs() []spec {
	made := func(sub byte, name string, read func([]byte) (map[string]any, error)) spec {
		return spec{code: []byte{cmdDrive, sub}, name: name, read: read, slow: long}
	}
	return []spec{
		made(0x0B, "fn_open_shift", readShiftDocument),
		made(0x41, "fn_begin_open_shift", nil),
		made(0x42, "fn_begin_close_shift", nil),
		made(0x43, "fn_close_shift", readShiftDocument),
		made(0x37, "fn_begin_report", nil),
		made(0x38, "fn_report", readReport),
		made(0x35, "fn_begin_correction", nil),
		made(0x36, "correction", nil),
		made(0x4A, "correction", nil),
		made(0x45, "close_receipt", readClosed),
		made(0x46, "register_item", nil),
		made(0x0C, "send_requisite", nil),
		made(0x08, "fn_cancel_document", nil),
		{code: []byte{cmdDrive, 0x32}, name: "ofd_buffer_begin_write", ask: askSize, read: readBytes},
		{code: []byte{cmdDrive, 0x33}, name: "ofd_buffer_write", read: readBytes},
		{code: []byte{cmdDrive, 0x3D}, name: "fn_begin_close_archive", risk: kkt.RiskDangerous},
		{code: []byte{cmdDrive, 0x3E}, name: "close_archive", risk: kkt.RiskDangerous, read: readSigned, slow: long},
		{code: []byte{cmdDrive, 0x05}, name: "fn_begin_registration", risk: kkt.RiskDangerous},
		{code: []byte{cmdDrive, 0x06}, name: "fn_registration", risk: kkt.RiskDangerous, slow: long},
		{code: []byte{cmdDrive, 0x34}, name: "fn_begin_registration", risk: kkt.RiskDangerous},
	}
}
