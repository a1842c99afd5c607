package fn

// Code is an answer code of the drive itself: the low seven bits of its
// answer byte. 0 is "done".
type Code uint8

// FromAnswer splits the drive's answer byte: the code, and whether some
// warning is set (bit 7), which the status command then names.
func FromAnswer(b byte) (c Code, warned bool) { return Code(b & 0x7F), b&0x80 != 0 }

// ATOLInterface is the register's own code for "no exchange with the drive";
// there is no code of the drive behind it.
const ATOLInterface = 210

// entry ties a code of the drive to the code that ATOL registers show for it.
type entry struct {
	code Code
	atol int // 0: no code of its own
	key  string
}

// entries lists the codes that are known on both sides. Codes 0Ah–0Dh share
// ATOL's 242 and are told apart only by the drive.
func entries() []entry {
	return []entry{
		{0x01, 211, "kkt.fn.code.01"},
		{0x02, 212, "kkt.fn.code.02"},
		{0x03, 213, "kkt.fn.code.03"},
		{0x04, 214, "kkt.fn.code.04"},
		{0x05, 215, "kkt.fn.code.05"},
		{0x06, 216, "kkt.fn.code.06"},
		{0x07, 217, "kkt.fn.code.07"},
		{0x08, 218, "kkt.fn.code.08"},
		{0x09, 231, "kkt.fn.code.09"},
		{0x0A, 242, "kkt.fn.code.0a"},
		{0x0B, 242, "kkt.fn.code.0b"},
		{0x0C, 242, "kkt.fn.code.0c"},
		{0x0D, 242, "kkt.fn.code.0d"},
		{0x0E, 243, "kkt.fn.code.0e"},
		{0x0F, 244, "kkt.fn.code.0f"},
		{0x10, 232, "kkt.fn.code.10"},
		{0x11, 233, "kkt.fn.code.11"},
		{0x12, 234, "kkt.fn.code.12"},
		{0x14, 235, "kkt.fn.code.14"},
		{0x15, 239, "kkt.fn.code.15"},
		{0x16, 240, "kkt.fn.code.16"},
		{0x17, 241, "kkt.fn.code.17"},
		{0x18, 0, "kkt.fn.code.18"},
		{0x19, 245, "kkt.fn.code.19"},
		{0x20, 236, "kkt.fn.code.20"},
	}
}

// Key is the message key of the code's meaning, "" when the code has none.
func (c Code) Key() string {
	for _, e := range entries() {
		if e.code == c {
			return e.key
		}
	}
	return ""
}

// ATOL is the code that an ATOL register shows for c, 0 when it has none.
func (c Code) ATOL() int {
	for _, e := range entries() {
		if e.code == c {
			return e.atol
		}
	}
	return 0
}

// FromATOL is the drive's code behind a code of an ATOL register. ok is false
// for codes that are not the drive's, 210 among them. 242 stands for several
// codes and gives the first of them.
func FromATOL(code int) (c Code, ok bool) {
	for _, e := range entries() {
		if e.atol == code && code != 0 {
			return e.code, true
		}
	}
	return 0, false
}

// IsATOL says whether a register's code is about the drive at all: the codes
// 210–220, 225 and 231–245 except those that ATOL uses for other things.
func IsATOL(code int) bool {
	if code == ATOLInterface {
		return true
	}
	switch code {
	case 219, 220, 225, 237:
		return true
	}
	_, ok := FromATOL(code)
	return ok
}

// LinkLost says whether a register's code means that the register and the
// drive do not understand each other: 210 no exchange, 211 wrong format and
// 212 wrong state are what a loose, dead or foreign drive looks like.
func LinkLost(code int) bool { return code == ATOLInterface || code == 211 || code == 212 }
