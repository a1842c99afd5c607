// Command tillwright is the service company's server and everything that is
// done to it from a terminal.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // a machine without zone files still knows Omsk

	"github.com/alecthomas/kong"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/logs"
	"github.com/tillwright/tillwright/internal/migrate"
)

// cli is the whole command line. Every flag can also be set by the
// environment (TILLWRIGHT_DATA) or in the settings file.
type cli struct {
	Config kong.ConfigFlag `help:"Settings file (TOML)." placeholder:"FILE"`
	Log    string          `help:"Least level that is logged: debug, info, warn, error." default:"info" enum:"debug,info,warn,error" env:"TILLWRIGHT_LOG"`

	Serve   serveCmd   `cmd:"" help:"Run the server."`
	Demo    demoCmd    `cmd:"" help:"Run the server with an invented company, emulated registers and agents."`
	Migrate migrateCmd `cmd:"" help:"Bring the database to this program's form."`
	Backup  backupCmd  `cmd:"" help:"Copy the whole database into one verified file, while the server runs."`
	Restore restoreCmd `cmd:"" help:"Put a backup back into an empty database."`
	Move    moveCmd    `cmd:"" help:"Copy the database into another, empty one (SQLite to PostgreSQL)."`
	User    userCmd    `cmd:"" help:"People: add one, set a password, print an API token."`
	Seed    seedCmd    `cmd:"" help:"Fill an empty database with devices and cases, to measure with."`
	Doctor  doctorCmd  `cmd:"" help:"Check this server and say what to do."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// store is where the data lies; every command that opens it has these flags.
type store struct {
	Data string `help:"Folder of this server's data." default:"./data" env:"TILLWRIGHT_DATA" type:"path"`
	DB   string `help:"sqlite:FILE or postgres://…; by default tillwright.db in the data folder." env:"TILLWRIGHT_DB" placeholder:"URL"`
}

func (s store) open(ctx context.Context) (*db.DB, error) {
	dsn := s.DB
	if dsn == "" {
		if err := os.MkdirAll(s.Data, 0o700); err != nil {
			return nil, err
		}
		dsn = "sqlite:" + filepath.Join(s.Data, "tillwright.db")
	}
	return db.Open(ctx, dsn, clock.System{})
}

// with opens the database, brings it to this program's form and runs fn.
func (s store) with(ctx context.Context, fn func(*db.DB) error) (err error) {
	d, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := migrate.Up(ctx, d); err != nil {
		return err
	}
	return fn(d)
}

// env is what commands need of the process; a test gives its own.
type env struct {
	out io.Writer
	log *slog.Logger
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k := kong.Parse(&c, kong.Name("tillwright"), kong.UsageOnError(),
		kong.Description("Looks after other people's cash registers."),
		kong.Configuration(settings), kong.BindTo(ctx, (*context.Context)(nil)))
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Log)) // kong has checked the word
	e := env{out: os.Stdout, log: logs.New(os.Stderr, level, terminal(os.Stderr))}
	if err := k.Run(e); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "tillwright:", err)
		stop()
		os.Exit(1)
	}
}

// terminal says whether a person reads the log.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

type versionCmd struct{}

// Run prints the module's version and the commit it was built from.
func (versionCmd) Run(e env) error {
	_, err := fmt.Fprintln(e.out, "tillwright", build())
	return err
}

// build is the version as the Go tool stamped it.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) > 12 {
			version += " " + s.Value[:12]
		}
	}
	return version
}
