package shtrih

import (
	"errors"
	"fmt"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// The keys of sentences that are not named after a command.
const (
	keyUnreadable = "kkt.meaning.unreadable"
	keyDone       = "kkt.meaning.done"
	keyData       = "kkt.meaning.data"
	// Shtrih writes codes in hex, which the sentence shared with ATOL does not.
	keyUnknownCode = "kkt.meaning.shtrih_refused"
)

// Explain says what a command's reply means. Command and reply are messages
// without frame, the command without password; whole frames of either framing
// and commands with their password are understood too, as they stand in logs.
// The command's name is given even when there is no reply, so a dry run can be
// explained. A refusal is a reply that can be read: OK, with the register's
// code. A reply that cannot be read gives OK false, a stable code and nothing
// else.
func (p *Protocol) Explain(command, reply []byte) kkt.Meaning {
	command, reply = unwrapped(command), unwrapped(reply)
	s := find(command)
	m := kkt.Meaning{Command: s.name, Text: keyUnreadable}
	if s.name == "" {
		m.Error = "no_command"
		return m
	}
	f, err := s.parameters(command)
	if err != nil {
		m.Error = err.Error()
		return m
	}
	data, err := body(command, reply)
	var refused *kkt.RefusalError
	if errors.As(err, &refused) {
		return refusedMeaning(m, refused.Code)
	}
	if err == nil {
		err = s.answer(f, data)
	}
	if err != nil {
		m.Error = err.Error()
		return m
	}
	m.OK, m.Fields, m.Text = true, f, s.sentence(f)
	return m
}

// refusedMeaning says a code in its own words, with the code that the fault
// catalogue knows for the same thing, 0 when it knows none.
func refusedMeaning(m kkt.Meaning, code int) kkt.Meaning {
	m.OK, m.Code, m.Text = true, code, ErrorKey(code)
	m.Fields = map[string]any{"errorCode": code, "errorHex": fmt.Sprintf("%02X", code), "deviceCode": DeviceCode(code)}
	return m
}

// answer adds what the reply says to the command's parameters. A command that
// only answers "done" may say who is at the register; a whole lot of data is
// not its reply.
func (s spec) answer(f map[string]any, data []byte) error {
	switch {
	case s.cell != nil:
		return s.cell(f, data)
	case s.read == nil && len(data) > 8:
		return octets.WrongLength
	case s.read == nil:
		return nil
	}
	more, err := s.read(data)
	for k, v := range more {
		f[k] = v
	}
	return err
}

// sentence picks the key of the sentence that the fields fill.
func (s spec) sentence(f map[string]any) string {
	if s.risk != kkt.RiskRead && s.read == nil {
		return keyDone
	}
	switch s.name {
	case "fn_shift":
		if f["shiftOpen"] == true {
			return "kkt.meaning.fn_shift_open"
		}
		return "kkt.meaning.shift_closed"
	case "fn_exchange_status":
		if f["unsent"] == int64(0) {
			return "kkt.meaning.fn_exchange_status_none"
		}
	case "fn_validity":
		return validitySentence(f)
	case "read_table":
		return cellSentence(f)
	}
	return s.plainSentence(f)
}

func validitySentence(f map[string]any) string {
	_, day := f["validTill"]
	_, left := f["registrationsLeft"]
	switch {
	case !day:
		return "kkt.meaning.shtrih_fn_validity_none"
	case !left:
		return "kkt.meaning.shtrih_fn_validity"
	default:
		return "kkt.meaning.fn_validity"
	}
}

func cellSentence(f map[string]any) string {
	for _, field := range []string{"host", "port"} {
		if _, ok := f[field]; ok {
			return "kkt.meaning.read_table_" + field
		}
	}
	return "kkt.meaning.read_table"
}

// plainSentence: a command that is known by bytes alone shows them, one that
// was done says so, the rest has a sentence of its own. Those that ATOL's
// registers know by the same name and with the same fields share theirs.
func (s spec) plainSentence(f map[string]any) string {
	_, raw := f["data"]
	_, signed := f["documentNumber"]
	switch {
	case s.name == "find_document":
		return "kkt.meaning.shtrih_find_document"
	case raw:
		return keyData
	case s.risk != kkt.RiskRead && signed:
		return "kkt.meaning.shtrih_signed"
	case s.risk != kkt.RiskRead:
		return keyDone
	}
	switch s.name {
	case "fn_exchange_status", "fn_status", "fn_number", "fn_version", "fn_unconfirmed":
		return "kkt.meaning." + s.name
	}
	return "kkt.meaning.shtrih_" + s.name
}

// CommandKey is the key of a command's name for people, given the stable name
// in kkt.Meaning.Command.
func CommandKey(name string) string { return "kkt.command." + name }
