package agent

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/tillwright/tillwright/internal/agent/shop"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// ErrFile says that the configuration file cannot be used. Its arguments are
// path and detail.
var ErrFile = problem.New(problem.Invalid, "agent_file")

// File is agent.toml. Everything in it may be left out.
type File struct {
	Server   string       `toml:"server"`    // for a server that moved
	Data     string       `toml:"data"`      // the agent's folder
	LogLevel string       `toml:"log_level"` // debug, info, warn, error
	SpoolMB  int          `toml:"spool_mb"`  // largest size of the buffer on disk
	Search   string       `toml:"search"`    // where to look for registers: all, serial, none
	LookOFD  *bool        `toml:"look_ofd"`  // whether the way to the OFD is looked at; left out: it is
	Page     *string      `toml:"page"`      // where the shop's page is served; left out: shop.DefaultPage; "" = nowhere
	PagePIN  string       `toml:"page_pin"`  // that the page asks for
	Devices  []FileDevice `toml:"device"`
}

// FileDevice is a register that the file names.
type FileDevice struct {
	ID   string `toml:"id"`   // as the server shows it
	Poll string `toml:"poll"` // "10s"; "" = the default
	kkt.Endpoint
}

// ParseFile reads agent.toml; path is only for the error. It fails with
// ErrFile, also for a word that the file may not have: a mistyped one would
// otherwise do nothing in silence.
func ParseFile(path string, data []byte) (File, error) {
	bad := func(detail string) (File, error) {
		return File{}, ErrFile.With("path", path).With("detail", detail)
	}
	var f File
	meta, err := toml.Decode(string(data), &f)
	if err != nil {
		return bad(err.Error())
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return bad(extra[0].String())
	}
	if f.Server != "" {
		e, err := wire.ParseEnrolment(strings.TrimRight(f.Server, "/") + "/#none")
		if err != nil {
			return bad("server")
		}
		f.Server = e.Server
	}
	if _, err := f.Level(); err != nil {
		return bad("log_level")
	}
	if _, err := f.devices(); err != nil {
		return bad(err.Error())
	}
	if f.Search != "" && !slices.Contains([]string{SearchAll, SearchSerial, SearchNone}, f.Search) {
		return bad("search")
	}
	if f.SpoolMB < 0 || f.SpoolMB > 1<<20 {
		return bad("spool_mb")
	}
	if err := shop.CheckAddress(f.page(), f.PagePIN); err != nil {
		return bad(err.Error())
	}
	return f, nil
}

// page is where the shop's page is served.
func (f File) page() string {
	if f.Page == nil {
		return shop.DefaultPage
	}
	return *f.Page
}

// Level is the log level, info where the file says nothing.
func (f File) Level() (slog.Level, error) {
	var l slog.Level
	if f.LogLevel == "" {
		return slog.LevelInfo, nil
	}
	err := l.UnmarshalText([]byte(f.LogLevel))
	return l, err
}

// Config is the agent's configuration by this file.
func (f File) Config() Config {
	devices, _ := f.devices() // ParseFile has seen to it
	return Config{
		Data: f.Data, Server: f.Server, Devices: devices, MaxBytes: int64(f.SpoolMB) << 20, Search: f.Search, Page: f.page(), PIN: f.PagePIN,
	}
}

func (f File) devices() ([]wire.Device, error) {
	seen := map[string]bool{}
	var out []wire.Device
	for i, d := range f.Devices {
		at := fmt.Sprintf("device[%d]", i)
		if d.ID == "" || len(d.ID) > maxID || seen[d.ID] {
			return nil, fmt.Errorf("%s.id", at)
		}
		seen[d.ID] = true
		if d.Protocol == "" || d.Address == "" || d.Transport == "" {
			return nil, fmt.Errorf("%s: protocol, transport, address", at)
		}
		dev := wire.Device{ID: d.ID, Endpoint: d.Endpoint}
		if d.Poll != "" {
			every, err := time.ParseDuration(d.Poll)
			if err != nil || every < 100*time.Millisecond || every > time.Hour {
				return nil, fmt.Errorf("%s.poll", at)
			}
			dev.Poll = every.Milliseconds()
		}
		out = append(out, dev)
	}
	return out, nil
}
