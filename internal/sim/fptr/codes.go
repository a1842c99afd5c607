package fptr

// The driver's codes that the bench answers with; see the driver's own table.
const (
	codeNoConnection  = 2
	codePortHeld      = 3
	codeNotSupported  = 11
	codeFormat        = 26
	codeReportBroken  = 32
	codeModeBlocked   = 34
	codeBeforeLast    = 36
	codeNoPaper       = 44
	codePicture       = 51
	codeNotPaid       = 66
	codeShiftOver     = 68
	codePassword      = 71
	codeShiftClosed   = 73
	codeField         = 76
	codeDateTime      = 77
	codeNoCash        = 80
	codeReceiptOpen   = 82
	codeShiftOpen     = 83
	codeLicense       = 94
	codeFNExchange    = 115
	codeFNFormat      = 116
	codeFNState       = 117
	codeFNTime        = 122
	codeFNNoData      = 123
	codeTaxOver       = 128
	codeFNParams      = 133
	codeFNCryptoOver  = 136
	codeFNResource    = 137
	codeFNUnsent      = 139
	codeFFDOperation  = 413
	codeParse         = 501
	codeInterrupted   = 502
	codeConnectionCut = 241
)

// describe is the text that stands beside a code. The real driver has a
// Russian sentence for each; the bench says which code it plays.
func describe(code int) string {
	if code == 0 {
		return "Ошибок нет"
	}
	return map[int]string{
		codeNoConnection: "Нет связи", codePortHeld: "Порт занят", codeNotSupported: "Не поддерживается в данном драйвере", codeNoPaper: "Нет бумаги",
		codeShiftOver: "Смена превысила 24 часа", codeParse: "Некорректное задание", codeInterrupted: "Выполнение прервано из-за предыдущих ошибок",
	}[code]
}

// needsBlock says whether the service cannot tell after this code whether the
// document was made, so that it stops its queue and finds out: a lost link and
// whatever the drive says while a document is made.
func needsBlock(code int) bool {
	switch code {
	case codeNoConnection, codePortHeld, codeConnectionCut:
		return true
	default:
		return code >= codeFNExchange && code <= 142 && code != codeFNNoData
	}
}
