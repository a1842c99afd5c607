// Command ingest measures how many reports a second the real server makes
// durable, judges and answers, over TLS and WebSocket, with the load on the
// same machine. The server is a process of its own, this very program started
// again; see docs/benchmarks.md for the method and the numbers.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Rate     int           `help:"Reports a second that the agents offer." default:"20000"`
	PerAgent int           `help:"Reports a second of one agent, sent as one bundle." default:"40"`
	For      time.Duration `help:"How long it is measured." default:"20s"`
	Warm     time.Duration `help:"How long before." default:"5s"`
	Changing int           `help:"How many of the ten values differ from report to report." default:"3"`
	Change   int           `help:"Of so many reports one differs from the one before at all; 1 = each." default:"1"`
	DB       string        `help:"Database; a new SQLite file by default." placeholder:"URL"`
	Profile  string        `help:"Write the server's CPU profile here." type:"path"`
	Data     string        `help:"Folder of the server; a temporary one by default." type:"path"`

	Server serverCmd `cmd:"" hidden:""`
	Run    runCmd    `cmd:"" default:"1" hidden:""`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var c cli
	k := kong.Parse(&c, kong.Name("ingest"), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := k.Run(&c); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "ingest:", err)
		stop()
		os.Exit(1)
	}
}

// agents is how many are needed for the rate.
func (c *cli) agents() int { return (c.Rate + c.PerAgent - 1) / c.PerAgent }
