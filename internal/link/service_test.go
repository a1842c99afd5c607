package link_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

var other = scope.Person("other", "p2", "Bernd", "", scope.Admin)

func key(n byte) []byte { return bytes.Repeat([]byte{n}, ed25519.PublicKeySize) }

func TestACodeIsGoodOnceAndForATime(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC))
	dbtest.EachWith(t, clk, func(t *testing.T, d *db.DB) {
		b := setupOn(t, d, clock.NewManual(clk.Now()))
		c, err := b.service.CreateCode(t.Context(), b.admin, link.NewCode{Outlet: "acme/o1", Name: "Касса", Valid: time.Hour})
		if err != nil || !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$`).MatchString(c.Code) {
			t.Fatalf("%q, %v", c.Code, err)
		}
		enrol := func(code string, key []byte) (wire.Enrolled, string) {
			out, err := b.hub.Enrol(t.Context(), wire.Enrol{Code: code, PublicKey: key, Host: "pc"}, "192.0.2.1")
			return out, problem.CodeOf(err)
		}
		if _, code := enrol("0000-0000-0000", key(1)); code != link.CodeEnrolUnknown {
			t.Error(code)
		}
		if _, code := enrol(c.Code, key(1)[:31]); code != link.CodeEnrolKey {
			t.Error(code)
		}
		typed := strings.ToLower(strings.NewReplacer("-", " ", "0", "o", "1", "l").Replace(c.Code))
		first, code := enrol(typed, key(1))
		if code != "" || first.Name != "Касса" {
			t.Fatalf("%+v %s", first, code)
		}
		if _, code := enrol(c.Code, key(2)); code != link.CodeEnrolUsed {
			t.Error(code)
		}
		if same, code := enrol(c.Code, key(1)); code != "" || same != first {
			t.Errorf("the lost answer was not given again: %+v %s", same, code)
		}
		if err := b.service.Revoke(t.Context(), b.admin, first.Agent); err != nil {
			t.Fatal(err)
		}
		if _, code := enrol(c.Code, key(1)); code != link.CodeEnrolUsed {
			t.Error(code)
		}
		assertChain(t, d, "agent.revoked", "agent.enrolled", "enrolment.created")
	})
}

// assertChain checks the audit trail's newest entries and that no code is in it.
func assertChain(t *testing.T, d *db.DB, want ...string) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		sc := scope.System("acme", "test")
		list, err := audit.List(t.Context(), tx, sc, audit.Filter{})
		var got []string
		for _, r := range list {
			got = append(got, r.Action)
		}
		if !slices.Equal(got, want) {
			t.Errorf("audit %v, want %v", got, want)
		}
		if broken, err := audit.Verify(t.Context(), tx, sc); broken != 0 || err != nil {
			t.Errorf("broken at %d, %v", broken, err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestACodeExpiresAndCanBeWithdrawn(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, clock.System{}, func(t *testing.T, d *db.DB) {
		b := setupOn(t, d, clock.System{})
		c, err := b.service.CreateCode(t.Context(), b.admin, link.NewCode{Outlet: "acme/o1", Valid: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		gone, err := b.service.CreateCode(t.Context(), b.admin, link.NewCode{Outlet: "acme/o1"})
		if err != nil {
			t.Fatal(err)
		}
		if open, err := b.service.OpenCodes(t.Context(), b.admin); err != nil || len(open) != 2 || open[0].CreatedByName != "Анна" {
			t.Errorf("%+v, %v", open, err)
		}
		if err := b.service.WithdrawCode(t.Context(), other, gone.ID); problem.CodeOf(err) != "not_found" {
			t.Errorf("another company withdrew a code: %v", err)
		}
		if err := b.service.WithdrawCode(t.Context(), b.admin, gone.ID); err != nil {
			t.Error(err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE link_enrolment SET expires_at = $1 WHERE id = $2`, db.Millis(tx.Now), c.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]string{c.Code: link.CodeEnrolExpired, gone.Code: link.CodeEnrolUnknown} {
			if _, err := b.hub.Enrol(t.Context(), wire.Enrol{Code: code, PublicKey: key(1)}, ""); problem.CodeOf(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
	})
}

func TestManyWithOneCode(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := setupOn(t, d, clock.System{})
		c, err := b.service.CreateCode(t.Context(), b.admin, link.NewCode{Outlet: "acme/o1"})
		if err != nil {
			t.Fatal(err)
		}
		errs := make(chan error, 8)
		for i := range byte(8) {
			go func() {
				_, err := b.hub.Enrol(context.Background(), wire.Enrol{Code: c.Code, PublicKey: key(i)}, "")
				errs <- err
			}()
		}
		good := 0
		for range 8 {
			if err := <-errs; err == nil {
				good++
			} else if problem.CodeOf(err) != link.CodeEnrolUsed {
				t.Error(err)
			}
		}
		list, err := b.service.ListAgents(t.Context(), b.admin, link.AgentFilter{})
		if good != 1 || err != nil || len(list) != 1 {
			t.Errorf("%d enrolled, %d agents, %v", good, len(list), err)
		}
	})
}

func TestAgentsAreTheCompanysOwn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := setupOn(t, d, clock.System{})
		a, theirs := b.enrol(t), b.enrolIn(t, other)
		ctx := t.Context()
		if list, err := b.service.ListAgents(ctx, other, link.AgentFilter{}); err != nil || len(list) != 1 || list[0].ID != theirs.id {
			t.Errorf("%+v, %v", list, err)
		}
		_, detail := b.service.AgentDetail(ctx, other, a.id)
		_, code := b.service.CreateCode(ctx, other, link.NewCode{Outlet: "acme/o1"})
		for what, err := range map[string]error{
			"detail": detail, "code for a foreign outlet": code,
			"revoke": b.service.Revoke(ctx, other, a.id), "rename": b.service.Rename(ctx, other, a.id, "x"),
		} {
			if problem.CodeOf(err) != "not_found" {
				t.Errorf("%s: %v", what, err)
			}
		}
		for what, sc := range map[string]scope.Scope{
			"engineer": scope.Person("acme", "p", "n", "", scope.Engineer), "owner": scope.Person("acme", "p", "n", "client", scope.Owner, scope.Admin),
			"agent": scope.Agent("acme", a.id, "n"),
		} {
			if err := b.service.Revoke(ctx, sc, a.id); problem.CodeOf(err) != "forbidden" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := b.service.ListAgents(ctx, scope.Scope{}, link.AgentFilter{}); problem.CodeOf(err) != "no_scope" {
			t.Error(err)
		}
	})
}

func TestWhatAnAgentSaysOfItselfIsShown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := setupOn(t, d, clock.System{})
		a := b.enrol(t)
		w := b.connect(t, a)
		_ = w.Write(t.Context(), 1, []byte("\x00 not JSON"))
		w.wantProblem(link.CodeMalformed)
		b.wantNote(t, a.id, link.CodeMalformed, 1)
		info, err := b.service.AgentDetail(t.Context(), b.admin, a.id)
		if err != nil || !info.Connected || info.Host != "kassa-1" || info.Lost != 2 || info.ConfigVersion != 3 ||
			info.LastHelloAt.IsZero() || info.LastContact.IsZero() || info.RemoteAddr != "127.0.0.1" || info.EnrolledBy != "p1" {
			t.Errorf("%+v, %v", info, err)
		}
		if err := b.service.Rename(t.Context(), b.admin, a.id, " Касса 2 "); err != nil {
			t.Error(err)
		}
		ctx, queries := db.CountQueries(t.Context())
		list, err := b.service.ListAgents(ctx, b.admin, link.AgentFilter{Outlet: "acme/o1"})
		if err != nil || len(list) != 1 || list[0].Name != "Касса 2" || queries() != 1 {
			t.Errorf("%+v, %v, %d queries", list, err, queries())
		}
		if err := b.service.Rename(t.Context(), b.admin, a.id, "\n"); problem.CodeOf(err) != "invalid" {
			t.Error(err)
		}
	})
}

func TestEnrolmentOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.Limits.Enrol = link.Rate{PerSecond: 0.01, Burst: 4} })
	c, err := b.service.CreateCode(t.Context(), b.admin, link.NewCode{Outlet: "acme/o1"})
	if err != nil {
		t.Fatal(err)
	}
	good, _ := json.Marshal(wire.Enrol{Code: c.Code, PublicKey: key(7), Host: "pc-7"})
	bad, _ := json.Marshal(wire.Enrol{Code: "WRONG", PublicKey: key(7)})
	for i, want := range []struct {
		body   []byte
		status int
		text   string
	}{
		{good, 200, `"name":"pc-7"`},
		{bad, 404, `"code":"enrol_code_unknown"`},
		{[]byte("x"), 400, `"code":"malformed_message"`},
		{make([]byte, 9000), 400, `"code":"malformed_message"`},
		{good, 429, `"code":"enrol_too_many"`},
	} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+b.address+wire.PathEnrol, bytes.NewReader(want.body))
		res, err := b.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != want.status || !strings.Contains(string(data), want.text) {
			t.Errorf("%d: %d %s, want %d %s", i, res.StatusCode, data, want.status, want.text)
		}
	}
}
