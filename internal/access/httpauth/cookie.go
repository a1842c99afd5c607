package httpauth

import (
	"net/http"
	"time"

	"github.com/tillwright/tillwright/internal/access"
)

// The cookies' names. The prefix makes a browser refuse the cookie unless it
// came over TLS, for the whole site and for no other host; without TLS
// (a first look on one's own machine) there can be no such promise.
const (
	securePrefix  = "__Host-"
	sessionCookie = "tillwright"
	deviceCookie  = "tillwright-device"
)

// Secure says whether the browser speaks TLS, with this server or with a proxy
// in front. Who lies about the proxy only makes her own cookies stricter.
func (g *Guard) Secure(r *http.Request) bool {
	return g.o.TLS || r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

func (g *Guard) cookieName(r *http.Request, name string) string {
	if g.Secure(r) {
		return securePrefix + name
	}
	return name
}

func (g *Guard) valueOf(r *http.Request, name string) string {
	c, err := r.Cookie(g.cookieName(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

// Cookie is the session's secret that the request carries, "" for none.
func (g *Guard) Cookie(r *http.Request) string { return g.valueOf(r, sessionCookie) }

// Device is what the browser keeps of earlier logins, "" for nothing.
func (g *Guard) Device(r *http.Request) string { return g.valueOf(r, deviceCookie) }

// SetCookie gives the browser the secret of a session, and what it keeps for
// its next login. The session's cookie ends with the session's absolute end;
// the server ends an idle one earlier.
func (g *Guard) SetCookie(w http.ResponseWriter, r *http.Request, s access.SignedIn) {
	http.SetCookie(w, g.cookie(r, sessionCookie, s.Secret, access.SessionLife))
	g.SetDevice(w, r, s.Device)
}

// SetDevice gives the browser what it keeps for its next login.
func (g *Guard) SetDevice(w http.ResponseWriter, r *http.Request, device string) {
	if device == "" {
		return
	}
	c := g.cookie(r, deviceCookie, device, access.DeviceLife)
	c.SameSite = http.SameSiteStrictMode // only this site's own form needs it
	http.SetCookie(w, c)
}

// ClearCookie takes the session's secret away from the browser.
func (g *Guard) ClearCookie(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, g.cookie(r, sessionCookie, "", -time.Second))
}

func (g *Guard) cookie(r *http.Request, name, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: g.cookieName(r, name), Value: value, Path: "/", MaxAge: int(life / time.Second),
		Secure: g.Secure(r), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
