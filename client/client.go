package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// API is a Tillwright server as one token sees it. It is safe for concurrent
// use.
type API struct {
	base  string
	token string
	http  *http.Client
	lang  string
	agent string
	wait  waiter
}

// Option changes how an API is called.
type Option func(*API)

// WithHTTPClient takes another HTTP client, for example one that trusts a
// server's own certificate.
func WithHTTPClient(c *http.Client) Option { return func(a *API) { a.http = c } }

// WithLang asks for sentences in a language (ru, de, en) where no person's own
// language is known.
func WithLang(lang string) Option { return func(a *API) { a.lang = lang } }

// WithUserAgent says which program calls.
func WithUserAgent(name string) Option { return func(a *API) { a.agent = name } }

// New makes an API of the server at baseURL ("https://service.example"). The
// token may be "" for the calls that need none. It calls nothing yet.
func New(baseURL, token string, opts ...Option) (*API, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("client: %q is not the address of a server", baseURL)
	}
	a := &API{
		base: strings.TrimSuffix(u.String(), "/") + "/api/v1", token: token, agent: "tillwright-client",
		http: &http.Client{Timeout: time.Minute}, wait: pause,
	}
	for _, o := range opts {
		o(a)
	}
	return a, nil
}

// maxAnswer bounds what is read of one answer, in bytes.
const maxAnswer = 32 << 20

// call does one request: in is its body (nil for none) and out takes the
// answer's (nil for none). A refusal is an *Error.
func (a *API) call(ctx context.Context, method, path string, in, out any, header ...string) error {
	req, err := a.request(ctx, method, path, in)
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] != "" {
			req.Header.Set(header[i], header[i+1])
		}
	}
	res, err := a.http.Do(req)
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // it has been read
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("client: %s %s: %w", method, path, err)
	case len(data) > maxAnswer:
		return fmt.Errorf("client: %s %s: %w", method, path, errTooLong)
	case res.StatusCode >= http.StatusMultipleChoices:
		return refusal(res, data)
	case out == nil || len(data) == 0:
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("client: %s %s: %w", method, path, err)
	}
	return nil
}

var errTooLong = errors.New("the answer is too long")

func (a *API) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("client: %w", err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	if a.lang != "" {
		req.Header.Set("Accept-Language", a.lang)
	}
	req.Header.Set("User-Agent", a.agent)
	return req, nil
}

// get reads one thing.
func get[T any](ctx context.Context, a *API, path string) (out T, err error) {
	err = a.call(ctx, http.MethodGet, path, nil, &out)
	return out, err
}

// send writes something and reads what it has become.
func send[T any](ctx context.Context, a *API, method, path string, in any, header ...string) (out T, err error) {
	err = a.call(ctx, method, path, in, &out, header...)
	return out, err
}

// id is a path's part that nobody else chose.
func id(s string) string { return url.PathEscape(s) }
