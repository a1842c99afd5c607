package httpauth

import (
	"net/http"
	"time"

	"github.com/tillwright/tillwright/internal/access"
)

// The cookie's names. The prefix makes a browser refuse the cookie unless it
// came over TLS, for the whole site and for no other host; without TLS
// (a first look on one's own machine) there can be no such promise.
const (
	secureCookie = "__Host-tillwright"
	plainCookie  = "tillwright"
)

func (g *Guard) cookieName() string {
	if g.o.TLS {
		return secureCookie
	}
	return plainCookie
}

// Cookie is the session's secret that the request carries, "" for none.
func (g *Guard) Cookie(r *http.Request) string {
	c, err := r.Cookie(g.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// SetCookie gives the browser the secret of a session. The cookie ends with
// the session's absolute end; the server ends an idle one earlier.
func (g *Guard) SetCookie(w http.ResponseWriter, s access.SignedIn) {
	http.SetCookie(w, g.cookie(s.Secret, int(access.SessionLife/time.Second)))
}

// ClearCookie takes the secret away from the browser.
func (g *Guard) ClearCookie(w http.ResponseWriter) {
	http.SetCookie(w, g.cookie("", -1))
}

func (g *Guard) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: g.cookieName(), Value: value, Path: "/", MaxAge: maxAge,
		Secure: g.o.TLS, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
