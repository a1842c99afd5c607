package framed_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/agent/framed"
)

func readAll(data []byte) (records [][]byte, good int64, err error) {
	r := framed.NewReader(bytes.NewReader(data))
	for {
		content, err := r.Next()
		if err != nil {
			return records, r.Good(), err
		}
		records = append(records, bytes.Clone(content))
	}
}

func TestWhatIsCutOrBentIsNeverARecord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 40), 1, 6).Draw(t, "records")
		var data []byte
		ends := []int64{0}
		for _, w := range want {
			data = framed.Append(data, w)
			ends = append(ends, int64(len(data)))
		}
		at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		whole := 0
		for whole < len(want) && ends[whole+1] <= int64(at) {
			whole++
		}
		cut, good, err := readAll(data[:at])
		if len(cut) != whole || good != ends[whole] || (err != io.EOF) != (good != int64(at)) {
			t.Fatalf("cut at %d: %d records, good %d, %v", at, len(cut), good, err)
		}
		bent := bytes.Clone(data)
		bent[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bit"))
		got, _, err := readAll(bent)
		if len(got) != whole || !errors.Is(err, framed.ErrTorn) {
			t.Fatalf("bent at %d: %d records of %d, %v", at, len(got), whole, err)
		}
		for i := range got {
			if !bytes.Equal(got[i], want[i]) {
				t.Fatalf("record %d differs", i)
			}
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add(framed.Append(framed.Append(nil, []byte("one")), []byte("two")))
	f.Fuzz(func(t *testing.T, data []byte) {
		records, good, _ := readAll(data)
		var again []byte
		for _, r := range records {
			again = framed.Append(again, r)
		}
		if !bytes.Equal(again, data[:good]) {
			t.Fatal("the good part is not what its records make")
		}
	})
}
