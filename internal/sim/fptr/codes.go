package fptr

import "fmt"

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
	codeFNLifeOver    = 120
	codeFNArchive     = 121
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
// Russian sentence for each, and clients look for its words; these are the
// bench's own.
func describe(code int) string {
	switch text, ok := texts()[code]; {
	case code == 0:
		return "Ошибок нет"
	case ok:
		return text
	default:
		return fmt.Sprintf("Ошибка %d", code)
	}
}

func texts() map[int]string {
	return map[int]string{
		codeNoConnection: "Нет связи", codePortHeld: "Порт занят", codeNotSupported: "Не поддерживается в данном драйвере", codeFormat: "Неверный формат команды",
		codeReportBroken: "Документ не допечатан", codeModeBlocked: "Вход в режим заблокирован", codeBeforeLast: "Дата и время меньше, чем в последнем документе ФН",
		codeNoPaper: "Нет бумаги", codePicture: "Нет картинки с таким номером", codeNotPaid: "Внесено меньше итога чека", codeShiftOver: "Смена превысила 24 часа",
		codePassword: "Неверный пароль", codeShiftClosed: "Смена закрыта", codeField: "Нет такого поля", codeDateTime: "Неверные дата и время", codeNoCash: "В кассе нет столько наличных",
		codeReceiptOpen: "Чек открыт", codeShiftOpen: "Смена открыта", codeLicense: "Неверный код защиты", codeFNExchange: "Ошибка обмена с ФН", codeFNFormat: "Неверный формат команды ФН",
		codeFNState: "Неверное состояние ФН", codeFNLifeOver: "Срок ФН вышел", codeFNArchive: "Архив ФН переполнен", codeFNTime: "Неверные дата и время в ФН", codeFNNoData: "В ФН нет таких данных", codeTaxOver: "Налог больше суммы", codeFNParams: "Неверные параметры команды ФН",
		codeFNCryptoOver: "Срок ключей ФН вышел", codeFNResource: "Память ФН для ОФД исчерпана", codeFNUnsent: "В ФН есть неотправленные документы", codeConnectionCut: "Связь потеряна",
		codeFFDOperation: "Операция не для этой версии ФФД", codeParse: "Некорректное задание", codeInterrupted: "Выполнение прервано из-за предыдущих ошибок",
	}
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
