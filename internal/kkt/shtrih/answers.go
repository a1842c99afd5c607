package shtrih

import "time"

// fieldsOf joins a reply's parser and the fields it gives.
func fieldsOf[T interface{ fields() map[string]any }](parse func([]byte) (T, error)) func([]byte) (map[string]any, error) {
	return func(data []byte) (map[string]any, error) {
		t, err := parse(data)
		if err != nil {
			return nil, err
		}
		return t.fields(), nil
	}
}

func readBytes(data []byte) (map[string]any, error) {
	return map[string]any{"data": hexString(data)}, nil
}

// readOperator is the answer of many commands: who is at the register. The
// drive's editions leave it out in places.
func readOperator(data []byte) (map[string]any, error) {
	if len(data) == 0 {
		return map[string]any{}, nil
	}
	r := reader{data: data}
	return map[string]any{"operator": r.byte()}, nil
}

func readAmount(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"operator": r.byte(), "amount": r.le(6)}
	return f, r.end()
}

func readCount(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"operator": r.byte(), "count": r.le(min(max(len(r.data), 2), 4))}
	return f, r.end()
}

func readLine(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"speedCode": r.byte(), "byteTimeout": r.byte()}
	return f, r.end()
}

func readNumber(data []byte) (map[string]any, error) {
	r := reader{data: data}
	return map[string]any{"fn": r.number(16, 16)}, r.end()
}

func readVersion(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"version": r.ascii(16), "serialVersion": r.byte() != 0}
	return f, r.end()
}

func readUnconfirmed(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"unconfirmed": r.le(2)}
	return f, r.end()
}

func readBuffer(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"size": r.le(2), "blockSize": r.byte()}
	return f, r.end()
}

func readDocumentHead(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"documentType": r.le(2), "size": r.le(2)}
	return f, r.end()
}

// readMemory is how much room the drive has left: about so many documents to be
// kept five years, and kilobytes for those to be kept thirty days.
func readMemory(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"documentsLeft": r.le(4), "kilobytesLeft": r.le(4)}
	if r.err == nil && len(r.data) == 1 {
		f["markingFilled"] = r.byte()
	}
	return f, r.end()
}

func readMarking(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{
		"checkState": r.byte(), "noticeState": r.byte(), "commandFlags": r.byte(), "codesKept": r.byte(), "codesInNotice": r.byte(),
		"noticesFilled": r.byte(), "noticesQueued": r.le(2),
	}
	return f, r.end()
}

func readTotals(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"sales": r.le(8), "purchases": r.le(8), "saleReturns": r.le(8), "purchaseReturns": r.le(8)}
	return f, r.end()
}

func readTable(data []byte) (map[string]any, error) {
	t, err := parseTable(data)
	return map[string]any{"tableName": t.name, "rows": t.rows, "fieldCount": t.fields}, err
}

func readField(data []byte) (map[string]any, error) {
	d, err := parseField(data)
	f := map[string]any{"fieldName": d.name, "text": d.text, "size": d.size}
	if !d.text {
		f["lowest"], f["highest"] = d.lowest, d.utmost
	}
	return f, err
}

// readCellValue reads a field as its table and number say; of the others the
// type is not known.
func readCellValue(f map[string]any, data []byte) error {
	if len(data) == 0 {
		return errShort
	}
	var err error
	switch {
	case f["table"] == tableOFD && f["field"] == fieldHost:
		f["host"], err = cellText(data)
	case f["table"] == tableOFD && f["field"] == fieldPort:
		f["port"], err = cellNumber(data)
	default:
		f["value"] = cellValue(data)
	}
	return err
}

// readSigned is a document's number and sign.
func readSigned(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"documentNumber": r.le(4), "fiscalSign": signText(r.le(4))}
	return f, r.end()
}

// readShiftDocument is the report on opening or closing a shift.
func readShiftDocument(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"shift": r.le(2), "documentNumber": r.le(4), "fiscalSign": signText(r.le(4))}
	r.optionalMoment(f)
	return f, r.end()
}

// readClosed is a closed receipt: the change, then the document. Where a setting
// asks for it, the time follows.
func readClosed(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"change": r.le(5), "documentNumber": r.le(4), "fiscalSign": signText(r.le(4))}
	r.optionalMoment(f)
	return f, r.end()
}

func readReport(data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{"documentNumber": r.le(4), "fiscalSign": signText(r.le(4)), "unsent": r.le(4)}
	if day := r.date(layoutFNDay); !day.IsZero() {
		f["firstUnsentDay"] = day.Format(time.DateOnly)
	}
	r.optionalMoment(f)
	return f, r.end()
}

// optionalMoment reads the date and time that newer firmware adds.
func (r *reader) optionalMoment(f map[string]any) {
	if r.err == nil && len(r.data) == 5 {
		putTime(f, r.date("DMYhm"), false)
	}
}
