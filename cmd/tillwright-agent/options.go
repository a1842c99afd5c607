package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/i18n"
)

// options are the words of a call. They may stand in any order.
type options struct {
	command            string
	args               []string
	data, config, lang string
	user               string
	replace            bool
	service            bool // the service manager calls; written by "service install"
}

// parse reads the words of a call; unknown is the first it cannot read.
func parse(args []string) (o options, unknown string) {
	texts := map[string]*string{"data": &o.data, "config": &o.config, "lang": &o.lang, "user": &o.user}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		if !strings.HasPrefix(word, "-") {
			if o.command == "" {
				o.command = word
			} else {
				o.args = append(o.args, word)
			}
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(word, "-"), "=")
		target, isText := texts[name]
		switch {
		case name == "replace" && !given:
			o.replace = true
		case name == "service" && !given:
			o.service = true
		case name == "help" || name == "h":
			o.command = "help"
		case name == "version":
			o.command = "version"
		case isText && given:
			*target = value
		case isText && len(args) > 0 && !strings.HasPrefix(args[0], "--"): // no value is called so, but a forgotten one looks so
			*target, args = args[0], args[1:]
		default:
			return o, word
		}
	}
	return o, ""
}

// language is what was asked for, else the machine's.
func language(asked string, env func(string) string) i18n.Lang {
	for _, tag := range []string{asked, env("LC_ALL"), env("LC_MESSAGES"), env("LANG"), systemLanguage()} {
		if l, ok := i18n.Parse(tag); ok {
			return l
		}
	}
	return i18n.EN
}

// data is the agent's folder as far as the call says.
func (p *program) data() string {
	if p.opt.data != "" {
		return p.opt.data
	}
	if dir := p.env("STATE_DIRECTORY"); dir != "" { // systemd's
		return dir
	}
	switch {
	case runtime.GOOS == "windows":
		return filepath.Join(cmp.Or(p.env("ProgramData"), `C:\ProgramData`), "Tillwright", "agent")
	case os.Geteuid() == 0:
		return "/var/lib/tillwright-agent"
	case p.env("XDG_STATE_HOME") != "":
		return filepath.Join(p.env("XDG_STATE_HOME"), "tillwright-agent")
	default:
		return filepath.Join(p.env("HOME"), ".local", "state", "tillwright-agent")
	}
}

// file reads the configuration file, which may be missing where nobody named
// one. What the call says wins over what the file says.
func (p *program) file() (agent.File, agent.Config, error) {
	path := p.opt.config
	if path == "" {
		path = filepath.Join(p.data(), "agent.toml")
	}
	var f agent.File
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		if f, err = agent.ParseFile(path, data); err != nil {
			return f, agent.Config{}, err
		}
	case p.opt.config != "" || !errors.Is(err, fs.ErrNotExist):
		return f, agent.Config{}, agent.ErrFile.With("path", path).With("detail", err.Error())
	}
	c := f.Config()
	if c.Data == "" || p.opt.data != "" {
		c.Data = p.data()
	}
	c.Build = build()
	c.Host, _ = os.Hostname() // a name for people; none is no harm
	return f, c, nil
}
