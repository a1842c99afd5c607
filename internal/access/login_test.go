package access_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func TestLoginOpensASession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		in, err := h.svc.Login(t.Context(), access.Credentials{Email: " Anna@Example.ORG ", Password: goodPassword, Remote: "192.0.2.7"})
		if err != nil {
			t.Fatal(err)
		}
		if in.Identity.Tenant != h.tenant.ID || !in.Identity.Scope.Can(scope.ManagePeople) || in.Identity.Scope.Actor().ID != h.admin.ID {
			t.Errorf("identity %+v", in.Identity)
		}
		id, err := h.svc.BySession(t.Context(), in.Secret)
		if err != nil || id.Session != in.Session.ID || id.Zone != "Europe/Berlin" || id.Person.Name != "Анна Ёлкина" {
			t.Errorf("%+v, %v", id, err)
		}
		if h.audited(t, "session.opened") != 1 {
			t.Error("the login is not in the audit trail")
		}
	})
}

func TestWrongLoginsLookAlike(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		gone := h.person(t, "gone@example.org", scope.Engineer)
		if _, err := h.svc.Disable(t.Context(), h.sc, gone.ID); err != nil {
			t.Fatal(err)
		}
		noPassword, err := h.svc.CreatePerson(t.Context(), h.sc, access.NewPerson{Email: "new@example.org", Name: "Новый", Roles: []scope.Role{scope.Engineer}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []access.Credentials{
			{Email: "anna@example.org", Password: "falsches Passwort"},
			{Email: "nobody@example.org", Password: goodPassword},
			{Email: "gone@example.org", Password: goodPassword},
			{Email: noPassword.Email, Password: ""},
			{Email: "", Password: ""},
			{Email: "anna@example.org", Password: strings.Repeat("x", 5000)},
		} {
			_, err := h.svc.Login(t.Context(), c)
			wantCode(t, err, "login_failed")
			if p := problem.Of(err); len(p.Fields) > 0 || p.Status() != 401 {
				t.Errorf("%+v tells more than it should", p)
			}
		}
	})
}

func fail(ctx context.Context, h *house, email, remote string) error {
	_, err := h.svc.Login(ctx, access.Credentials{Email: email, Password: "falsches Passwort", Remote: remote})
	return err
}

func TestAnAccountIsLockedAfterFiveFailures(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for i := range 5 {
			wantCode(t, fail(t.Context(), h, "anna@example.org", fmt.Sprintf("192.0.2.%d", i)), "login_failed")
		}
		right := access.Credentials{Email: "anna@example.org", Password: goodPassword}
		_, err := h.svc.Login(t.Context(), right)
		wantCode(t, err, "login_locked")
		if got := problem.Of(err).Args["seconds"]; got != int64(30) {
			t.Errorf("wait %v s", got)
		}
		if h.audited(t, "person.login_locked") != 1 {
			t.Error("the lock is not in the audit trail")
		}
		// A restart forgets nothing.
		h.svc = service(h.db, h.clock)
		h.clock.Advance(29 * time.Second)
		_, err = h.svc.Login(t.Context(), right)
		wantCode(t, err, "login_locked")
		h.clock.Advance(time.Second)
		if _, err = h.svc.Login(t.Context(), right); err != nil {
			t.Fatal(err)
		}
		wantCode(t, fail(t.Context(), h, "anna@example.org", ""), "login_failed") // counted afresh
	})
}

func TestAnAddressIsLockedWhateverAccountsItTries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for i := range 20 {
			// One line owns the whole /64.
			wantCode(t, fail(t.Context(), h, fmt.Sprintf("a%d@example.org", i), fmt.Sprintf("2001:db8:1:2::%x", i)), "login_failed")
		}
		in := access.Credentials{Email: "anna@example.org", Password: goodPassword, Remote: "2001:db8:1:2:ffff::1"}
		_, err := h.svc.Login(t.Context(), in)
		wantCode(t, err, "login_locked")
		in.Remote = "2001:db8:1:3::1"
		if _, err = h.svc.Login(t.Context(), in); err != nil {
			t.Fatalf("another line: %v", err)
		}
	})
}

func TestOneKnownPasswordBuysNoTriesAtOthers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for i := range 19 {
			wantCode(t, fail(t.Context(), h, fmt.Sprintf("a%d@example.org", i), "192.0.2.7"), "login_failed")
		}
		h.login(t, "anna@example.org") // from the same address
		wantCode(t, fail(t.Context(), h, "b1@example.org", "192.0.2.7"), "login_failed")
		wantCode(t, fail(t.Context(), h, "b2@example.org", "192.0.2.7"), "login_locked")
	})
}

func TestTriesAtOnceAreAllCounted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		var mu sync.Mutex
		seen := map[string]int{}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				err := fail(t.Context(), h, "anna@example.org", "")
				mu.Lock()
				defer mu.Unlock()
				seen[problem.CodeOf(err)]++
			})
		}
		wg.Wait()
		if seen["login_failed"] != 5 || seen["login_locked"] != 15 {
			t.Errorf("%v", seen)
		}
	})
}

func TestLoginReplacesTheSessionBefore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		first := h.login(t, "anna@example.org")
		if err := bySession(t.Context(), h, first.Secret); err != nil { // now it is in the cache
			t.Fatal(err)
		}
		second, err := h.svc.Login(t.Context(), access.Credentials{Email: "anna@example.org", Password: goodPassword, Replaces: first.Secret})
		if err != nil || second.Secret == first.Secret {
			t.Fatalf("the secret did not change: %v", err)
		}
		wantCode(t, bySession(t.Context(), h, first.Secret), "unauthenticated")
	})
}

func TestLoginHashesAnewWhenTheCostsChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		dearer := access.New(h.db, h.clock, access.Options{
			Hasher: access.NewHasher(access.Params{MemoryKiB: 128, Time: 2, Threads: 1}, 2, 8), Log: slog.New(slog.DiscardHandler),
		})
		for range 2 {
			if _, err := dearer.Login(t.Context(), access.Credentials{Email: "anna@example.org", Password: goodPassword}); err != nil {
				t.Fatal(err)
			}
			var hash string
			err := h.db.Read(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), `SELECT password_hash FROM access_person WHERE id = $1`, h.admin.ID).Scan(&hash)
			})
			if err != nil || !strings.Contains(hash, "$m=128,t=2,p=1$") {
				t.Errorf("%s, %v", hash, err)
			}
		}
	})
}

func TestSecretsAreNeitherStoredNorLogged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		var log bytes.Buffer
		h.svc = access.New(h.db, h.clock, access.Options{Hasher: access.NewHasher(cheap, 4, 64), Log: slog.New(slog.NewTextHandler(&log, nil))})
		in := h.login(t, "anna@example.org")
		token, _, err := h.svc.IssueToken(t.Context(), h.sc, h.admin.ID, "bench", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		_ = fail(t.Context(), h, "anna@example.org", "192.0.2.7")
		text := log.String()
		err = h.db.Read(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query(t.Context(), `SELECT detail FROM audit_entry UNION ALL SELECT password_hash FROM access_person
				UNION ALL SELECT user_agent FROM access_session UNION ALL SELECT name FROM access_token`)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				var s string
				if err := rows.Scan(&s); err != nil {
					return err
				}
				text += s + "\n"
			}
			return rows.Err()
		})
		if err != nil || len(text) < 200 {
			t.Fatal(err, text)
		}
		for _, secret := range []string{goodPassword, "falsches Passwort", in.Secret, token, strings.TrimPrefix(token, "tw_")} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is written somewhere", secret)
			}
		}
	})
}
