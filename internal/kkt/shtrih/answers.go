package shtrih

import (
	"time"

	"github.com/tillwright/tillwright/internal/kkt/drive"
	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// fieldsOf joins a reply's parser and the fields it gives.
func fieldsOf[T interface{ Fields() map[string]any }](parse func([]byte) (T, error)) func([]byte) (map[string]any, error) {
	return func(data []byte) (map[string]any, error) {
		t, err := parse(data)
		if err != nil {
			return nil, err
		}
		return t.Fields(), nil
	}
}

func readBytes(data []byte) (map[string]any, error) {
	return map[string]any{"data": octets.Hex(data)}, nil
}

// readOperator is the answer of many commands: who is at the register. The
// drive's editions leave it out in places.
func readOperator(data []byte) (map[string]any, error) {
	if len(data) == 0 {
		return map[string]any{}, nil
	}
	r := from(data)
	return map[string]any{"operator": r.Byte()}, nil
}

func readAmount(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"operator": r.Byte(), "amount": r.Int(6)}
	return f, r.End()
}

func readCount(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"operator": r.Byte(), "count": r.Int(min(max(r.Left(), 2), 4))}
	return f, r.End()
}

func readLine(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"speedCode": r.Byte(), "byteTimeout": r.Byte()}
	return f, r.End()
}

func readSerial(data []byte) (map[string]any, error) {
	serial, err := ofDrive(drive.ReadSerial, data)
	return map[string]any{"fn": serial}, err
}

func readVersion(data []byte) (map[string]any, error) { return ofDrive(drive.ReadVersion, data) }

func readUnconfirmed(data []byte) (map[string]any, error) {
	return ofDrive(drive.ReadUnconfirmed, data)
}

func readBuffer(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"size": r.Int(2), "blockSize": r.Byte()}
	return f, r.End()
}

func readDocumentHead(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"documentType": r.Int(2), "size": r.Int(2)}
	return f, r.End()
}

// readMemory is how much room the drive has left: about so many documents to be
// kept five years, and kilobytes for those to be kept thirty days.
func readMemory(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"documentsLeft": r.Int(4), "kilobytesLeft": r.Int(4)}
	if r.Err() == nil && r.Left() == 1 {
		f["markingFilled"] = r.Byte()
	}
	return f, r.End()
}

func readMarking(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{
		"checkState": r.Byte(), "noticeState": r.Byte(), "commandFlags": r.Byte(), "codesKept": r.Byte(), "codesInNotice": r.Byte(),
		"noticesFilled": r.Byte(), "noticesQueued": r.Int(2),
	}
	return f, r.End()
}

func readTotals(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"sales": r.Int(8), "purchases": r.Int(8), "saleReturns": r.Int(8), "purchaseReturns": r.Int(8)}
	return f, r.End()
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
		return octets.TooShort
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
	r := from(data)
	f := map[string]any{"documentNumber": r.Int(4), "fiscalSign": signText(r.Int(4))}
	return f, r.End()
}

// readShiftDocument is the report on opening or closing a shift.
func readShiftDocument(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"shift": r.Int(2), "documentNumber": r.Int(4), "fiscalSign": signText(r.Int(4))}
	r.optionalMoment(f)
	return f, r.End()
}

// readClosed is a closed receipt: the change, then the document. Where a setting
// asks for it, the time follows.
func readClosed(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"change": r.Int(5), "documentNumber": r.Int(4), "fiscalSign": signText(r.Int(4))}
	r.optionalMoment(f)
	return f, r.End()
}

func readReport(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"documentNumber": r.Int(4), "fiscalSign": signText(r.Int(4)), "unsent": r.Int(4)}
	if day := r.Date(octets.YMD); !day.IsZero() {
		f["firstUnsentDay"] = day.Format(time.DateOnly)
	}
	r.optionalMoment(f)
	return f, r.End()
}

// optionalMoment reads the date and time that newer firmware adds.
func (r *reader) optionalMoment(f map[string]any) {
	if r.Err() == nil && r.Left() == 5 {
		octets.PutTime(f, r.Date(octets.DMYhm), false)
	}
}
