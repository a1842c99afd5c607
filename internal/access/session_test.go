package access_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

func TestSessionsEndByIdlenessAndByAge(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		idle, busy := h.login(t, "anna@example.org"), h.login(t, "anna@example.org")
		for range 60 { // a minute short of 30 days, looked at twice a day
			h.clock.Advance(12*time.Hour - time.Second)
			if err := bySession(t.Context(), h, busy.Secret); err != nil {
				t.Fatalf("after %v: %v", h.clock.Now().Sub(busy.Session.CreatedAt), err)
			}
		}
		wantCode(t, bySession(t.Context(), h, idle.Secret), "unauthenticated")
		h.clock.Set(busy.Session.ExpiresAt.Add(-time.Second))
		if err := bySession(t.Context(), h, busy.Secret); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Second) // within the cache's time
		wantCode(t, bySession(t.Context(), h, busy.Secret), "unauthenticated")
	})
}

func TestAPageCostsNoQueryForItsSession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		in := h.login(t, "anna@example.org")
		ctx, counted := db.CountQueries(t.Context())
		if err := bySession(ctx, h, in.Secret); err != nil || counted() != 1 {
			t.Fatalf("first: %d queries, %v", counted(), err)
		}
		h.clock.Advance(4 * time.Second)
		if err := bySession(ctx, h, in.Secret); err != nil || counted() != 1 {
			t.Fatalf("from the cache: %d queries, %v", counted(), err)
		}
		h.clock.Advance(2 * time.Second)
		if err := bySession(ctx, h, in.Secret); err != nil || counted() != 2 {
			t.Fatalf("after the cache: %d queries, %v", counted(), err)
		}
		h.clock.Advance(time.Minute)
		if err := bySession(ctx, h, in.Secret); err != nil || counted() != 4 {
			t.Fatalf("a minute later it writes once: %d queries, %v", counted(), err)
		}
		list, err := h.svc.Sessions(t.Context(), h.sc, h.admin.ID)
		if err != nil || len(list) != 1 || !list[0].LastSeenAt.Equal(h.clock.Now()) {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestAStrangersSecretsAskTheDatabaseNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		ctx, counted := db.CountQueries(t.Context())
		for _, secret := range []string{"", "x", "tw_", "tw_short", "ä", "' OR 1=1 --", string(make([]byte, 43))} {
			wantCode(t, bySession(ctx, h, secret), "unauthenticated")
			_, err := h.svc.ByToken(ctx, secret)
			wantCode(t, err, "unauthenticated")
		}
		if counted() != 0 {
			t.Errorf("%d queries", counted())
		}
	})
}

func TestRevokingHoldsAtOnce(t *testing.T) {
	t.Parallel()
	ways := map[string]func(h *house, t *testing.T, in access.SignedIn) error{
		"logout": func(h *house, t *testing.T, in access.SignedIn) error { return h.svc.Logout(t.Context(), in.Secret) },
		"revoke": func(h *house, t *testing.T, in access.SignedIn) error {
			return h.svc.Revoke(t.Context(), in.Identity.Scope, in.Session.ID)
		},
		"an admin's revoke": func(h *house, t *testing.T, in access.SignedIn) error {
			return h.svc.Revoke(t.Context(), h.sc, in.Session.ID)
		},
		"revoke all": func(h *house, t *testing.T, in access.SignedIn) error {
			_, err := h.svc.RevokeAll(t.Context(), h.sc, in.Session.Person, "")
			return err
		},
		"disable": func(h *house, t *testing.T, in access.SignedIn) error {
			_, err := h.svc.Disable(t.Context(), h.sc, in.Session.Person)
			return err
		},
		"an admin's new password": func(h *house, t *testing.T, in access.SignedIn) error {
			return h.svc.SetPassword(t.Context(), h.sc, in.Session.Person, "ein ganz neues Passwort")
		},
	}
	each(t, func(t *testing.T, h *house) {
		p := h.person(t, "igor@example.org", scope.Engineer)
		for name, end := range ways {
			in := h.login(t, p.Email)
			if err := bySession(t.Context(), h, in.Secret); err != nil { // into the cache
				t.Fatalf("%s: %v", name, err)
			}
			if err := end(h, t, in); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			wantCode(t, bySession(t.Context(), h, in.Secret), "unauthenticated")
			if list, err := h.svc.Sessions(t.Context(), h.sc, p.ID); err != nil || len(list) != 0 {
				t.Errorf("%s: %d sessions left, %v", name, len(list), err)
			}
			if _, err := h.svc.Enable(t.Context(), h.sc, p.ID); err != nil {
				t.Fatal(err)
			}
			if err := h.svc.SetPassword(t.Context(), h.sc, p.ID, goodPassword); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestNewRolesHoldFromTheNextRequest(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		p := h.person(t, "igor@example.org", scope.Engineer)
		in := h.login(t, p.Email)
		if id, err := h.svc.BySession(t.Context(), in.Secret); err != nil || !id.Scope.Can(scope.RunDangerous) {
			t.Fatal(err)
		}
		if _, err := h.svc.SetRoles(t.Context(), h.sc, p.ID, p.Version, []scope.Role{scope.Dispatcher}); err != nil {
			t.Fatal(err)
		}
		if id, err := h.svc.BySession(t.Context(), in.Secret); err != nil || id.Scope.Can(scope.RunDangerous) {
			t.Errorf("still an engineer: %v", err)
		}
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		secret, token, err := h.svc.IssueToken(t.Context(), h.sc, h.admin.ID, "the bench", h.clock.Now().Add(time.Hour))
		if err != nil || secret[:3] != "tw_" {
			t.Fatal(secret, err)
		}
		id, err := h.svc.ByToken(t.Context(), secret)
		if err != nil || id.Token != token.ID || id.Session != "" || !id.Scope.Can(scope.ManagePeople) {
			t.Errorf("%+v, %v", id, err)
		}
		wantCode(t, bySession(t.Context(), h, secret), "unauthenticated") // not good as a cookie
		list, err := h.svc.Tokens(t.Context(), h.sc, h.admin.ID)
		if err != nil || len(list) != 1 || list[0].Name != "the bench" || !list[0].LastUsedAt.Equal(h.clock.Now()) {
			t.Errorf("%+v, %v", list, err)
		}
		if err := h.svc.RevokeToken(t.Context(), h.sc, token.ID); err != nil {
			t.Fatal(err)
		}
		_, err = h.svc.ByToken(t.Context(), secret)
		wantCode(t, err, "unauthenticated")

		secret, _, err = h.svc.IssueToken(t.Context(), h.sc, h.admin.ID, "short", h.clock.Now().Add(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = h.svc.ByToken(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Second)
		_, err = h.svc.ByToken(t.Context(), secret)
		wantCode(t, err, "unauthenticated")
	})
}

func TestTheCommandLineFindsAPersonByAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		id, err := h.svc.FindByEmail(t.Context(), "ANNA@example.org")
		if err != nil {
			t.Fatal(err)
		}
		secret, _, err := h.svc.IssueToken(t.Context(), id.Scope, id.Person.ID, "cli", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := h.svc.ByToken(t.Context(), secret); err != nil || got.Person.ID != h.admin.ID {
			t.Errorf("%+v, %v", got, err)
		}
		_, err = h.svc.FindByEmail(t.Context(), "nobody@example.org")
		wantCode(t, err, "not_found")
	})
}

func TestSweepKeepsWhatIsStillNeeded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		old := h.login(t, "anna@example.org")
		_ = fail(t.Context(), h, "nobody@example.org", "")
		h.clock.Advance(60 * 24 * time.Hour)
		fresh := h.login(t, "anna@example.org")
		if err := h.svc.Sweep(t.Context(), 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		var left, attempts int
		var id string
		err := h.db.Read(t.Context(), func(tx *db.Tx) error {
			if err := tx.QueryRow(t.Context(), `SELECT COUNT(*), MIN(id) FROM access_session`).Scan(&left, &id); err != nil {
				return err
			}
			return tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM access_attempt WHERE failures > 0`).Scan(&attempts)
		})
		if err != nil || left != 1 || id != fresh.Session.ID || attempts != 0 || id == old.Session.ID {
			t.Errorf("%d sessions, %d attempts, %v", left, attempts, err)
		}
	})
}
