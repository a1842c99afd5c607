package shtrih_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

func raw(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// golden is a line of the files in testdata, whose heads explain the columns.
type golden struct {
	name, source, framing, command, reply string
	fields                                map[string]any
}

func goldens(t testing.TB, file string, columns int) (out []golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != columns || f[1] == "" {
			t.Fatalf("%q has %d columns", line, len(f))
		}
		g := golden{name: f[0], source: f[1], framing: f[2], command: f[columns-3], reply: f[columns-2]}
		if err := json.Unmarshal([]byte(f[columns-1]), &g.fields); err != nil {
			t.Fatalf("%s: %v", f[0], err)
		}
		out = append(out, g)
	}
	return out
}

// asJSON is fields as the API sends them.
func asJSON(t testing.TB, fields map[string]any) (out map[string]any) {
	t.Helper()
	data, err := json.Marshal(fields)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// reframed takes a frame apart and puts it together again.
func reframed(t *testing.T, g golden, frame []byte) ([]byte, error) {
	t.Helper()
	if g.framing == "v2" {
		var d shtrih.DecoderV2
		for i, c := range frame {
			if f, r := d.Push(c); r == shtrih.Whole && i == len(frame)-1 {
				return f.Append(nil)
			}
		}
		return nil, nil
	}
	var d shtrih.DecoderV1
	for i, c := range frame {
		if data, r := d.Push(c); r == shtrih.Whole && i == len(frame)-1 {
			return shtrih.AppendV1(nil, data)
		}
	}
	return nil, nil
}

func TestGoldenFramesInBothDirections(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t, "frames.tsv", 6) {
		for _, frame := range []string{g.command, g.reply} {
			if frame == "" {
				continue
			}
			again, err := reframed(t, g, raw(t, frame))
			if err != nil || !bytes.Equal(again, raw(t, frame)) {
				t.Errorf("%s (%s): % X, %v", g.name, g.source, again, err)
			}
		}
	}
}

func TestExplainGoldenFrames(t *testing.T) {
	t.Parallel()
	p := &shtrih.Protocol{}
	for _, g := range goldens(t, "frames.tsv", 6) {
		if g.command == "" || g.reply == "" {
			continue
		}
		m := p.Explain(raw(t, g.command), raw(t, g.reply))
		if !m.OK || m.Code != 0 || m.Error != "" {
			t.Errorf("%s (%s): %+v", g.name, g.source, m)
		}
		if diff := cmp.Diff(g.fields, asJSON(t, m.Fields)); diff != "" {
			t.Errorf("%s: %s", g.name, diff)
		}
	}
}

func TestExplainGoldenExchanges(t *testing.T) {
	t.Parallel()
	p := &shtrih.Protocol{}
	for _, g := range goldens(t, "exchanges.tsv", 5) {
		m := p.Explain(raw(t, g.command), raw(t, g.reply))
		if !m.OK || m.Code != 0 || m.Error != "" {
			t.Errorf("%s (%s): %+v", g.name, g.source, m)
		}
		if diff := cmp.Diff(g.fields, asJSON(t, m.Fields)); diff != "" {
			t.Errorf("%s: %s", g.name, diff)
		}
	}
}
