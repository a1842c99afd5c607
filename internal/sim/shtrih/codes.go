package shtrih

// The errors that the bench's registers answer with. Those up to 20h are the
// drive's own.
const (
	codeFNFormat     = 0x01
	codeFNState      = 0x02
	codeFNOver       = 0x05
	codeFNArchive    = 0x06
	codeFNTime       = 0x07
	codeFNNoData     = 0x08
	codeFNParameters = 0x09
	codeFNCrypto     = 0x12
	codeFNStorage    = 0x14
	codeFNWaiting    = 0x15
	codeFNMessage    = 0x20
	codeFNTimeout    = 0x2F
	codeFNSilent     = 0x30
	codeParameters   = 0x33
	codeNoData       = 0x34
	codeUnsupported  = 0x37
	codePaidLess     = 0x45
	codeNoCash       = 0x46
	codeReceiptOpen  = 0x4A
	codeShiftOver    = 0x4E
	codePassword     = 0x4F
	codePrinting     = 0x50
	codeReceiptShut  = 0x55
	codeWaiting      = 0x58
	codeDiscount     = 0x5A
	codeTable        = 0x5D
	codeNoPaper      = 0x6B
	codeSubmode      = 0x72
	codeMode         = 0x73
	codeDateDiffers  = 0x7C
	codeLength       = 0x7E
	codeZeroTotal    = 0x8E
	codeConfirmDate  = 0xC0
	codeField        = 0xC7
)
