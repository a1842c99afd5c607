package httpauth

import "net/http"

// policy lets a page load nothing but what this server serves. There is no
// 'unsafe-inline' and no 'unsafe-eval': pages keep scripts and styles in
// files of their own.
const policy = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"

// Headers sets what keeps a page to itself. With TLS it also tells browsers
// to come by https alone for the next year.
func (g *Guard) Headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		// The camera is for photographs of a screen; nothing else is used.
		h.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), serial=()")
		if g.o.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
