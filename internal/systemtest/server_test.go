package systemtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/client"
)

// server is the company's server: a data folder, and the program that runs on
// it from time to time.
type server struct {
	*process // the running one; nil before the first start
	t        *testing.T
	data     string
	flags    []string
	listen   string // the same port at every start, or agents would not come back
	token    string
	http     http.Client
}

// install makes a new server with a company and an admin, the way the
// handbook says, and starts it.
func install(t *testing.T, flags ...string) *server {
	t.Helper()
	return installIn(t, filepath.Join(t.TempDir(), "server"), flags...)
}

func installIn(t *testing.T, data string, flags ...string) *server {
	t.Helper()
	s := &server{t: t, data: data, flags: append([]string{"--data", data}, flags...), listen: "127.0.0.1:0"}
	s.token = s.hire("Вечерняя смена", "admin@example.org")
	s.up()
	return s
}

// hire makes a company with its admin and gives the admin's token.
func (s *server) hire(company, email string) string {
	s.t.Helper()
	out := must(s.t, progServer, append([]string{"user", "add", "--company", company, "--email", email, "--name", "Инна"}, s.flags...)...)
	if !strings.Contains(out, "\npassword=") {
		s.t.Fatalf("user add printed %q", out)
	}
	return strings.TrimSpace(must(s.t, progServer, append([]string{"user", "token", "--email", email}, s.flags...)...))
}

// up starts the program and waits until it is ready. The heartbeat is a
// second, so that a test need not wait a minute for a sign of life.
func (s *server) up() {
	s.t.Helper()
	args := append([]string{"serve", "--listen", s.listen, "--heartbeat", "1s"}, s.flags...)
	s.process = start(s.t, progServer, args...).ready()
	u, err := url.Parse(s.fact("url"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.listen = u.Host
	if code, body := s.plain("/readyz"); code != http.StatusOK {
		s.t.Fatalf("/readyz: %d %s", code, body)
	}
}

// down stops the program in order.
func (s *server) down() {
	s.t.Helper()
	if code := s.stop(); code != 0 {
		s.t.Fatalf("the server ended with %d:\n%s", code, s.said)
	}
}

// plain gets a path that needs nobody signed in.
func (s *server) plain(path string) (code int, body string) {
	s.t.Helper()
	resp, err := s.http.Get("http://" + s.listen + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// call makes one call of the API; into may be nil. A refusal is an error with
// its status and body.
func (s *server) call(method, path string, in, into any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, "http://"+s.listen+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, data)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(data, into)
}

// ask is call for one that has to succeed.
func ask[T any](s *server, method, path string, in any) (out T) {
	s.t.Helper()
	var into any = &out
	if err := s.call(method, path, in, into); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func get[T any](s *server, path string) T {
	s.t.Helper()
	return ask[T](s, http.MethodGet, path, nil)
}

// all reads every page of a list.
func all[T any](s *server, path string) (out []T) {
	s.t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	for after := ""; ; {
		page := get[client.List[T]](s, path+sep+"limit=200"+after)
		out = append(out, page.Items...)
		if page.Next == "" {
			return out
		}
		after = "&after=" + url.QueryEscape(page.Next)
	}
}

func (s *server) device(id string) client.DeviceDetail {
	s.t.Helper()
	return get[client.DeviceDetail](s, "/devices/"+id)
}

// state is "" for a device that the fleet has not been told of yet.
func (s *server) state(id string) string {
	s.t.Helper()
	if d := s.device(id); d.Live != nil {
		return d.Live.State
	}
	return ""
}

// well waits until the server says that every device is.
func (s *server) well(ids ...string) {
	s.t.Helper()
	for _, id := range ids {
		until(s.t, "device "+id+" is well", func() bool { return s.state(id) == "ok" })
	}
}

func (s *server) alerts(device string) []client.Alert {
	s.t.Helper()
	return all[client.Alert](s, "/alerts?device="+device)
}

func (s *server) cases(device string) []client.Case {
	s.t.Helper()
	return all[client.Case](s, "/cases?device="+device+"&state=new,open,waiting,resolved,closed")
}

// command waits for the end of a command.
func (s *server) command(id string) (c client.Command) {
	s.t.Helper()
	until(s.t, "command "+id+" ends", func() bool {
		c = get[client.Command](s, "/commands/"+id)
		return !c.EndedAt.IsZero()
	})
	return c
}
