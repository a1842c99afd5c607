package calendar

import (
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/de"
)

// The German years for which the library's lists and the corrections below
// are right: the northern states' Reformation Day and Berlin's Women's Day are
// in force from 2018 and 2019.
const (
	firstGermanYear = 2019
	lastGermanYear  = 2099
)

// GermanStates lists the sixteen federal states by their two letters.
func GermanStates() []string {
	return []string{
		"BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV",
		"NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH",
	}
}

// germanHolidays are a state's public holidays by law. What people merely
// keep, such as St Martin, Volkstrauertag or Christmas Eve, is not among them,
// nor is what holds in some communes only: Assumption Day in Bavaria, Corpus
// Christi in Saxony and Thuringia, Augsburg's peace festival.
func germanHolidays(state string) []*cal.Holiday {
	switch state {
	case "BB":
		return de.HolidaysBB
	case "BE":
		return de.HolidaysBE
	case "BW":
		return de.HolidaysBW
	case "BY":
		return de.HolidaysBY
	case "HB":
		return de.HolidaysHB
	case "HE":
		return de.HolidaysHE
	case "HH":
		return de.HolidaysHH
	case "MV":
		return de.HolidaysMV
	case "NI":
		return de.HolidaysNI
	case "NW":
		return de.HolidaysNW
	case "RP":
		return de.HolidaysRP
	case "SH":
		return de.HolidaysSH
	case "SL":
		return de.HolidaysSL
	case "SN":
		return de.HolidaysSN
	case "ST":
		return de.HolidaysST
	case "TH":
		return de.HolidaysTH
	}
	return nil
}

func germanYear(state string, year int) (ProductionYear, error) {
	holidays := germanHolidays(state)
	if holidays == nil || year < firstGermanYear || year > lastGermanYear {
		return ProductionYear{}, ErrNoProduction
	}
	p := ProductionYear{
		Country: "DE", Region: state, Year: year,
		Sources: []string{"Feiertagsgesetz " + state + "; Einigungsvertrag Art. 2 Abs. 2 (3. Oktober)"},
	}
	for _, h := range holidays {
		if day, _ := h.Calc(year); !day.IsZero() {
			p.Off = append(p.Off, NewDate(day.Date()))
		}
	}
	p.Off = append(p.Off, germanExtras(state, year)...)
	slices.Sort(p.Off)
	p.Off = slices.Compact(p.Off)
	return p, nil
}

// germanExtras are days that the library does not know: Women's Day in
// Mecklenburg-Vorpommern since 2023 (FTG M-V § 2), and Berlin's single days of
// remembrance (Gesetz über die Sonn- und Feiertage § 1).
func germanExtras(state string, year int) (out []Date) {
	switch {
	case state == "MV" && year >= 2023:
		out = append(out, NewDate(year, time.March, 8))
	case state == "BE" && (year == 2020 || year == 2025):
		out = append(out, NewDate(year, time.May, 8))
	case state == "BE" && year == 2028:
		out = append(out, NewDate(year, time.June, 17))
	}
	return out
}
