package sim

// The device errors that the bench's registers answer with.
const (
	codeFormat       = 19
	codeLength       = 20
	codeConfirmDate  = 22
	codeBlocked      = 30
	codeBeforeLast   = 32
	codeMode         = 102
	codeNoPaper      = 103
	codeBadReceipt   = 106
	codePicture      = 111
	codeUnsupported  = 122
	codePayments     = 117
	codePaidLess     = 134
	codeShiftOver    = 136
	codePassword     = 140
	codeShiftClosed  = 143
	codeTable        = 145
	codeRow          = 146
	codeField        = 147
	codeDateTime     = 148
	codeNoCash       = 152
	codeUnknown      = 153 // the maker's driver shows it as an unknown error
	codeNoReceipt    = 154
	codeReceiptOpen  = 155
	codeShiftOpen    = 156
	codeProtection   = 174
	codeFNLink       = 210
	codeFNFormat     = 211
	codeFNState      = 212
	codeFNLifeOver   = 215
	codeFNArchive    = 216
	codeFNTime       = 217
	codeFNNoData     = 218
	codeTaxOver      = 223
	codeFNParameters = 231
	codeFNExpired    = 234
	codeFNUnsent     = 235
	codeFNMissing    = 242
)

// replyTag opens every usual reply.
const replyTag = 0x55

// done is a reply without data: a byte of extension follows.
func done() []byte { return []byte{replyTag, 0, 0} }

// refuse is an error reply.
func refuse(code byte) []byte { return []byte{replyTag, code, 0} }

// data is a reply with data.
func data(b ...byte) []byte { return append([]byte{replyTag, 0}, b...) }

// bcd writes n into size packed decimal bytes.
func bcd(n int64, size int) []byte {
	b := make([]byte, size)
	for i := size - 1; i >= 0; i-- {
		b[i] = byte(n%10) | byte(n/10%10)<<4
		n /= 100
	}
	return b
}

// unbcd reads packed decimal bytes; ok is false for a digit above nine.
func unbcd(b []byte) (n int64, ok bool) {
	for _, c := range b {
		if c>>4 > 9 || c&15 > 9 {
			return 0, false
		}
		n = n*100 + int64(c>>4)*10 + int64(c&15)
	}
	return n, true
}
