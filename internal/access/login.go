package access

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// How long a session lives: without a request, and at all.
const (
	SessionIdle = 12 * time.Hour
	SessionLife = 30 * 24 * time.Hour
)

// Credentials are what a person shows to sign in.
type Credentials struct {
	Email, Password string
	Remote          string // address the request came from
	UserAgent       string
	Replaces        string // secret of the session this browser had before, "" for none
	Device          string // what this browser keeps of earlier logins, "" for nothing
}

// SignedIn is an opened session.
type SignedIn struct {
	Secret   string // for the cookie; it is not kept anywhere else
	Device   string // for the browser to keep and show at its next login; see Credentials
	Identity Identity
	Session  Session
}

// Login opens a session. It fails with login_failed when address or password
// are wrong or the person is disabled (all three look and take the same),
// with login_locked and the seconds to wait after too many wrong tries, and
// with login_busy when the server hashes too many passwords already.
func (s *Service) Login(ctx context.Context, c Credentials) (SignedIn, error) {
	c.Email = foldEmail(c.Email)
	if len(c.Email) > 4*maxText || len(c.Password) > 4*maxPassword { // bytes; nobody can have set such a one
		return SignedIn{}, loginFailed()
	}
	found, n, err := s.whoTries(ctx, c)
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.charge(ctx, n, found, c.Remote); err != nil {
		return SignedIn{}, err
	}
	hasher := s.lane(n)
	fits, outdated, err := hasher.Verify(ctx, found.hash, c.Password)
	if err != nil {
		return SignedIn{}, err
	}
	if !fits || found.person.Disabled() {
		s.log.InfoContext(ctx, "login failed", "remote", c.Remote, "known", found.person.ID != "")
		return SignedIn{}, loginFailed()
	}
	rehashed := ""
	if outdated {
		if rehashed, err = hasher.Hash(ctx, c.Password); err != nil {
			return SignedIn{}, err
		}
	}
	return s.signIn(ctx, c, n, found, rehashed)
}

// whoTries finds the person, if there is one, and where the try is counted. It
// asks as much of the database for an address that nobody has.
func (s *Service) whoTries(ctx context.Context, c Credentials) (found login, n counts, err error) {
	here := false
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if found, err = findLogin(ctx, tx, c.Email); err != nil {
			return err
		}
		here, err = beenHere(ctx, tx, found, c.Remote)
		return err
	})
	return found, countsFor(found, c, here), err
}

// lane is the hasher for the try: a storm of strangers' must not keep a known
// browser waiting.
func (s *Service) lane(n counts) *Hasher {
	if n.account.subjectScope == deviceLimit.subjectScope {
		return s.known
	}
	return s.hasher
}

func loginFailed() error {
	return problem.New(problem.Unauthenticated, "login_failed").In("access.Login")
}

// login is a person as the way in needs them.
type login struct {
	person       Person
	tenant, zone string
	hash         string
}

func (l login) scope() scope.Scope {
	return scope.Person(l.tenant, l.person.ID, l.person.Name, l.person.Client, l.person.Roles...)
}

// findLogin looks a folded address up over the whole server; nobody found is
// a login without a person.
func findLogin(ctx context.Context, tx *db.Tx, email string) (l login, err error) {
	l.person, err = scanPerson(tx.QueryRow(ctx, `SELECT `+personColumns+`, p.password_hash, p.tenant, t.zone
		FROM access_person p JOIN access_tenant t ON t.id = p.tenant WHERE p.email_folded = $1`, email), &l.hash, &l.tenant, &l.zone)
	if db.NoRows(err) {
		return login{}, nil
	}
	return l, wrap("findLogin", err)
}

// signIn makes the session. The person is read again inside the transaction:
// hashing took a while, and an admin may have been quicker.
func (s *Service) signIn(ctx context.Context, c Credentials, n counts, found login, rehashed string) (SignedIn, error) {
	out := SignedIn{Secret: newSecret()}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		fresh, err := findLogin(ctx, tx, c.Email)
		if err != nil {
			return err
		}
		if fresh.person.Disabled() || fresh.hash != found.hash {
			return loginFailed()
		}
		sc := fresh.scope()
		if rehashed != "" {
			if err := setHash(ctx, tx, sc, fresh.person.ID, rehashed); err != nil {
				return err
			}
			fresh.person.Version++
			fresh.hash = rehashed
		}
		out.Device = fresh.marked(c.Device)
		if err := giveBack(ctx, tx, n); err != nil {
			return err
		}
		if err := s.replace(ctx, tx, c.Replaces); err != nil {
			return err
		}
		out.Session = newSession(fresh.person.ID, c, tx.Now)
		if err := insertSession(ctx, tx, sc, out.Session, out.Secret); err != nil {
			return err
		}
		out.Identity = Identity{Scope: sc, Person: fresh.person, Tenant: fresh.tenant, Zone: fresh.zone, Session: out.Session.ID}
		return audit.Write(ctx, tx, sc, audit.Entry{
			Action: "session.opened", Subject: "person", SubjectID: fresh.person.ID,
			Detail: map[string]any{"session": out.Session.ID, "remote": out.Session.Remote, "user_agent": out.Session.UserAgent},
		})
	})
	if err != nil {
		return SignedIn{}, err
	}
	return out, nil
}

func newSession(person string, c Credentials, now time.Time) Session {
	return Session{
		ID: ids.New(), Person: person, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(SessionLife),
		Remote: clip(c.Remote, 100), UserAgent: clip(c.UserAgent, 300),
	}
}

// clip cuts what a stranger sent to at most n characters.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		r = r[:n]
	}
	return string(r)
}
