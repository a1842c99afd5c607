package api_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

func TestClientWalksEveryPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want := map[string]bool{h.ids["device"]: true, h.ids["device2"]: true}
	for i := range 7 {
		want[h.device(t, "outlet", h.ids["agent"], fmt.Sprintf("Касса %d", i+2))] = true
	}
	api := h.as(t, "engineer")
	for name, f := range map[string]client.DeviceFilter{
		"by name": {PageSize: 2}, "by words": {PageSize: 4, Query: "Касса"}, "whole": {},
	} {
		seen := map[string]bool{}
		for d, err := range api.Devices(t.Context(), f) {
			must(t, err)
			if seen[d.ID] {
				t.Errorf("%s: %s came twice", name, d.ID)
			}
			seen[d.ID] = true
		}
		if len(seen) != len(want) {
			t.Errorf("%s: %d devices, want %d", name, len(seen), len(want))
		}
	}
	watched, err := client.Collect(api.Devices(t.Context(), client.DeviceFilter{State: []string{"unknown", "ill"}, PageSize: 3}))
	if err != nil || len(watched) != 8 {
		t.Errorf("%d watched devices, want 8: %v", len(watched), err)
	}
	entries := 0
	for range 4 {
		_, err := api.NoteCase(t.Context(), h.ids["case"], "ещё раз")
		must(t, err)
	}
	for _, err := range api.Agents(t.Context()) {
		must(t, err)
		entries++
	}
	if entries != 1 {
		t.Errorf("%d agents, want 1", entries)
	}
}

// TestClientSeesACommandToItsEnd asks, plays the agent, and reads what the
// register's bytes mean.
func TestClientSeesACommandToItsEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	api := h.as(t, "engineer")
	ask := client.NewCommand{Procedure: "last_document", Reason: "проверка"}
	c, err := api.AskCommand(t.Context(), h.ids["device"], "once", ask)
	must(t, err)
	again, err := api.AskCommand(t.Context(), h.ids["device"], "once", ask)
	if err != nil || again.ID != c.ID {
		t.Errorf("the same key asked twice: %s and %s, %v", c.ID, again.ID, err)
	}
	other, err := h.as(t, "dispatcher").AskCommand(t.Context(), h.ids["device"], "once", ask)
	if err != nil || other.ID == c.ID {
		t.Errorf("another person's key gave the first one's command: %v", err)
	}
	got := make(chan client.Command, 1)
	go func() {
		ended, err := api.AwaitCommand(t.Context(), c.ID)
		if err != nil {
			t.Error(err)
		}
		got <- ended
	}()
	must(t, h.Fleet.Result(t.Context(), h.ids["agent"], wire.Result{ID: c.ID, State: wire.ResultDone, Exchanges: []kkt.Exchange{{
		Sent: []byte{0x91, 0x34, 0, 0}, At: time.Now(), Millis: 12,
		Got: []byte{0x55, 0, 0, 0, 0, 0, 0x93, 0x17, 0x01, 0x18, 0x12, 0x44, 0x01, 0x84, 0x61, 0x00, 0x09},
	}}}))
	ended := <-got
	if ended.State != "done" || len(ended.Exchanges) != 1 {
		t.Fatalf("%+v", ended)
	}
	e := ended.Exchanges[0]
	if e.Sent != "91340000" || e.Meaning == nil || e.Meaning.Fields["documentNumber"] != float64(93) || e.Meaning.Meaning == "" {
		t.Errorf("%+v", e)
	}
	if err := api.CancelCommand(t.Context(), c.ID); client.Code(err) != "command_under_way" {
		t.Errorf("an ended command was taken back: %v", err)
	}
	short, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := api.AwaitCommand(short, other.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting went on after its context had ended: %v", err)
	}
}

// TestPromisesCountByTheClientsTerms: a one-off client's new cases have the
// one-off promise, those that are open keep theirs, and a change that does not
// speak of terms leaves them.
func TestPromisesCountByTheClientsTerms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	api := h.as(t, "manager")
	open := func(subject string) client.Case {
		c, err := api.OpenCase(t.Context(), subject, client.NewCase{Device: h.ids["device"], Subject: subject, Severity: "blocking"})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before := open("before")
	f := client.ClientForm{Name: "Заря", Kind: "company", Country: "RU", Terms: "one_off"}
	for _, c := range []client.ClientForm{f, {Name: "Заря", Kind: "company", Country: "RU"}} {
		now, err := api.Client(t.Context(), h.ids["client"])
		if err != nil {
			t.Fatal(err)
		}
		if now, err = api.ChangeClient(t.Context(), h.ids["client"], client.ClientChange{Version: now.Version, ClientForm: c}); err != nil || now.Terms != "one_off" {
			t.Fatalf("%+v, %v", now, err)
		}
	}
	after := open("after")
	if before.Terms != "contract" || after.Terms != "one_off" {
		t.Errorf("the terms are %s before and %s after", before.Terms, after.Terms)
	}
	if !after.DueAt.After(before.DueAt) {
		t.Errorf("the one-off promise ends %s, the contract's %s", after.DueAt, before.DueAt)
	}
	f.Terms = "for ever"
	_, err := api.ChangeClient(t.Context(), h.ids["client"], client.ClientChange{Version: 3, ClientForm: f})
	var e *client.Error
	if !errors.As(err, &e) || e.Status != 422 {
		t.Errorf("unknown terms: %v", err)
	}
}

func TestClientTellsRefusalsApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	api := h.as(t, "manager")
	f := client.ClientForm{Name: "Заря", Kind: "company", Country: "RU"}
	c, err := api.ChangeClient(t.Context(), h.ids["client"], client.ClientChange{Version: 1, ClientForm: f})
	if err != nil || c.Version != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	_, err = api.ChangeClient(t.Context(), h.ids["client"], client.ClientChange{Version: 1, ClientForm: f})
	var e *client.Error
	if !errors.As(err, &e) || e.Status != 409 || e.Code != "conflict" || e.Detail == "" {
		t.Errorf("an old version: %v", err)
	}
	_, err = api.AddClient(t.Context(), client.ClientForm{Name: "", Kind: "company", Country: "RU", INN: "1"})
	if !errors.As(err, &e) || e.Code != "invalid" || len(e.Fields) != 2 {
		t.Errorf("two fields at fault: %v", err)
	}
	first := ""
	for range 2 { // the key opens one case
		k, err := api.OpenCase(t.Context(), "form-7", client.NewCase{Device: h.ids["device"], Subject: "не печатает", Severity: "minor"})
		if err != nil || first != "" && k.ID != first {
			t.Errorf("the same key opened %s and %s: %v", first, k.ID, err)
		}
		first = k.ID
	}
	if _, err := h.as(t, "").Overview(t.Context()); client.Code(err) != "unauthenticated" {
		t.Errorf("without a token: %v", err)
	}
}
