package shtrih_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
)

// read takes one reading of the scripted register as values by key.
func read(t *testing.T, c *counterpart) (map[string]string, error) {
	t.Helper()
	var out map[string]string
	var err error
	synctest.Test(t, func(t *testing.T) {
		d := open(t, c)
		var set signal.Set
		set, err = d.Read(t.Context(), func() time.Time { return noon })
		out = values(t, &set)
	})
	return out, err
}

func values(t *testing.T, set *signal.Set) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, it := range set.Items() {
		d, ok := signal.ByID(it.ID)
		if !ok {
			t.Fatalf("a value without a key: %d", it.ID)
		}
		if d.ID != signal.HoldMillis.ID {
			out[d.Key] = shown(d, it.Value)
		}
	}
	return out
}

func shown(d signal.Def, v signal.Value) string {
	switch d.Kind {
	case signal.Bool:
		return strconv.FormatBool(v.Bool())
	case signal.Time:
		return v.Time().UTC().Format(time.RFC3339)
	case signal.Text:
		return v.Text()
	default:
		return strconv.FormatInt(v.Int(), 10)
	}
}

// whole is what the scripted register says of itself.
func whole() map[string]string {
	return map[string]string{
		"link": "ok", "model": "РИТЕЙЛ-01Ф", "firmware": "C.3.55942", "serial": "0380490041048485", "reg_number": "0000000000040613", "inn": "7700000000",
		"ffd": "1.2", "mode": "1", "submode": "0", "paper": "true", "cover_open": "false", "printer_error": "false", "registered": "true", "error": "0",
		"shift": "open", "shift.number": "260", "receipt.open": "false", "clock.drift": "0",
		"fn.link": "ok", "fn.error": "0", "fn.serial": "9999078902000001", "fn.phase": "3", "fn.valid_till": "2023-08-15T00:00:00Z", "fn.warnings": "8",
		"ofd.unsent": "4", "ofd.first_unsent_at": "2022-12-20T09:30:00Z", "ofd.first_unsent_no": "422", "ofd.error": "0", "ofd.error_fn": "213",
		"ofd.host": "connect.ofd-ya.ru", "ofd.port": "7779", "ofd.channel": "usb",
		"doc.number": "425", "doc.at": "2022-12-21T16:59:00Z", "doc.sign": "0289979573",
	}
}

func TestReadInBothFramings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*counterpart{
		"v1": newCounterpart(false), "v2": newCounterpart(true),
		"v1 with the quirks":   withQuirks(false, quirks{idle: true, junk: true, onlyOnENQ: true}),
		"v2 that cannot sync":  withQuirks(true, quirks{noSync: true}),
		"v2, sync of length 0": withQuirks(true, quirks{syncNumbers: true, bareErrors: true}),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(whole(), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func withQuirks(v2 bool, q quirks) *counterpart {
	c := newCounterpart(v2)
	c.quirks = q
	return c
}

// differing is a changed script and the values of the whole reading that change
// with it; "" is a value that is not told.
type differing struct {
	replies map[string]string
	want    map[string]string
}

func differences() map[string]differing {
	full := func(mode, flags string) string {
		return "00 1E 43 33 86 DA 0F 06 16 01 A4 06 " + flags + " " + mode + " 03 4E 41 00 00 01 01 10 15 0C 16 11 04 20 00 EE 30 00 00 03 01 00 00 00 00 00 AD F4 CA 01 00"
	}
	return map[string]differing{
		"the shift is over":              {map[string]string{"11": full("03 00", "92 02")}, map[string]string{"shift": "expired"}},
		"the shift is closed":            {map[string]string{"11": full("04 00", "92 02"), "ff40": "00 00 03 01 07 00"}, map[string]string{"mode": "0", "shift": "closed", "shift.number": "259"}},
		"a sale return is open":          {map[string]string{"11": full("28 00", "92 02")}, map[string]string{"receipt.open": "true", "receipt.type": "2"}},
		"a non-fiscal document is open":  {map[string]string{"11": full("48 00", "92 02")}, map[string]string{"receipt.open": "true"}},
		"a test runs":                    {map[string]string{"11": full("0A 00", "92 02")}, map[string]string{"mode": "26"}},
		"no paper":                       {map[string]string{"11": full("02 02", "12 02")}, map[string]string{"paper": "false", "submode": "2"}},
		"the cover is open":              {map[string]string{"11": full("02 00", "92 06")}, map[string]string{"cover_open": "true"}},
		"the printer failed":             {map[string]string{"10": "00 1E 92 02 02 00 00 33 48 00 00 00 FF FF FF 02"}, map[string]string{"printer_error": "true"}},
		"an older register does not say": {map[string]string{"10": "00 1E 92 02 02 00 00 33 48 00 00 00 FF FF FF"}, map[string]string{"printer_error": ""}},
		"all is sent":                    {map[string]string{"ff39": "00 00 00 00 00 00 00 00 00 00 00 00 00 00"}, map[string]string{"ofd.unsent": "0", "ofd.first_unsent_at": "", "ofd.first_unsent_no": ""}},
		"the drive is silent": {map[string]string{"ff01": "30", "ff39": "30"}, map[string]string{
			"fn.link": "lost", "fn.error": "210", "error": "210", "fn.serial": "", "fn.phase": "", "fn.valid_till": "", "fn.warnings": "", "registered": "", "ofd.unsent": "",
			"ofd.first_unsent_at": "", "ofd.first_unsent_no": "", "doc.number": "", "doc.at": "", "doc.sign": "", "reg_number": "",
		}},
		"the drive's life is over": {map[string]string{"ff39": "05"}, map[string]string{
			"fn.error": "215", "error": "215", "ofd.unsent": "", "ofd.first_unsent_at": "", "ofd.first_unsent_no": "",
		}},
		"the drive is not registered": {map[string]string{"ff01": "00 01 00 00 00 00 16 0C 15 10 3B 39393939303738393032303030303031 00 00 00 00", "ff09": "02"}, map[string]string{
			"fn.phase": "1", "fn.warnings": "0", "registered": "false", "doc.number": "", "doc.at": "", "doc.sign": "", "reg_number": "",
		}},
		"the last document is not found": {map[string]string{"ff0aa9010000": "08"}, map[string]string{"doc.sign": ""}},
		"a code without a like":          {map[string]string{"ff40": "50"}, map[string]string{"error": "", "link.detail": "FF 40: 50h"}},
		"a reply that nobody can read":   {map[string]string{"ff40": "00 09"}, map[string]string{"link.detail": "FF 40: FF 40 00 09"}},
		"no number in the tables":        {map[string]string{"1f12010001": "00 30303030"}, map[string]string{"serial": "12526"}},
		"the tables are refused": {map[string]string{"2d12": "5D", "2d13": "5D", "2d14": "5D", "2e1502": "5D", "2e1111": "5D"}, map[string]string{
			"serial": "12526", "ofd.host": "", "ofd.port": "", "ofd.channel": "", "ofd.error": "", "ofd.error_fn": "", "ffd": "",
		}},
		"a program sends for the register": {map[string]string{"1f15010002": "00 00"}, map[string]string{"ofd.channel": "proto"}},
		"wifi":                             {map[string]string{"1f15010006": "00 01"}, map[string]string{"ofd.channel": "wifi"}},
		"cable":                            {map[string]string{"1f15010009": "00 00"}, map[string]string{"ofd.channel": "ethernet"}},
		"ppp":                              {map[string]string{"1f15010009": "00 00", "1f15010001": "00 01"}, map[string]string{"ofd.channel": "usb"}},
	}
}

// TestReadWhatDiffers changes one answer of the script at a time.
func TestReadWhatDiffers(t *testing.T) {
	t.Parallel()
	for name, tc := range differences() {
		t.Run(name, func(t *testing.T) {
			c := newCounterpart(false)
			for command, reply := range tc.replies {
				c.script[command] = reply
			}
			got, err := read(t, c)
			if err != nil {
				t.Fatal(err)
			}
			want := whole()
			for key, v := range tc.want {
				if want[key] = v; v == "" {
					delete(want, key)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTablesAreFoundByName: SmartPOS numbers its tables otherwise. They are found by their names, and
// asked for only once for one register.
func TestTablesAreFoundByName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounterpart(true)
		for old, number := range map[string]string{"2d13": "2d0e", "2d12": "2d0d", "1f12010001": "1f0d010001", "1f13010001": "1f0e010001", "1f13010002": "1f0e010002"} {
			c.script[number] = c.script[old]
			delete(c.script, old)
		}
		c.script["2d13"] = c.script["2d14"] // there is a table 19, of another kind
		p := c.protocol()
		for range 3 {
			d, err := p.Open(t.Context(), kkt.Endpoint{Address: "192.0.2.7:7778"})
			if err != nil {
				t.Fatal(err)
			}
			set, err := d.Read(t.Context(), func() time.Time { return noon })
			if diff := cmp.Diff(whole(), values(t, &set)); err != nil || diff != "" {
				t.Errorf("%v %s", err, diff)
			}
		}
		if c.executed["2d"] != 5 {
			t.Errorf("the names were asked for %d times", c.executed["2d"])
		}
		// Another register at the same address is asked anew.
		c.script["11"] = "00 1E 43 33 86 DA 0F 06 16 01 A4 06 92 02 02 00 03 4E 41 00 00 01 01 10 15 0C 16 11 04 20 00 EF 30 00 00 03 01 00 00 00 00 00 AD F4 CA 01 00"
		d, err := p.Open(t.Context(), kkt.Endpoint{Address: "192.0.2.7:7778"})
		if err == nil {
			_, err = d.Read(t.Context(), func() time.Time { return noon })
		}
		if err != nil || c.executed["2d"] != 10 {
			t.Errorf("%v, asked for %d times", err, c.executed["2d"])
		}
	})
}
