package access_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/scope"
)

// besiege has strangers fail for an address from many networks until it is
// locked, and says so.
func besiege(t *testing.T, h *house, email string) {
	t.Helper()
	for i := range 5 {
		wantCode(t, fail(t.Context(), h, email, fmt.Sprintf("198.51.100.%d", i)), "login_failed")
	}
	wantCode(t, fail(t.Context(), h, email, "198.51.100.99"), "login_locked")
}

func with(ctx context.Context, h *house, email, password, remote, device string) (access.SignedIn, error) {
	return h.svc.Login(ctx, access.Credentials{Email: email, Password: password, Remote: remote, Device: device})
}

func TestAStrangerCannotLockAPersonOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		first, err := with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", "")
		if err != nil || first.Device == "" {
			t.Fatalf("no mark: %v", err)
		}
		for range 50 { // a siege that does not end: a try whenever the lock is over
			h.clock.Advance(16 * time.Minute)
			_ = fail(t.Context(), h, "anna@example.org", "198.51.100.7")
		}
		_ = fail(t.Context(), h, "anna@example.org", "198.51.100.8")
		_, err = with(t.Context(), h, "anna@example.org", goodPassword, "192.0.2.200", "")
		wantCode(t, err, "login_locked") // unknown browser, unknown network
		if _, err := with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", ""); err != nil {
			t.Errorf("from a network she has been in: %v", err)
		}
		again, err := with(t.Context(), h, "anna@example.org", goodPassword, "192.0.2.200", first.Device)
		if err != nil {
			t.Fatalf("with a browser that is known: %v", err)
		}
		wantCode(t, fail(t.Context(), h, "anna@example.org", "198.51.100.9"), "login_locked") // her login frees no stranger
		if _, err := with(t.Context(), h, "anna@example.org", goodPassword, "192.0.2.201", again.Device); err != nil {
			t.Errorf("with the newer mark: %v", err)
		}
	})
}

func TestANeighbourCannotLockAKnownBrowserOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		in, err := with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", "")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 20 { // from behind the same router
			wantCode(t, fail(t.Context(), h, fmt.Sprintf("a%d@example.org", i), "203.0.113.5"), "login_failed")
		}
		_, err = with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", "")
		wantCode(t, err, "login_locked")
		if _, err := with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", in.Device); err != nil {
			t.Errorf("the known browser: %v", err)
		}
	})
}

// TestGuessingStaysLimitedEverywhere: whoever holds a mark or sits in a known
// network guesses no faster than anybody, and one's lock is not another's.
func TestGuessingStaysLimitedEverywhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		in, err := with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", "")
		if err != nil {
			t.Fatal(err)
		}
		guess := func(remote, device string) error {
			_, err := with(t.Context(), h, "anna@example.org", "falsches Passwort", remote, device)
			return err
		}
		for i := range 10 {
			wantCode(t, guess(fmt.Sprintf("192.0.2.%d", i), in.Device), "login_failed")
		}
		wantCode(t, guess("192.0.2.77", in.Device), "login_locked")
		_, err = with(t.Context(), h, "anna@example.org", goodPassword, "192.0.2.77", in.Device)
		wantCode(t, err, "login_locked")
		for range 5 {
			wantCode(t, guess("203.0.113.5", ""), "login_failed")
		}
		wantCode(t, guess("203.0.113.5", ""), "login_locked")
		for i := range 5 {
			wantCode(t, guess(fmt.Sprintf("198.51.100.%d", i), ""), "login_failed")
		}
		wantCode(t, guess("198.51.100.6", ""), "login_locked")
		if n := h.audited(t, "person.login_locked"); n != 3 {
			t.Errorf("%d locks in the audit trail", n)
		}
		h.clock.Advance(31 * time.Second) // at most one more each, and the wait doubles
		for _, at := range []struct{ remote, device string }{{"192.0.2.77", in.Device}, {"203.0.113.5", ""}, {"198.51.100.6", ""}} {
			wantCode(t, guess(at.remote, at.device), "login_failed")
			wantCode(t, guess(at.remote, at.device), "login_locked")
		}
	})
}

// TestAMarkIsWorthNothingToOthers: not for another account, not made up, not
// after a new password.
func TestAMarkIsWorthNothingToOthers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.person(t, "igor@example.org", scope.Engineer)
		igor, err := with(t.Context(), h, "igor@example.org", goodPassword, "203.0.113.9", "")
		if err != nil {
			t.Fatal(err)
		}
		anna, err := with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", "")
		if err != nil {
			t.Fatal(err)
		}
		besiege(t, h, "anna@example.org")
		made := base64.RawURLEncoding.EncodeToString(make([]byte, 48))
		for name, mark := range map[string]string{
			"a colleague's": igor.Device, "made up": made, "cut": anna.Device[:40], "turned": flip(anna.Device), "long": strings.Repeat(made+".", 10_000),
		} {
			_, err := with(t.Context(), h, "anna@example.org", goodPassword, "192.0.2.50", mark)
			if wantCode(t, err, "login_locked"); err == nil {
				t.Errorf("%s mark is taken", name)
			}
		}
		if err := h.svc.SetPassword(t.Context(), h.sc, h.admin.ID, "andere vier Worte 5"); err != nil {
			t.Fatal(err)
		}
		besiege(t, h, "anna@example.org") // setting it gave a fresh start
		_, err = with(t.Context(), h, "anna@example.org", "andere vier Worte 5", "192.0.2.50", anna.Device)
		wantCode(t, err, "login_locked")
	})
}

// flip changes one letter in the middle of a mark.
func flip(s string) string {
	b := []byte(s)
	if b[30]++; b[30] > 'z' {
		b[30] = 'a'
	}
	return string(b)
}

// TestOneBrowserOfSeveralPeople: a dispatcher's computer knows those who use
// it, and forgets the oldest of very many.
func TestOneBrowserOfSeveralPeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		device := ""
		for i := range 8 {
			h.person(t, fmt.Sprintf("p%d@example.org", i), scope.Dispatcher)
			in, err := with(t.Context(), h, fmt.Sprintf("p%d@example.org", i), goodPassword, "203.0.113.5", device)
			if err != nil {
				t.Fatal(err)
			}
			device = in.Device
		}
		if len(device) > 6*65 {
			t.Errorf("%d bytes of cookie", len(device))
		}
		for i, want := range map[int]string{7: "", 2: "", 0: "login_locked"} {
			email := fmt.Sprintf("p%d@example.org", i)
			besiege(t, h, email)
			_, err := with(t.Context(), h, email, goodPassword, "192.0.2.50", device)
			if want == "" && err != nil {
				t.Errorf("p%d: %v", i, err)
			} else if want != "" {
				wantCode(t, err, want)
			}
		}
	})
}

func TestASiegeDoesNotKeepThePasswordFromBeingChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		in, err := with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", "")
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := h.login(t, "anna@example.org")
		besiege(t, h, "anna@example.org")
		for range 5 {
			wantField(t, h.svc.ChangePassword(t.Context(), in.Identity, "falsch", "andere vier Worte 5"), "present", "password_wrong")
		}
		wantCode(t, h.svc.ChangePassword(t.Context(), in.Identity, goodPassword, "andere vier Worte 5"), "login_locked") // a thief at an open page
		h.clock.Advance(31 * time.Second)
		if err := h.svc.ChangePassword(t.Context(), in.Identity, goodPassword, "andere vier Worte 5"); err != nil {
			t.Fatal(err)
		}
		wantCode(t, bySession(t.Context(), h, elsewhere.Secret), "unauthenticated")
		if err := bySession(t.Context(), h, in.Secret); err != nil {
			t.Error(err)
		}
		mark, err := h.svc.Mark(t.Context(), in.Identity, in.Device)
		if err != nil || mark == in.Device {
			t.Fatal("no new mark", err)
		}
		besiege(t, h, "anna@example.org")
		if _, err := with(t.Context(), h, "anna@example.org", "andere vier Worte 5", "192.0.2.50", mark); err != nil {
			t.Error(err)
		}
	})
}

// TestAStormOfStrangersLetsAKnownBrowserIn: strangers fill every slot and the
// queue of the hasher; a known browser has a slot of its own.
func TestAStormOfStrangersLetsAKnownBrowserIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		in, err := with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", "")
		if err != nil {
			t.Fatal(err)
		}
		release := access.FillSlots(h.svc)
		defer release()
		_, err = with(t.Context(), h, "nobody@example.org", "x", "198.51.100.1", "")
		wantCode(t, err, "login_busy")
		if _, err := with(t.Context(), h, "anna@example.org", goodPassword, "203.0.113.5", in.Device); err != nil {
			t.Error(err)
		}
	})
}
