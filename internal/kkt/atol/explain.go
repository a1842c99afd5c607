package atol

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// The keys of sentences that are not named after a command.
const (
	keyUnreadable = "kkt.meaning.unreadable"
	keyDone       = "kkt.meaning.done"
	keyData       = "kkt.meaning.data"
	keyRefused    = "kkt.meaning.refused"
)

// Explain says what a command's reply means. The command's name is given even
// when there is no reply, so a dry run can be explained too. A refusal is a
// reply that can be read: OK, with the register's code. A reply that cannot be
// read gives OK false, a stable code and nothing else.
func (p Protocol) Explain(command, reply []byte) kkt.Meaning {
	s := find(command)
	m := kkt.Meaning{Command: s.name, Text: keyUnreadable}
	if s.name == "" {
		m.Error = "no_command"
		return m
	}
	data, err := body(command, reply)
	var refused *kkt.RefusalError
	switch {
	case errors.As(err, &refused):
		m.OK, m.Code, m.Text = true, refused.Code, ErrorKey(refused.Code)
		m.Fields = map[string]any{"errorCode": refused.Code}
		return m
	case err != nil:
		m.Error = err.Error()
		return m
	case s.read == nil:
		return s.done(m, data)
	}
	f, err := s.read(command, data)
	if err != nil {
		m.Error = err.Error()
		return m
	}
	m.OK, m.Fields, m.Text = true, f, sentence(s.name, f)
	return m
}

// done explains a command that only ever answers "done". A byte or two may
// follow, which mean nothing; a whole lot of data is not its reply.
func (s spec) done(m kkt.Meaning, data []byte) kkt.Meaning {
	if len(data) > 0 && s.name != "driver_version" && len(data) > 8 {
		m.Error = octets.WrongLength.Error()
		return m
	}
	m.OK, m.Fields, m.Text = true, map[string]any{}, keyDone
	return m
}

// sentence picks the key of the sentence that the fields fill.
func sentence(name string, f map[string]any) string {
	switch name {
	case "read_register_18", "fn_shift":
		if f["shiftOpen"] == true {
			return "kkt.meaning." + name + "_open"
		}
		return "kkt.meaning.shift_closed"
	case "fn_exchange_status":
		if f["unsent"] == int64(0) {
			return "kkt.meaning.fn_exchange_status_none"
		}
	case "read_table":
		return tableSentence(f)
	}
	if _, raw := f["data"]; raw {
		return keyData
	}
	return "kkt.meaning." + name
}

func tableSentence(f map[string]any) string {
	for _, field := range []string{"host", "port", "dns", "channel"} {
		if _, ok := f[field]; ok {
			return "kkt.meaning.read_table_" + field
		}
	}
	if _, ok := f["value"]; ok {
		return "kkt.meaning.read_table"
	}
	return "kkt.meaning.read_table_channel_code"
}

// ErrorKey is the key of the sentence for a register's error code. A code that
// the maker's list does not have gets a sentence that only names it.
func ErrorKey(code int) string {
	if KnownError(code) {
		return "kkt.error." + strconv.Itoa(code)
	}
	return keyRefused
}

// CommandKey is the key of a command's name for people, given the stable name
// in kkt.Meaning.Command. Registers without a name of their own share one.
func CommandKey(name string) string {
	const register = "read_register_"
	if n, ok := strings.CutPrefix(name, register); ok && !namedRegister(n) {
		return "kkt.command.read_register"
	}
	return "kkt.command." + name
}

func namedRegister(n string) bool {
	named := []string{"10", "17", "18", "19", "21", "22", "24", "26", "43", "44", "51", "52", "53", "54", "59"}
	return slices.Contains(named, n)
}
