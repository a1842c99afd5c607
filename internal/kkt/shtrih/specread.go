package shtrih

import "github.com/tillwright/tillwright/internal/kkt"

// stateSpecs are the commands that tell what the register is and how it is.
func stateSpecs() []spec {
	return []spec{
		{code: []byte{cmdShort}, name: "read_short_state", risk: kkt.RiskRead, ask: askNothing, read: fieldsOf(parseShortState)},
		{code: []byte{cmdFull}, name: "read_full_state", risk: kkt.RiskRead, ask: askNothing, read: fieldsOf(parseFullState)},
		{code: []byte{cmdType}, name: "read_type", open: true, risk: kkt.RiskRead, ask: askNothing, read: fieldsOf(parseType)},
		{code: []byte{cmdModelSpec}, name: "read_capabilities", open: true, risk: kkt.RiskRead, ask: askByte("block"), read: readBytes},
		{code: []byte{0x1A}, name: "read_money_register", risk: kkt.RiskRead, ask: askNumber("register"), read: readAmount},
		{code: []byte{0x1B}, name: "read_counter", risk: kkt.RiskRead, ask: askNumber("register"), read: readCount},
		{code: []byte{0x15}, name: "read_line_settings", risk: kkt.RiskRead, ask: askByte("port"), read: readLine},
	}
}

// driveSpecs are the questions that the fiscal drive answers.
func driveSpecs() []spec {
	return []spec{
		aboutFN(fnStatus, "fn_status", askNothing, fieldsOf(parseDrive)),
		aboutFN(0x02, "fn_number", askNothing, readSerial),
		aboutFN(fnValid, "fn_validity", askNothing, fieldsOf(parseValidity)),
		aboutFN(0x04, "fn_version", askNothing, readVersion),
		aboutFN(fnRegistered, "read_registration", askNothing, fieldsOf(parseRegistration)),
		aboutFN(fnFind, "find_document", askDocument, fieldsOf(parseDocument)),
		aboutFN(0x30, "ofd_buffer_state", askNothing, readBuffer),
		aboutFN(0x31, "ofd_buffer_read", askBlock, readBytes),
		aboutFN(fnExchange, "fn_exchange_status", askNothing, fieldsOf(parseExchange)),
		aboutFN(0x3A, "read_document", askDocument, readDocumentHead),
		{code: []byte{cmdDrive, 0x3B}, name: "read_document_part", risk: kkt.RiskRead, ask: askNothing, read: readBytes, once: true},
		aboutFN(0x3C, "read_ofd_receipt", askDocument, readBytes),
		aboutFN(0x3F, "fn_unconfirmed", askNothing, readUnconfirmed),
		aboutFN(fnShift, "fn_shift", askNothing, fieldsOf(parseShift)),
		aboutFN(0x60, "read_fn_archive", nil, readBytes),
		aboutFN(0x63, "fn_memory", askNothing, readMemory),
		aboutFN(0x70, "fn_marking_state", askNothing, readMarking),
	}
}

func aboutFN(sub byte, name string, ask func(*reader) map[string]any, read func([]byte) (map[string]any, error)) spec {
	return spec{code: []byte{cmdDrive, sub}, name: name, risk: kkt.RiskRead, ask: ask, read: read}
}

// tableSpecs are the settings.
func tableSpecs() []spec {
	return []spec{
		{code: []byte{cmdReadTable}, name: "read_table", risk: kkt.RiskRead, ask: askCell, cell: readCellValue},
		{code: []byte{cmdWriteTable}, name: "write_table", ask: askWrite},
		{code: []byte{cmdTable}, name: "read_table_structure", risk: kkt.RiskRead, ask: askByte("table"), read: readTable},
		{code: []byte{cmdField}, name: "read_field_structure", risk: kkt.RiskRead, ask: askField, read: readField},
		{code: []byte{0x24}, name: "init_tables", risk: kkt.RiskDangerous},
	}
}

// serviceSpecs are the maker's service commands. FE F1 gives the register
// another serial number: it is named here so that it is known when seen, and
// refused where it could be sent.
func serviceSpecs() []spec {
	service := func(sub byte, name string, risk kkt.Risk, read func([]byte) (map[string]any, error)) spec {
		return spec{code: []byte{cmdService, sub}, name: name, open: true, risk: risk, read: read}
	}
	return []spec{
		service(svcReboot, "reboot", kkt.RiskChange, nil),
		service(svcSerial, "service_serial", kkt.RiskDangerous, nil),
		service(0xED, "service_firmware_mode", kkt.RiskDangerous, nil),
		service(0xEB, "service_printer_version", kkt.RiskRead, readBytes),
		service(0xEC, "service_boot_version", kkt.RiskRead, readBytes),
		service(0xF0, "service_processor", kkt.RiskRead, readBytes),
		service(0xF4, "service_totals", kkt.RiskRead, readTotals),
		service(0xE2, "service_sync_date", kkt.RiskChange, nil),
		{code: []byte{cmdTechReset}, name: "technological_reset", open: true, risk: kkt.RiskDangerous},
		{code: []byte{0x27}, name: "general_reset", risk: kkt.RiskDangerous},
		{code: []byte{0x14}, name: "set_line_settings", risk: kkt.RiskDangerous},
		{code: []byte{0x60}, name: "enter_serial", risk: kkt.RiskDangerous},
		{code: []byte{cmdDrive, 0x07}, name: "fn_reset", risk: kkt.RiskDangerous},
	}
}
