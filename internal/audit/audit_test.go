package audit_test

import (
	"testing"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/scope"
)

func write(t *testing.T, d *db.DB, sc scope.Scope, action string) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		return audit.Write(t.Context(), tx, sc, audit.Entry{Action: action, Subject: "device", SubjectID: "d1", Detail: map[string]int{"n": 1}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, d *db.DB, sc scope.Scope) (broken int64) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) { broken, err = audit.Verify(t.Context(), tx, sc); return err })
	if err != nil {
		t.Fatal(err)
	}
	return broken
}

func TestChainShowsTampering(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]struct {
		sql    string
		broken int64
	}{
		"untouched":      {`SELECT 1`, 0},
		"changed":        {`UPDATE audit_entry SET actor_name = 'somebody else' WHERE number = 2`, 2},
		"taken out":      {`DELETE FROM audit_entry WHERE number = 2`, 2},
		"taken from end": {`DELETE FROM audit_entry WHERE number = 3`, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				sc, other := scope.Person("a", "p1", "Анна", "", scope.Admin), scope.System("b", "test")
				for _, a := range []string{"device.added", "device.moved", "device.retired"} {
					write(t, d, sc, a)
				}
				write(t, d, other, "device.added")
				err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), tamper.sql); return err })
				if err != nil {
					t.Fatal(err)
				}
				if got := verify(t, d, sc); got != tamper.broken {
					t.Errorf("broken at %d, want %d", got, tamper.broken)
				}
				if got := verify(t, d, other); got != 0 {
					t.Errorf("another tenant's chain is broken at %d", got)
				}
			})
		})
	}
}

func TestListIsTheTenantsOwnAndNeedsTheRight(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b := scope.Person("a", "p1", "Анна", "", scope.Admin), scope.Person("b", "p2", "Jörg", "", scope.Admin)
		write(t, d, a, "one")
		write(t, d, b, "two")
		write(t, d, a, "three")
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			list, err := audit.List(t.Context(), tx, a, audit.Filter{})
			if err != nil || len(list) != 2 || list[0].Action != "three" || list[1].Actor.Name != "Анна" {
				t.Errorf("%+v, %v", list, err)
			}
			if _, err := audit.List(t.Context(), tx, scope.Person("a", "p3", "Кассир", "c", scope.Cashier), audit.Filter{}); err == nil {
				t.Error("a cashier read the audit trail")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWriteWithoutScopeIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return audit.Write(t.Context(), tx, scope.Scope{}, audit.Entry{Action: "x"})
		})
		if err == nil {
			t.Fatal("an entry without a tenant was kept")
		}
	})
}
