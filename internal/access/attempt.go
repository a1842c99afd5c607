package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// limit says how many wrong logins are free and how long one waits after
// more. Failures older than forget are not counted.
type limit struct {
	free         int64
	first, most  time.Duration
	forget       time.Duration
	subjectScope string // keeps the two kinds of subject apart in one table
}

// An account is guarded closely. An address stands for a whole office behind
// one router, so more is free there. Known browsers and known networks are
// counted apart from strangers', and each by itself: whoever fails elsewhere
// locks nobody out there.
var (
	accountLimit = limit{free: 5, first: 30 * time.Second, most: 15 * time.Minute, forget: time.Hour, subjectScope: "account"}
	placeLimit   = limit{free: 5, first: 30 * time.Second, most: 15 * time.Minute, forget: time.Hour, subjectScope: "place"}
	deviceLimit  = limit{free: 10, first: 30 * time.Second, most: 15 * time.Minute, forget: time.Hour, subjectScope: "device"}
	changeLimit  = limit{free: 5, first: 30 * time.Second, most: 15 * time.Minute, forget: time.Hour, subjectScope: "change"}
	addressLimit = limit{free: 20, first: 30 * time.Second, most: 15 * time.Minute, forget: 15 * time.Minute, subjectScope: "address"}
)

// count is one row that a try is counted in.
type count struct {
	limit
	of string
}

// counts are where a login is counted: first whose password is tried, then
// from where. A known browser is not counted by its address, or the neighbour
// behind the same router could lock it out.
type counts struct {
	account count
	address string // "" = not counted
}

func countsFor(l login, c Credentials, here bool) counts {
	if n := l.knows(c.Device); n != "" {
		return counts{account: count{deviceLimit, l.person.ID + " " + n}}
	}
	network := Network(c.Remote)
	if here {
		return counts{count{placeLimit, l.person.ID + " " + network}, network}
	}
	return counts{count{accountLimit, c.Email}, network}
}

// lockFor is how long the next try has to wait after so many failures: the
// first wait doubled with each failure more, never above the most.
func (l limit) lockFor(failures int64) time.Duration {
	if failures < l.free {
		return 0
	}
	d := l.first
	for n := l.free; n < failures && d < l.most; n++ {
		d *= 2
	}
	return min(d, l.most)
}

// subject is the row that counts the failures.
func (c count) subject() string {
	sum := sha256.Sum256([]byte(c.subjectScope + ":" + c.of))
	return hex.EncodeToString(sum[:16])
}

// Network is what an address is counted as: an IPv4 address, or the /64 of an
// IPv6 one, because one line owns at least that many. "" for no address.
func Network(remote string) string {
	a, err := netip.ParseAddr(remote)
	if err != nil {
		return remote
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, _ := a.Prefix(64) // 64 is within the bits of an IPv6 address
	return p.String()
}

// charge books a try as failed before the password is looked at, so that a
// hundred tries at once are not all the first. A login that succeeds gives it
// back. The account always comes before the address: two tries that lock the
// same rows then never wait for each other in a circle.
func (s *Service) charge(ctx context.Context, n counts, l login, remote string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		wait, err := book(ctx, tx, n.account)
		if err != nil {
			return err
		}
		if wait > 0 {
			if err := auditLock(ctx, tx, l, n, remote, wait); err != nil {
				return err
			}
		}
		if n.address != "" {
			_, err = book(ctx, tx, count{addressLimit, n.address})
		}
		return err
	})
}

// book counts one failure and returns the wait it sets off. While a lock
// holds it fails with login_locked, and its transaction leaves no trace.
func book(ctx context.Context, tx *db.Tx, c count) (wait time.Duration, err error) {
	now := db.Millis(tx.Now)
	var failures, lockedUntil int64
	err = tx.QueryRow(ctx, `INSERT INTO access_attempt (subject, failures, last_at, locked_until) VALUES ($1, 1, $2, 0)
		ON CONFLICT (subject) DO UPDATE SET last_at = excluded.last_at,
			failures = CASE WHEN access_attempt.last_at < $3 THEN 1 ELSE access_attempt.failures + 1 END
		RETURNING failures, locked_until`, c.subject(), now, now-c.forget.Milliseconds()).Scan(&failures, &lockedUntil)
	if err != nil {
		return 0, wrap("book", err)
	}
	if lockedUntil > now {
		return 0, locked(lockedUntil - now)
	}
	wait = c.lockFor(failures)
	if wait == 0 {
		return 0, nil
	}
	_, err = tx.Exec(ctx, `UPDATE access_attempt SET locked_until = $2 WHERE subject = $1`, c.subject(), now+wait.Milliseconds())
	return wait, wrap("book", err)
}

func locked(ms int64) error {
	seconds := (ms + 999) / 1000
	return problem.New(problem.TooMany, "login_locked").With("seconds", seconds).In("access.Login")
}

// auditLock tells the tenant of a lock, and what is locked: everybody unknown
// ("account"), a network or a browser. An address nobody has is not told to
// anybody.
func auditLock(ctx context.Context, tx *db.Tx, l login, n counts, remote string, wait time.Duration) error {
	if l.person.ID == "" {
		return nil
	}
	return audit.Write(ctx, tx, scope.System(l.tenant, "login"), audit.Entry{
		Action: "person.login_locked", Subject: "person", SubjectID: l.person.ID,
		Detail: map[string]any{"remote": remote, "seconds": int(wait.Seconds()), "what": n.account.subjectScope},
	})
}

// giveBack takes the failure of a try that turned out right off the counts.
// What was counted for the account starts afresh; the address only gets this
// one try back, or else one known password would buy endless tries at others.
func giveBack(ctx context.Context, tx *db.Tx, n counts) error {
	if _, err := tx.Exec(ctx, `DELETE FROM access_attempt WHERE subject = $1`, n.account.subject()); err != nil {
		return wrap("giveBack", err)
	}
	if n.address == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE access_attempt SET failures = failures - 1, locked_until = 0 WHERE subject = $1 AND failures > 0`,
		count{addressLimit, n.address}.subject())
	return wrap("giveBack", err)
}
