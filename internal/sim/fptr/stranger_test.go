package fptr_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/sim/fptr"
)

// TestAsSomebodyElsesClientsDo is what public clients of the driver's service
// were seen to do and to rely on; each is named with what it does its own way.
func TestAsSomebodyElsesClientsDo(t *testing.T) {
	t.Parallel()
	c := start(t, fptr.Options{Seed: 6})
	bare := strings.NewReplacer(`"operator":{"name":"Иванов"},`, ``, `"taxationType":"osn",`, ``).Replace(sale)
	last := func() map[string]any { return c.final("/requests/last")[0] }
	for _, s := range []struct{ who, uuid, task, status, text string }{
		// Posts to the path with a slash at its end, and a list of one.
		{"fadinflame/atol-webapi", "AbCdEfGh", `[{"type":"getShiftStatus"}]`, "ready", ""},
		{"fadinflame/atol-webapi: a copy", "BbCdEfGh", `[{"type":"printLastReceiptCopy"}]`, "ready", ""},
		// Gives only what it was given: the driver's scripts want neither person nor tax system.
		{"sir-go/atol-client 2022", "0123456789abcdef0123456789abcdef", bare, "ready", ""},
		{"a driver's script: payment by number", "num", strings.Replace(sale, `"type":"cash"`, `"type":"0"`, 1), "ready", ""},
		{"a driver's script: no such payment", "num9", strings.Replace(sale, `"type":"cash"`, `"type":"9"`, 1), "error", "задание"},
		// A till in a browser tells people why by words in the text.
		{"a browser's till: not paid", "short", strings.Replace(sale, `"sum":201`, `"sum":5`, 1), "error", "меньше"},
		{"a browser's till: closing", "z", `{"type":"closeShift"}`, "ready", ""},
		{"a browser's till: closing twice", "zz", `{"type":"closeShift"}`, "error", "Смена закрыт"},
		{"no such document", "doc", `{"type":"printFnDocument","fiscalDocumentNumber":1}`, "error", "нет таких данных"},
	} {
		if status, _ := c.call(http.MethodPost, "/requests/", `{"uuid":"`+s.uuid+`","request":`+s.task+`}`); status != http.StatusCreated {
			t.Fatalf("%s: %d", s.who, status)
		}
		e := c.final("/requests/" + s.uuid)[0]
		if text, _ := e["errorDescription"].(string); e["status"] != s.status || !strings.Contains(text, s.text) || text == "" {
			t.Errorf("%s: %v", s.who, e)
		}
	}
	n := int(c.server.State().FN.LastDocument)
	c.call(http.MethodPost, "/requests", `{"uuid":"last","request":{"type":"printFnDocument","fiscalDocumentNumber":`+strconv.Itoa(n)+`}}`)
	if e := last(); e["status"] != "ready" {
		t.Errorf("printing the last document: %v", e)
	}
}

// TestARegisterOutOfWork: a service of a shop (PHP, 2021) takes 403 for "not
// connected", puts the register to work, posts in the newer interface and asks
// in the older one.
func TestARegisterOutOfWork(t *testing.T) {
	t.Parallel()
	c := start(t, fptr.Options{Seed: 6})
	ask := func() int {
		status, _ := c.call(http.MethodPost, "/api/v2/operations/queryShiftStatus", `[]`)
		return status
	}
	if status, _ := c.call(http.MethodPost, "/api/v2/deactivateDevice", ``); status != http.StatusOK || ask() != http.StatusForbidden {
		t.Fatalf("%d, then %d", status, ask())
	}
	if status, _ := c.call(http.MethodPost, "/api/v2/requests", `{"uuid":"a","request":{"type":"openShift"}}`); status != http.StatusForbidden {
		t.Errorf("a task for a register out of work: %d", status)
	}
	if status, d := c.call(http.MethodGet, "/api/v2/devices/default", ``); status != http.StatusOK || d["isActive"] != false || d["id"] != "1" {
		t.Errorf("%d %v", status, d)
	}
	if status, _ := c.call(http.MethodPost, "/api/v2/activateDevice", ``); status != http.StatusOK || ask() != http.StatusOK {
		t.Fatalf("%d, then %d", status, ask())
	}
	c.call(http.MethodPost, "/api/v2/requests", `{"uuid":"a","request":{"type":"openShift","operator":{"name":"Петров","vatin":"123654789507"}}}`)
	if e := c.final("/requests/a")[0]; e["status"] != "ready" || e["errorCode"] != 0.0 {
		t.Errorf("%v", e)
	}
}

// TestATillInABrowserMayCall: a page of another origin asks first, with a
// request of its own.
func TestATillInABrowserMayCall(t *testing.T) {
	t.Parallel()
	c := start(t, fptr.Options{Seed: 6})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, "http://"+c.server.Addr()+"/requests", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://till.invalid")
	r.Header.Set("Access-Control-Request-Method", http.MethodPost)
	r.Header.Set("Access-Control-Request-Headers", "content-type")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	h := resp.Header
	if resp.StatusCode != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Headers") != "content-type" ||
		!strings.Contains(h.Get("Access-Control-Allow-Methods"), http.MethodPost) {
		t.Errorf("%d %v", resp.StatusCode, h)
	}
}
