package shtrih

import (
	"strconv"

	"github.com/tillwright/tillwright/internal/sim/courier"
)

func num(name string, size int, least, most int64) field {
	return field{name: name, size: size, min: least, max: most}
}

func chars(name string, size int) field { return field{name: name, text: true, size: size} }

// repeat is n fields of one kind, numbered when they are more than one.
func repeat(n int, f field) []field {
	list := make([]field, n)
	for i := range list {
		list[i] = f
		list[i].name += strconv.Itoa(i)
	}
	return list
}

// factoryTables are the tables of a box, or those of a cash core, and what
// stands in them.
func (r *Register) factoryTables() ([]table, map[cell][]byte) {
	tables := tablesOf(r.opt.SmartPOS)
	cells := map[cell][]byte{}
	r.tables, r.cells = tables, cells
	for n := range uint16(sysAdmin) {
		cells[cell{2, n + 1, 1}] = le(int64(n)+1, 4)
		cells[cell{2, n + 1, 2}] = text("КАССИР "+strconv.Itoa(int(n)+1), 64)
	}
	for n, name := range []string{"НАЛИЧНЫМИ", "CREDIT", "КАРТА"} {
		cells[cell{5, uint16(n) + 1, 1}] = text(name, 64)
	}
	r.fillOFD()
	cells[cell{r.about(aboutNetwork), 1, fieldExchange}] = []byte{1}
	cells[cell{r.about(aboutNetwork), 1, 3}] = []byte{1}
	cells[cell{r.about(aboutNetwork), 1, 4}] = le(7778, 2)
	return tables, cells
}

// fillOFD writes the OFD's address as the bench was told it.
func (r *Register) fillOFD() {
	port := r.opt.OFDPort
	if port == 0 {
		port = 7777
	}
	t := r.about(aboutOFD)
	r.cells[cell{t, 1, fieldHost}] = text(r.opt.OFDHost, 64)
	r.cells[cell{t, 1, fieldPort}] = le(int64(port), 2)
	r.cells[cell{t, 1, 3}] = le(300, 2)
	r.cells[cell{t, 1, 4}] = le(100, 2)
}

// tablesOf lists the tables. A box has those of its printer and network
// first; a cash core has the fiscal ones at 13 and 14.
func tablesOf(smart bool) []table {
	list := common()
	if smart {
		list = append(list[:12:12], fiscal(13), operators(14), exchangeState(15), network(16), region(17))
		return list
	}
	return append(list, region(17), fiscal(18), operators(19), exchangeState(20), network(21))
}

// common are the tables that concern nobody here, each with a few of its
// fields.
func common() []table {
	one := func(number byte, name string, rows int, fields ...field) table {
		return table{number: number, name: name, rows: rows, fields: fields}
	}
	return []table{
		one(1, "Тип и режим кассы", 1, num("Номер кассы в магазине", 1, 1, 99), num("Авт. обнуление денежной наличности", 1, 0, 1)),
		one(2, "Пароли кассиров и администраторов", sysAdmin, num("Пароли кассиров", 4, 0, 99_999_999), chars("Должности и фамилии кассиров", 64)),
		one(3, "Таблица перевода времени", 20, num("Разрешение перевода", 1, 0, 1)),
		one(4, "Текст в чеке", 14, chars("Запрограммированные строки", 64)),
		one(5, "Наименование типов оплаты", 16, chars("Запрограммированные типы оплаты", 64)),
		one(6, "Налоговые ставки", 12, num("Величина налога", 2, 0, 9999), chars("Название налога", 64)),
		one(7, "Наименование отделов", 16, chars("Запрограммированные названия секций", 64)),
		one(8, "Настройка шрифтов", 1, num("Текст в чеке", 1, 1, 11)),
		one(9, "Таблица формата чека", 17, num("Номер строки", 1, 1, 3)),
		one(10, "Служебная", 1, num("Расстояние от головки до ножа", 1, 0, 255)),
		one(11, "Параметры кодирования qr-кодов", 1, num("Кодировать текст в utf-8", 1, 0, 1)),
		one(12, "Веб-ссылка", 1, chars("Ссылка строка 1", 40)),
		one(13, "Параметры термопечати", 1, num("Standart printing energy, uj", 2, 10, 500)),
		one(14, "Sdcard status", 1, num("Status", 1, 0, 255)),
		one(15, "Сервер транзакций", 1, num("Режим передачи", 1, 0, 2)),
		one(16, "Cетевой адрес", 1, num("Static ip", 1, 0, 255), num("Статус dhcp", 1, 0, 255), num("Local ip1", 1, 0, 255), num("Local ip2", 1, 0, 255),
			num("Local ip3", 1, 0, 255), num("Local ip4", 1, 0, 255)),
	}
}

func region(number byte) table {
	f := append(repeat(fieldFFD-1, num("Rus ", 1, 0, 255)), num("Rus формат фд", 1, 1, 4))
	return table{number: number, what: aboutRegion, name: "Региональные настройки", rows: 1, fields: f}
}

func fiscal(number byte) table {
	return table{number: number, what: aboutFiscal, name: "Fiscal storage", rows: 1, fields: []field{
		chars("Serial number", 21), chars("Inn", 17), chars("Rnm", 21), chars("Fs serial number", 17), num("Tax system", 1, 0, 255), num("Work mode", 1, 0, 255),
		chars("User", 128), chars("Operator", 64), chars("Address", 128), chars("Ofd name", 128), chars("Ofd url", 64), chars("Ofd inn", 17),
		chars("Tax office url", 64), chars("Место расчета", 128), chars("Эл. адр. отправителя", 64), num("Признак агента", 1, 0, 127),
		chars("User строка 2", 128), chars("Address строка 2", 128), chars("Ofd name строка 2", 128), chars("Место расчета строка 2", 128),
		num("Расширенные признаки работы ккт", 1, 0, 255), num("Код причины изм. сведений о ккт", 4, 0, 1<<32-1), chars("Инн кассира", 13),
		num("Блокировка закрытия смены (дней)", 1, 3, 100), num("Часовая зона", 1, 0, 12),
	}}
}

func operators(number byte) table {
	return table{number: number, what: aboutOFD, name: "Параметры офд", rows: 1, fields: []field{
		chars("Сервер", 64), num("Порт", 2, 1, 65535), num("Таймаут чтения ответа", 2, 300, 65535), num("Задержка между пакетами, мс", 2, 0, 3000),
		chars("Сервер км", 64), num("Порт км", 2, 1, 65535), num("Таймаут чтения ответа км", 2, 5, 65535),
		num("Таймаут чтения ответа км при проверке", 2, 0, 60), chars("Сервер ас окп", 128), num("Порт ас окп", 2, 1, 65535), num("Таймаут ас окп", 2, 5, 65),
	}}
}

func exchangeState(number byte) table {
	f := []field{
		num("Exchangestate", 1, 0, 255), num("Readstate", 1, 0, 255), num("Numbermessages", 2, 0, 65535), num("Numberfirstdocumentqueue", 4, 0, 1<<32-1),
		chars("Datetimefirstdocumentqueue", 32), num("Last 26h cmd answer code", 1, 0, 255), num("Last ofd answer code", 1, 0, 255),
	}
	return table{number: number, what: aboutExchange, name: "Статус обмена фн", rows: 1, fields: append(f, repeat(10, chars("Log", 64))...)}
}

func network(number byte) table {
	return table{number: number, what: aboutNetwork, name: "Сетевые интерфейсы", rows: 1, fields: []field{
		num("Режим ppp", 1, 0, 4), num("Режим обмена с офд", 1, 0, 2), num("Запуск tcp-сервера", 1, 0, 2), num("Порт tcp-сервера", 2, 0, 65535),
		num("Наличие wifi", 1, 0, 1), num("Использовать wifi", 1, 0, 3), chars("Wifi ssid", 64), chars("Wifi passphrase", 64), num("Rndis", 1, 0, 2),
	}}
}

// live is what a cell says that nobody wrote; nil for the others.
func (r *Register) live(what subject, number byte, size int) []byte {
	switch what {
	case aboutFiscal:
		return r.liveFiscal(number, size)
	case aboutExchange:
		return r.liveExchange(number, size)
	case aboutRegion:
		if number == fieldFFD {
			if r.has(FaultField) {
				return []byte{ffd10}
			}
			return []byte{r.ffd()}
		}
	}
	return nil
}

func (r *Register) liveFiscal(number byte, size int) []byte {
	h := r.holder()
	texts := map[byte]string{
		1: r.serial, 2: string(spaced(h.INN, 12)), 3: h.Number, 4: r.drive.Serial, 7: h.Name, 8: r.cashier(1), 9: h.Address, 10: h.OFDName,
		11: courier.Nobody, 12: string(spaced(h.OFDINN, 12)), 13: "www.nalog.gov.ru", 14: h.Place,
	}
	if s, ok := texts[number]; ok {
		return text(s, size)
	}
	switch number {
	case 5:
		return []byte{1}
	case 21:
		return []byte{0x10}
	case 24:
		return []byte{7}
	default:
		return nil
	}
}

func (r *Register) liveExchange(number byte, size int) []byte {
	switch number {
	case 1:
		return []byte{r.exchangeStatus()}
	case 3:
		return le(int64(r.drive.Unsent()), size)
	case 6:
		last, _ := r.way.Last()
		return []byte{last.Drive}
	case 7:
		last, _ := r.way.Last()
		return []byte{last.Operator}
	}
	first, waits := r.drive.First()
	if !waits {
		return nil
	}
	switch number {
	case 4:
		return le(int64(first.Number), size)
	case 5:
		return text(first.At.Format("02.01.06 15:04"), size)
	default:
		return nil
	}
}
