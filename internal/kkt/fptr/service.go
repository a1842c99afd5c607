package fptr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/tillwright/tillwright/internal/kkt"
)

// MaxBody is how many bytes of one answer are read. The longest real ones, a
// registration or a document with many items, have a few dozen kilobytes.
const MaxBody = 1 << 20

// errLost is an answer that did not come, or came as the service's own
// failure: the request may have been taken.
var errLost = errors.New("fptr: the answer was lost")

// errUnknownTask is the service's word that it has no task of that UUID.
var errUnknownTask = errors.New("fptr: the service has no such task")

// service is one HTTP service and one register behind it.
type service struct {
	base           string
	device         string // the id of the register in the service; "" is its default one
	user, password string
	login          bool
	timing         Timing
	http           *http.Client
	api            api
}

// answer is one HTTP answer.
type answer struct {
	status int
	body   []byte
}

// isJSON says whether the answer is at least of the right kind.
func (a answer) isJSON() bool { return json.Valid(a.body) }

// call sends one HTTP request once. An error that is errLost means that the
// service may have read it; kkt.ErrRefused that it has not.
func (s *service) call(ctx context.Context, method, path string, body []byte) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timing.Answer)
	defer cancel()
	target := s.base + path
	if s.device != "" {
		target += "?deviceID=" + url.QueryEscape(s.device)
	}
	r, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("fptr: %w: %w", kkt.ErrMissing, err)
	}
	if body == nil {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	r.GetBody = nil // nothing may be sent twice
	r.Header.Set("Content-Type", "application/json")
	if s.login {
		r.SetBasicAuth(s.user, s.password)
	}
	resp, err := s.http.Do(r)
	if err != nil {
		return answer{}, callFailure(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was read to its end, or is not wanted
	got, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	switch {
	case err != nil:
		return answer{}, callFailure(err)
	case len(got) > MaxBody:
		return answer{}, garbage(got, "answer too long")
	}
	return answer{status: resp.StatusCode, body: got}, nil
}

// callFailure tells apart what never left from what may have arrived. No route
// and a network that is down count as nobody taking the connection.
func callFailure(err error) error {
	var op *net.OpError
	var name *net.DNSError
	switch {
	case errors.As(err, &name):
		return fmt.Errorf("fptr: %w: %w", kkt.ErrMissing, err)
	case !errors.As(err, &op) || op.Op != "dial":
		return fmt.Errorf("%w: %w", errLost, err)
	case op.Timeout(), errors.Is(err, context.Canceled):
		return fmt.Errorf("fptr: %w: %w", kkt.ErrNoAnswer, err)
	default:
		return fmt.Errorf("fptr: %w: %w", kkt.ErrRefused, err)
	}
}

// find asks which API the service speaks. The newer one tells about itself
// without a login; the older one has no such page.
func (s *service) find(ctx context.Context) error {
	a, err := s.call(ctx, http.MethodGet, "/api/v2/serverInfo", nil)
	var info struct {
		ServerVersion, DriverVersion *string
	}
	switch {
	case errors.Is(err, errLost):
		return fmt.Errorf("%w: %w", kkt.ErrNoAnswer, err)
	case err != nil:
		return err
	case a.status == http.StatusOK && json.Unmarshal(a.body, &info) == nil && (info.ServerVersion != nil || info.DriverVersion != nil):
		s.api = v2{}
		return nil
	case a.status == http.StatusNotFound:
		s.api = v1{}
		return nil
	case a.status == http.StatusOK:
		return garbage(a.body, "not the driver's service")
	default:
		return refusedByStatus(a)
	}
}

// refusedByStatus reads an HTTP status that is no answer to the question. A
// status of the service's own failure is a lost answer.
func refusedByStatus(a answer) error {
	switch {
	case a.status == http.StatusUnauthorized:
		return fmt.Errorf("fptr: wrong name or password for the service: %w", kkt.ErrRefused)
	case a.status == http.StatusForbidden:
		return fmt.Errorf("fptr: the register is not switched on in the service: %w", kkt.ErrMissing)
	case a.status == http.StatusBadRequest, a.status == http.StatusRequestEntityTooLarge:
		return &kkt.RefusalError{Code: CodeParse}
	case a.status >= http.StatusInternalServerError:
		return fmt.Errorf("%w: status %d", errLost, a.status)
	default:
		return garbage(a.body, fmt.Sprintf("status %d", a.status))
	}
}

func garbage(b []byte, why string) error {
	return kkt.Garbage(b, why)
}

func (s *service) close() { s.http.CloseIdleConnections() }
