package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/sim"
)

// shop is a running server, a bench of registers and an agent that reads them.
type shop struct {
	programs
	api     *client.API
	line    *line
	server  *exec.Cmd
	bench   *exec.Cmd
	agent   *exec.Cmd
	devices []string
	control string // address of the bench's control
	binary  int64  // size of the agent's program
	stop    context.CancelFunc
}

// open builds and starts everything in a folder.
func (c *cli) open(ctx context.Context, dir string) (_ *shop, err error) {
	ctx, stop := context.WithCancel(ctx)
	s := &shop{programs: programs{dir: dir, agent: c.Agent, keep: c.Keep}, line: &line{answer: c.Answer}, stop: stop}
	defer func() {
		if err != nil {
			_ = s.close() // why it did not start is worth more
		}
	}()
	if err := s.build(ctx); err != nil {
		return nil, err
	}
	info, err := os.Stat(s.path("tillwright-agent"))
	if err != nil {
		return nil, err
	}
	s.binary = info.Size()
	if err := s.serve(ctx, filepath.Join(dir, "server")); err != nil {
		return nil, err
	}
	if err := s.registers(ctx, c); err != nil {
		return nil, err
	}
	return s, s.wait(ctx)
}

// serve starts the server with a company and keeps a way to ask it.
func (s *shop) serve(ctx context.Context, data string) error {
	const email = "admin@example.org"
	_, err := s.call(ctx, "tillwright", "user", "add", "--company", "Bench", "--email", email, "--name", "Bench", "--data", data)
	if err != nil {
		return err
	}
	token, err := s.call(ctx, "tillwright", "user", "token", "--email", email, "--data", data)
	if err != nil {
		return err
	}
	cmd, facts, err := s.ready(ctx, "tillwright", "serve", "--listen", "127.0.0.1:0", "--data", data)
	if err != nil {
		return err
	}
	s.server = cmd
	s.api, err = client.New(facts["url"][0], strings.TrimSpace(token))
	return err
}

// registers switches registers on, has them trade as a shop does at noon, and
// sets an agent before them.
func (s *shop) registers(ctx context.Context, c *cli) error {
	now := time.Now().UTC()
	zone := fmt.Sprintf("Etc/GMT%+d", now.Hour()-12) // its signs are the other way round
	cmd, facts, err := s.ready(ctx, "tillwright-sim", "kkt", "--protocol", "atol", "--listen", "127.0.0.1:0",
		"--count", fmt.Sprint(c.Registers), "--seed", "1", "--life", "--zone", zone, "--control", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.bench, s.control = cmd, facts["control"][0]
	outlet, err := s.outlet(ctx)
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "agent")
	agent, err := s.enrol(ctx, outlet, data)
	if err != nil {
		return err
	}
	var file strings.Builder
	file.WriteString("search = \"serial\"\nlook_ofd = false\n") // nobody's network is knocked at for a measurement
	for _, register := range facts["register"] {
		address, err := s.line.to(ctx, register)
		if err != nil {
			return err
		}
		id, err := s.device(ctx, outlet, agent, address)
		if err != nil {
			return err
		}
		fmt.Fprintf(&file, "[[device]]\nid = %q\npoll = %q\nprotocol = \"atol\"\ntransport = \"tcp\"\naddress = %q\n", id, c.Poll, address)
	}
	if err := os.WriteFile(filepath.Join(data, "agent.toml"), []byte(file.String()), 0o600); err != nil {
		return err
	}
	if s.agent, err = s.start(ctx, "tillwright-agent", "run", "--data", data); err != nil {
		return err
	}
	s.agent.Env = append(os.Environ(), "TZ="+zone) // a register knows no zones
	return s.agent.Start()
}

// enrol makes an agent in a folder and gives its id.
func (s *shop) enrol(ctx context.Context, outlet, data string) (string, error) {
	code, err := s.api.CreateEnrolment(ctx, client.NewEnrolment{Outlet: outlet, Name: "Bench"})
	if err != nil {
		return "", err
	}
	if _, err := s.call(ctx, "tillwright-agent", "enrol", code.Enrolling, "--data", data); err != nil {
		return "", err
	}
	for a, err := range s.api.Agents(ctx) {
		return a.ID, err
	}
	return "", errors.New("there is no agent")
}

// device tells the server of a register.
func (s *shop) device(ctx context.Context, outlet, agent, address string) (string, error) {
	d, err := s.api.AddDevice(ctx, client.NewDevice{Outlet: outlet, Agent: agent, DeviceForm: client.DeviceForm{
		Kind: "fiscal_printer", Name: address, Endpoint: &client.Endpoint{Protocol: "atol", Transport: "tcp", Address: address},
	}})
	s.devices = append(s.devices, d.ID)
	return d.ID, err
}

func (s *shop) outlet(ctx context.Context) (string, error) {
	c, err := s.api.AddClient(ctx, client.ClientForm{Name: "Bench", Kind: "company", Country: "RU"})
	if err != nil {
		return "", err
	}
	o, err := s.api.AddOutlet(ctx, client.NewOutlet{Client: c.ID, OutletForm: client.OutletForm{Name: "Bench", Zone: "Europe/Moscow"}})
	return o.ID, err
}

// wait lets the agent read every register once.
func (s *shop) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		n, err := s.reported(ctx)
		if err != nil || n == len(s.devices) {
			return err
		}
		if err := pause(ctx, time.Second); err != nil {
			return fmt.Errorf("only %d of %d registers were read: %w", n, len(s.devices), err)
		}
	}
}

// reported is how many registers the server knows to answer.
func (s *shop) reported(ctx context.Context) (n int, err error) {
	for d, err := range s.api.Devices(ctx, client.DeviceFilter{}) {
		if err != nil {
			return 0, err
		}
		if d.Live != nil && (d.Live.State == "ok" || d.Live.State == "ill") {
			n++
		}
	}
	return n, nil
}

// readings is how often the registers were read until now: each reading begins
// with the question for the state.
func (s *shop) readings(ctx context.Context) (n int, err error) {
	const state = "3F"
	for i := range s.devices {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/registers/%d/state", s.control, i), nil)
		if err != nil {
			return 0, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err
		}
		var register sim.State
		err = json.NewDecoder(resp.Body).Decode(&register)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return 0, err
		}
		n += register.Executed[state]
	}
	return n, nil
}

// close stops the programs, the agent first.
func (s *shop) close() error {
	s.stop()
	var errs []error
	for _, cmd := range []*exec.Cmd{s.agent, s.bench, s.server} {
		if cmd == nil || cmd.Process == nil {
			continue
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &exit) && !errors.Is(err, context.Canceled) {
			errs = append(errs, err)
		}
	}
	s.line.close()
	return errors.Join(errs...)
}
