package frame

import (
	"crypto/sha1" //nolint:gosec // RFC 6455 asks for it; it proves nothing but that the peer speaks WebSocket
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// The reasons for which Upgrade refuses a request; the answer has been written
// when it returns one of them.
var (
	ErrNotWebSocket = errors.New("frame: not a WebSocket request")
	ErrBrowser      = errors.New("frame: a browser's request")
	ErrHijack       = errors.New("frame: the connection could not be taken over")
)

const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// Upgrade checks the handshake, answers it and takes the connection over. It
// needs HTTP/1.1. A request with an Origin comes from a web page; no page has
// business here, so it is refused, which also keeps foreign pages from using a
// visitor's network. After Upgrade the handler returns and somebody else calls
// Read: net/http then lets go of its own buffers.
func Upgrade(w http.ResponseWriter, r *http.Request, o Options) (*Conn, error) {
	o = o.orUsual()
	if status, err := check(r); err != nil {
		w.Header().Set("Sec-WebSocket-Version", "13")
		if status == http.StatusUpgradeRequired {
			w.Header().Set("Upgrade", "websocket")
			w.Header().Set("Connection", "Upgrade")
		}
		http.Error(w, http.StatusText(status), status)
		return nil, err
	}
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return nil, fmt.Errorf("%w: %w", ErrHijack, err)
	}
	if rw.Reader.Buffered() > 0 { // frames before our answer: RFC 6455, 4.1 has the client wait
		return nil, errors.Join(violation("frames before the handshake's end"), nc.Close())
	}
	if err := answer(nc, r.Header.Get("Sec-WebSocket-Key"), o.WriteTimeout); err != nil {
		return nil, errors.Join(err, nc.Close())
	}
	return NewConn(nc, o), nil
}

func check(r *http.Request) (status int, err error) {
	switch {
	case r.ProtoMajor != 1 || !hasToken(r.Header, "Upgrade", "websocket") || !hasToken(r.Header, "Connection", "upgrade"):
		return http.StatusUpgradeRequired, ErrNotWebSocket
	case r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1):
		return http.StatusBadRequest, ErrNotWebSocket
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		return http.StatusUpgradeRequired, ErrNotWebSocket
	case r.Header.Get("Origin") != "":
		return http.StatusForbidden, ErrBrowser
	}
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-WebSocket-Key"))
	if err != nil || len(key) != 16 {
		return http.StatusBadRequest, ErrNotWebSocket
	}
	return 0, nil
}

func hasToken(h http.Header, name, token string) bool {
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

func answer(nc net.Conn, key string, timeout time.Duration) error {
	sum := sha1.Sum([]byte(key + acceptGUID)) //nolint:gosec // see the import
	if err := nc.SetDeadline(time.Now().Add(timeout)); err != nil {
		return fmt.Errorf("frame: %w", err)
	}
	_, err := nc.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"))
	if err == nil {
		err = nc.SetDeadline(time.Time{})
	}
	if err != nil {
		return fmt.Errorf("frame: %w", err)
	}
	return nil
}
