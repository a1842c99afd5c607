package access

import (
	"context"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// SetPassword gives a person a new password and ends all their sessions. It
// needs ManagePeople; one's own is changed with ChangePassword. API tokens
// stay: they are revoked by name.
func (s *Service) SetPassword(ctx context.Context, sc scope.Scope, person, password string) error {
	const op = "access.SetPassword"
	if err := mayManage(sc, op); err != nil {
		return err
	}
	return s.newPassword(ctx, sc, person, password, "", op)
}

// ChangePassword changes one's own password, shown the present one, and ends
// every other session. A wrong present password is the field problem
// password_wrong and counts as a failed login.
func (s *Service) ChangePassword(ctx context.Context, id Identity, present, password string) error {
	const op = "access.ChangePassword"
	sc, person := id.Scope, id.Person.ID
	if err := valid(sc, op); err != nil {
		return err
	}
	if !isSelf(sc, person) {
		return problem.New(problem.Forbidden, "forbidden").In(op)
	}
	if err := CheckPassword(password, id.Person.Email); err != nil {
		return err // before the try is charged: a weak new password is no attack
	}
	// Counted apart from logins: a stranger who fails at the door must not keep
	// the person inside from changing the password.
	n := counts{account: count{changeLimit, person}}
	if err := s.charge(ctx, n, login{person: id.Person, tenant: id.Tenant}, ""); err != nil {
		return err
	}
	var stored string
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		stored, err = loadHash(ctx, tx, sc, person)
		return err
	})
	if err != nil {
		return err
	}
	fits := false
	if len(present) <= 4*maxPassword {
		if fits, _, err = s.known.Verify(ctx, stored, present); err != nil {
			return err
		}
	}
	if !fits {
		return problem.New(problem.Invalid, "invalid").In(op).Field("present", "password_wrong")
	}
	return s.newPassword(ctx, sc, person, password, id.Session, op)
}

// newPassword checks, hashes and stores a password and ends the sessions but
// the one that stays.
func (s *Service) newPassword(ctx context.Context, sc scope.Scope, person, password, stays, op string) error {
	var p Person
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		p, err = loadPerson(ctx, tx, sc, person, op)
		return err
	})
	if err != nil {
		return err
	}
	if err := CheckPassword(password, p.Email); err != nil {
		return err
	}
	hash, err := s.known.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := setHash(ctx, tx, sc, person, hash); err != nil {
			return err
		}
		ended, err := endSessions(ctx, tx, sc, person, stays)
		if err != nil {
			return err
		}
		for _, c := range []count{{accountLimit, foldEmail(p.Email)}, {changeLimit, person}} {
			if err := giveBack(ctx, tx, counts{account: c}); err != nil {
				return err
			}
		}
		tx.AfterCommit(func() { s.cache.dropPerson(person) })
		return note(ctx, tx, sc, "person.password_set", person, map[string]any{"sessions": ended})
	})
}
