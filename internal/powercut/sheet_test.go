package powercut

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/kkt/fptr"
)

func words() Words {
	w := Words{
		Columns: map[string]Column{}, Operations: map[string]fptr.Operation{"приход": fptr.Income, "возврат прихода": fptr.IncomeReturn},
		NoVAT: map[string]bool{"без ндс": true},
	}
	for _, c := range Columns() {
		w.Columns[string(c)] = c
	}
	w.Columns["товар"] = ColName
	return w
}

func rowsOf(text string) (rows [][]string) {
	for line := range strings.Lines(text) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), ";"))
	}
	return rows
}

func TestATableOfSettlements(t *testing.T) {
	t.Parallel()
	j := journalOf()
	forms, bad := ReadSheet(rowsOf(`receipt;date;time;operation;Товар;quantity;price;vat;cash;card
1;10.03.2026;15:30;Приход;Кофе;2;150,00;22%;100;254,55
1;;;;Яблоки;0,455;119.90;10;;
;2026-03-10 15:40:05;;возврат прихода;Чай;;1 050;20 %;1050;

2;10.03.2026;15:50;;Хлеб;1;45;без НДС;;45
`), words(), &j, omsk(), noon())
	if len(bad) > 0 || len(forms) != 3 {
		t.Fatalf("%d settlements, %+v", len(forms), bad)
	}
	first, back, last := forms[0], forms[1], forms[2]
	if first.Total() != 354_55 || len(first.Items) != 2 || first.Items[1].VAT != fptr.VAT10 || !first.At.Equal(time.Date(2026, 3, 10, 9, 30, 0, 0, time.UTC)) || len(first.Payments) != 2 {
		t.Errorf("%+v", first)
	}
	if back.Operation != fptr.IncomeReturn || back.Items[0].VAT != fptr.VAT20 || back.Total() != 1050_00 {
		t.Errorf("%+v", back)
	}
	if last.Items[0].VAT != fptr.VATNone || last.Payments[0].Kind != fptr.PaidElectronically {
		t.Errorf("%+v", last)
	}
}

func TestBadLinesAreTold(t *testing.T) {
	t.Parallel()
	j := journalOf()
	for name, tc := range map[string]struct{ in, want string }{
		"no head":          {"a;b\n1;2\n", "1 date powercut_column, 1 name powercut_column, 1 price powercut_column, 1 vat powercut_column"},
		"nothing in it":    {"date;name;price;vat\n;;;\n", "1  powercut_nothing"},
		"an empty file":    {"", "1  powercut_nothing"},
		"several things":   {"date;time;name;price;vat;cash\n10.03.2026;15:30;Кофе;много;22;1\nвчера;;Чай;5;22;5\n10.03.2026;15:30;Сок;5;19;5\n", "2 price powercut_number, 3 date powercut_when, 4 vat kkt_vat"},
		"not paid":         {"date;time;name;price;vat\n10.03.2026;15:30;Кофе;1;22\n", "2  required"},
		"the old rate":     {"receipt;date;time;name;price;vat;cash\n1;10.03.2026;15:30;Кофе;1;22;3\n1;;;Чай;2;20;\n", "3 vat powercut_vat_day"},
		"too late":         {"date;time;name;price;vat;cash\n10.03.2026;17:30;Кофе;1;22;1\n", "2 date powercut_outside"},
		"no such kind":     {"date;time;operation;name;price;vat;cash\n10.03.2026;15:30;дар;Кофе;1;22;1\n", "2 operation powercut_kind"},
		"two kinds in one": {"receipt;date;time;operation;name;price;vat;cash\n1;10.03.2026;15:30;Приход;Кофе;1;22;1\n1;;;возврат прихода;Чай;1;22;1\n", "3 operation powercut_two_kinds"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forms, bad := ReadSheet(rowsOf(tc.in), words(), &j, omsk(), noon())
			var got []string
			for _, b := range bad {
				got = append(got, fmt.Sprintf("%d %s %s", b.Line, b.Column, b.Code))
			}
			if strings.Join(got, ", ") != tc.want || len(forms) > 0 {
				t.Errorf("%q, %d settlements; want %q", strings.Join(got, ", "), len(forms), tc.want)
			}
		})
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"1": 100, "1,5": 150, "1.50": 150, "1 234,56": 123456, "1\u00a0000": 100000, ",5": 50, "0": 0, "5.": 500, "0,000": 0} {
		if got, err := Decimal(text, 2); err != nil || got != want {
			t.Errorf("%q: %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", ".", "-1", "+1", "1,234", "1e5", "a", "1_000", "0x1", "1234567890123", "1.2.3"} {
		if got, err := Decimal(text, 2); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 99_999_999_99).Draw(t, "n")
		if got, err := Decimal(fmt.Sprintf("%d,%02d", n/100, n%100), 2); err != nil || got != n {
			t.Fatalf("%d: %d %v", n, got, err)
		}
	})
}

// FuzzSheet: whatever stands in a table, either nothing is bad and every
// settlement passes its check, or nothing is taken.
func FuzzSheet(f *testing.F) {
	f.Add("date;time;name;price;vat;cash\n10.03.2026;15:30;Кофе;1;22;1\n")
	f.Add("receipt;date;name;price;vat;quantity;card\n1;10.03.2026 15:30;Кофе;1;22/122;0,5;1\n1;;;;;;\n")
	f.Fuzz(func(t *testing.T, text string) {
		j := journalOf()
		forms, bad := ReadSheet(rowsOf(text), words(), &j, omsk(), noon())
		if len(bad) > 0 && len(forms) > 0 {
			t.Errorf("%d taken beside %v", len(forms), bad)
		}
		for i := range forms {
			if wrong := forms[i].Check(&j, omsk(), noon()); len(wrong) > 0 {
				t.Errorf("%+v: %v", forms[i], wrong)
			}
		}
	})
}
