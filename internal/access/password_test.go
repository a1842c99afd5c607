package access_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/access"
)

func TestPasswordsThatMayNotBeTaken(t *testing.T) {
	t.Parallel()
	for password, code := range map[string]string{
		"":                             "password_short",
		"короткий7":                    "password_short", // nine characters, more bytes
		strings.Repeat("äb3x!", 41):    "password_long",
		"Anna@Example.org":             "password_is_email",
		"1111111111111":                "password_common",
		"abababababab":                 "password_common",
		"1234567890":                   "password_common",
		"Qwertyuiop":                   "password_common",
		"passwort2024!":                "password_common",
		"ЙЦУКЕНГШЩЗ":                   "password_common",
		"пароль123456":                 "password_common",
		"четыре слова подряд":          "",
		"correct horse battery staple": "",
		"Zwölf Boxkämpfer":             "",
	} {
		err := access.CheckPassword(password, "anna@example.org")
		if code == "" {
			if err != nil {
				t.Errorf("%q: %v", password, err)
			}
			continue
		}
		wantField(t, err, "password", code)
	}
}

func TestHashFitsItsPasswordAndNoOther(t *testing.T) {
	t.Parallel()
	h := access.NewHasher(cheap, 2, 2)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		stored, err := h.Hash(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		if fits, outdated, err := h.Verify(context.Background(), stored, a); !fits || outdated || err != nil {
			t.Fatalf("its own password: %v %v %v", fits, outdated, err)
		}
		fits, _, err := h.Verify(context.Background(), stored, b)
		if err != nil || fits && a != b && !sameKeys(a, b) {
			t.Fatalf("%q opens %q", b, a)
		}
	})
}

func sameKeys(a, b string) bool { return nfkc(a) == nfkc(b) }

func TestTheSameKeysFitOnEveryMachine(t *testing.T) {
	t.Parallel()
	h := access.NewHasher(cheap, 1, 1)
	stored, err := h.Hash(t.Context(), "Zw\u00f6lf Boxk\u00e4mpfer")
	if err != nil {
		t.Fatal(err)
	}
	if fits, _, err := h.Verify(t.Context(), stored, "Zwo\u0308lf Boxka\u0308mpfer"); !fits || err != nil {
		t.Error("a composed umlaut differs from a decomposed one")
	}
}

func TestTheRealCostsAreTheOnesWritten(t *testing.T) {
	t.Parallel()
	stored, err := access.NewHasher(access.DefaultParams(), 1, 1).Hash(t.Context(), "x")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s, %v", stored, err)
	}
}

func TestDamagedHashesNeverFit(t *testing.T) {
	t.Parallel()
	h := access.NewHasher(cheap, 1, 1)
	for _, stored := range []string{
		"", "x", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
	} {
		if fits, _, err := h.Verify(t.Context(), stored, ""); fits || err != nil {
			t.Errorf("%q: fits %v, %v", stored, fits, err)
		}
	}
}

func TestAStormOfHashesIsRefusedNotQueuedForEver(t *testing.T) {
	t.Parallel()
	h := access.NewHasher(cheap, 1, 0)
	var wg sync.WaitGroup
	var mu sync.Mutex
	busy, done := 0, 0
	for range 50 {
		wg.Go(func() {
			_, err := h.Hash(t.Context(), "x")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done++
			} else {
				wantCode(t, err, "login_busy")
				busy++
			}
		})
	}
	wg.Wait()
	if done == 0 || done+busy != 50 {
		t.Errorf("%d done, %d refused", done, busy)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("gone"))
	if _, err := access.NewHasher(cheap, 1, 1).Hash(ctx, "x"); err != nil {
		t.Errorf("a free slot needs no waiting: %v", err)
	}
}
