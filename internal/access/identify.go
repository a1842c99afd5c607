package access

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
)

// seenEvery is how exactly the last use of a session or token is known; each
// finer step would cost a write.
const seenEvery = time.Minute

// BySession says whom a session's secret opens. It fails with unauthenticated
// for one that is unknown, ended, idle for too long, or whose person was shut
// out.
func (s *Service) BySession(ctx context.Context, secret string) (Identity, error) {
	if isToken(secret) {
		return Identity{}, unauthenticated()
	}
	return s.identify(ctx, secret, openSession, SessionIdle,
		`UPDATE access_session SET last_seen_at = $2 WHERE token_hash = $1 AND last_seen_at < $2`)
}

// ByToken says whom an API token opens; it fails as BySession does.
func (s *Service) ByToken(ctx context.Context, secret string) (Identity, error) {
	if !isToken(secret) {
		return Identity{}, unauthenticated()
	}
	return s.identify(ctx, secret, openToken, 0,
		`UPDATE access_token SET last_used_at = $2 WHERE token_hash = $1 AND last_used_at < $2`)
}

func unauthenticated() error {
	return problem.New(problem.Unauthenticated, "unauthenticated").In("access.Identify")
}

// identify asks the cache, then the database. idle 0 means that lying unused
// does not end it.
func (s *Service) identify(ctx context.Context, secret string,
	open func(context.Context, *db.Tx, []byte) (opened, error), idle time.Duration, touch string,
) (Identity, error) {
	hash, ok := secretHash(secret)
	if !ok {
		return Identity{}, unauthenticated()
	}
	id, age, ok := s.cache.get(hash, s.clock.Now())
	if ok {
		return id, nil
	}
	var o opened
	var now time.Time
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now
		o, err = open(ctx, tx, hash)
		return err
	})
	if err != nil {
		return Identity{}, err
	}
	end, alive := o.end(now, idle)
	if !alive {
		return Identity{}, unauthenticated()
	}
	if now.Sub(o.seen) >= seenEvery {
		s.touch(ctx, touch, hash)
	}
	s.cache.put(hash, o.id, earlier(now.Add(cacheFor), end), age)
	return o.id, nil
}

// end is when the secret stops to open anything as things stand; alive is
// false when it does not open anything already. A zero end is never.
func (o opened) end(now time.Time, idle time.Duration) (end time.Time, alive bool) {
	if o.id.Person.ID == "" || o.revoked || o.id.Person.Disabled() {
		return time.Time{}, false
	}
	end = o.expires
	if idle > 0 {
		end = earlier(o.seen.Add(idle), end)
	}
	return end, end.IsZero() || now.Before(end)
}

// earlier is the earlier of two instants; a zero b is never.
func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

// touch writes down that a secret was used. When that fails the request goes
// on: the person is who they are.
func (s *Service) touch(ctx context.Context, query string, hash []byte) {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, hash, db.Millis(tx.Now))
		return err
	})
	if err != nil {
		s.log.WarnContext(ctx, "last use of a session not written", "err", err)
	}
}
