package shop

import (
	"testing"

	"github.com/tillwright/tillwright/internal/powercut"
)

// FuzzDecimal holds the reader of numbers to that of the company's journal: a
// price that one of them takes and the other reads otherwise would be a
// difference in money.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"150", "1 234,5", "0,455", "1.2.3", "-1", "+5", "1e3", ",", "99999999999999", "1_000", "\u00a05", "٣"} {
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, s string, places int) {
		places = 2 + (places & 1)
		got, err := decimal(s, places)
		want, werr := powercut.Decimal(s, places)
		if got != want || (err == nil) != (werr == nil) {
			t.Fatalf("%q with %d places: %d, %v; the company reads %d, %v", s, places, got, err, want, werr)
		}
		if err == nil && got < 0 {
			t.Fatalf("%q is %d", s, got)
		}
	})
}

func TestNumbersAreWrittenAsTheyAreRead(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{1, 5, 99, 100, 105, 15000, 123456, 99_999_999_99} {
		if got, err := decimal(plainSum(n), 2); got != n || err != nil {
			t.Errorf("%d became %d, %v", n, got, err)
		}
		if got, err := decimal(thousandths(n), 3); got != n || err != nil {
			t.Errorf("%d thousandths became %d, %v", n, got, err)
		}
	}
}
