package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
)

var errForeign = errors.New("doctor: something else answers there")

// checkPage looks whether the shop's page answers, or could.
func (d *doctor) checkPage(ctx context.Context) {
	url := "http://" + d.Page
	ctx, done := context.WithTimeout(ctx, step)
	defer done()
	switch {
	case d.Page == "":
		d.tell(Skipped, "page.off", nil)
	case d.running:
		if err := answers(ctx, url); err != nil {
			d.tell(Warn, "page.taken", err, "address", d.Page)
			return
		}
		d.tell(OK, "page.ok", nil, "url", url)
	default:
		in, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.Page)
		if err != nil {
			d.tell(Warn, "page.taken", err, "address", d.Page)
			return
		}
		_ = in.Close() // it was only tried
		d.tell(OK, "page.ready", nil, "url", url)
	}
}

// answers asks for the page's style sheet, which no PIN guards.
func answers(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/style.css", nil)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req) // no proxy: it is this machine
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		return fmt.Errorf("%w: %s", errForeign, resp.Status)
	}
	return nil
}
