package agent

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/agent/shop"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

const good = `
server = "https://till.example:8443/"
data = "/srv/agent"
log_level = "debug"
spool_mb = 16

[[device]]
id = "d1"
poll = "5s"
protocol = "atol"
transport = "serial"
address = "/dev/ttyACM0"
baud = 115200
password = "30"
`

func TestParseFile(t *testing.T) {
	t.Parallel()
	f, err := ParseFile("agent.toml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	c := f.Config()
	want := wire.Device{ID: "d1", Poll: 5000, Endpoint: kkt.Endpoint{
		Protocol: "atol", Transport: "serial", Address: "/dev/ttyACM0", Baud: 115200, Password: "30",
	}}
	if c.Server != "https://till.example:8443" || c.Data != "/srv/agent" || c.MaxBytes != 16<<20 || len(c.Devices) != 1 || c.Devices[0] != want {
		t.Fatalf("%+v", c)
	}
}

func TestParseFileSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, detail := range map[string]string{
		`serverr = "x"`:                    "serverr",
		`server = "http://till.example"`:   "server",
		`log_level = "loud"`:               "log_level",
		`spool_mb = -1`:                    "spool_mb",
		`page = "0.0.0.0:7722"`:            shop.ErrOpen.Error(),
		`page = "till.example:7722"`:       shop.ErrAddress.Error(),
		`page_pin = "123"`:                 shop.ErrPIN.Error(),
		"[[device]]\nid = \"\"":            "device[0].id",
		"[[device]]\nid = \"a\"":           "device[0]: protocol, transport, address",
		good + "\n[[device]]\nid = \"d1\"": "device[1].id",
		"[[device]]\nid = \"a\"\nprotocol=\"atol\"\ntransport=\"tcp\"\naddress=\"h:1\"\npoll=\"1us\"": "device[0].poll",
	} {
		_, err := ParseFile("agent.toml", []byte(text))
		if !errors.Is(err, ErrFile) || problem.Of(err).Args["detail"] != detail {
			t.Errorf("%q: %v, %v", text, err, problem.Of(err).Args)
		}
	}
	if _, err := ParseFile("agent.toml", []byte("server = ")); !errors.Is(err, ErrFile) {
		t.Errorf("%v", err)
	}
}

func TestWhereTheShopsPageIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Config{
		"":                        {Page: shop.DefaultPage},
		`page = ""`:               {},
		`page = "127.0.0.1:7733"`: {Page: "127.0.0.1:7733"},
		"page_pin = \"2468\"":     {Page: shop.DefaultPage, PIN: "2468"},
		"page = \"0.0.0.0:7722\"\npage_pin = \"2468\"": {Page: "0.0.0.0:7722", PIN: "2468"},
	} {
		f, err := ParseFile("agent.toml", []byte(text))
		if c := f.Config(); err != nil || c.Page != want.Page || c.PIN != want.PIN {
			t.Errorf("%q: %q %q, %v", text, c.Page, c.PIN, err)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(good))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ParseFile("agent.toml", data)
		if err != nil {
			return
		}
		for _, d := range file.Config().Devices {
			if d.ID == "" || d.Poll < 0 {
				t.Fatalf("%+v", d)
			}
		}
	})
}

func TestTheFilesDevicesWin(t *testing.T) {
	t.Parallel()
	at := func(id, address string) wire.Device {
		return wire.Device{ID: id, Endpoint: kkt.Endpoint{Address: address}}
	}
	got := merge([]wire.Device{at("a", "file")}, []wire.Device{at("a", "server"), at("b", "server"), at("b", "again"), at("", "x")})
	if len(got) != 2 || got[0] != at("a", "file") || got[1] != at("b", "server") {
		t.Errorf("%+v", got)
	}
}

func TestTheBeatFallsIntoItsSlot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, "now"))
		every := time.Duration(rapid.Int64Range(1000, 3_600_000).Draw(t, "every")) * time.Millisecond
		slot := time.Duration(rapid.Int64Range(-1, 7_200_000).Draw(t, "slot")) * time.Millisecond
		wait := untilBeat(now, every, slot)
		if wait <= 0 || wait > every {
			t.Fatalf("wait %s of %s", wait, every)
		}
		if off := (now.Add(wait).UnixMilli() - slot.Milliseconds()) % every.Milliseconds(); off != 0 {
			t.Fatalf("%d ms beside the slot", off)
		}
	})
}

func TestTheServersRhythmIsBounded(t *testing.T) {
	t.Parallel()
	for ms, want := range map[int64]time.Duration{0: time.Minute, -5: time.Minute, 1: time.Second, 30000: 30 * time.Second, 1 << 50: time.Hour} {
		s := settings{config: wire.Config{Heartbeat: ms}}
		if every, _ := s.rhythm(); every != want {
			t.Errorf("%d ms: %s", ms, every)
		}
	}
}
