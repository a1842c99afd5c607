package faults

import (
	"context"
	"errors"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/shelf"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Topic is what session events on the bus are called.
const Topic = "session"

// Service answers what is wrong and walks people through the mending. It is
// safe for concurrent use.
type Service struct {
	db    *db.DB
	clock clock.Clock
	shelf *shelf.Service
	ports Ports
}

// Ports is what the area needs of others. Runner, Readings, Devices and
// Backups must be there; Cases and Bus may be nil.
type Ports struct {
	Runner   Runner
	Readings Readings
	Devices  Devices
	Backups  Backups
	Cases    Cases
	Bus      Publisher
}

// New makes the service over the shipped catalogue. Until Refresh has been
// called no company's own articles hold.
func New(d *db.DB, clk clock.Clock, c *catalogue.Catalogue, p Ports) (*Service, error) {
	if p.Runner == nil || p.Readings == nil || p.Devices == nil || p.Backups == nil {
		return nil, errors.New("faults: Runner, Readings, Devices and Backups are needed")
	}
	return &Service{db: d, clock: clk, shelf: shelf.New(d, c, NewMatcher), ports: p}, nil
}

// Shelf is where a company's own articles are written and published.
func (s *Service) Shelf() *shelf.Service { return s.shelf }

// Heard has the searches that editors linked to articles count as their readers'
// words, once the transaction is done.
func (s *Service) Heard(ctx context.Context, tx *db.Tx, sc scope.Scope) error {
	return s.shelf.Heard(ctx, tx, sc)
}

// Refresh takes in what was published before the program started or by another
// process of this server.
func (s *Service) Refresh(ctx context.Context) error { return s.shelf.Refresh(ctx) }

// Effective is the catalogue that holds in the scope's company: the shipped
// articles with the company's own over them. It asks nothing of the database;
// a scope without a company has the shipped catalogue.
func (s *Service) Effective(sc scope.Scope) *catalogue.Catalogue { return s.shelf.Effective(sc) }

// Articles lists the catalogue that holds in the scope's company, by id.
func (s *Service) Articles(sc scope.Scope) []*catalogue.Article { return s.Effective(sc).Articles() }

// Article finds one article that holds in the scope's company.
func (s *Service) Article(sc scope.Scope, id string) (*catalogue.Article, error) {
	a, ok := s.Effective(sc).Get(id)
	if !ok {
		return nil, problem.New(problem.NotFound, "fault_unknown").With("fault", id)
	}
	return a, nil
}

// Title is what a fault is called in a language; false when no article, not
// even one that the company switched off, is about it.
func (s *Service) Title(sc scope.Scope, id string, l i18n.Lang) (string, bool) {
	a, ok := s.shelf.Named(sc, id)
	if !ok {
		return "", false
	}
	return a.Title.In(l), true
}

// StartRequest says what is to be mended.
type StartRequest struct {
	Fault  string
	Device string // "" = without a device
	Case   string // "" = none
}

// Start begins a guided fix for a signed-in person.
func (s *Service) Start(ctx context.Context, sc scope.Scope, r StartRequest) (View, error) {
	if err := mayTouch(sc); err != nil {
		return View{}, err
	}
	if sc.Actor().Kind == scope.ByGuest {
		return View{}, problem.New(problem.Forbidden, "forbidden").In("faults.Start")
	}
	client := sc.Client()
	if r.Device != "" {
		owner, err := s.ports.Devices.Client(ctx, sc, r.Device)
		if err != nil {
			return View{}, err
		}
		if client = owner; sc.Client() != "" && owner != sc.Client() {
			return View{}, problem.New(problem.NotFound, "not_found").In("faults.Start")
		}
	}
	sess, err := s.create(ctx, sc, r, client, "")
	if err != nil {
		return View{}, err
	}
	return s.afterChange(ctx, sc, Ref{ID: sess.ID}, sess)
}

// create stores a new session on the article's first step.
func (s *Service) create(ctx context.Context, sc scope.Scope, r StartRequest, client, token string) (Session, error) {
	a, err := s.Article(sc, r.Fault)
	if err != nil {
		return Session{}, err
	}
	sess := Session{
		ID: ids.New(), Client: client, Device: r.Device, Case: r.Case, Fault: a.ID, Revision: a.Revision,
		StartedBy: sc.Actor(), Path: []Visit{}, Version: 1,
	}
	cannot, err := s.cannot(ctx, sc, r.Device, a)
	if err != nil {
		return Session{}, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		sess.CreatedAt, sess.ChangedAt, sess.Since = tx.Now, tx.Now, tx.Now
		hash := ""
		if token != "" {
			hash, sess.TokenUntil = hashToken(token), tx.Now.Add(LinkLife)
		}
		g := &ground{Article: a, cannot: cannot}
		if err := enter(g, &sess, a.First().ID, tx.Now); err != nil {
			return err
		}
		if err := insert(ctx, tx, sc, &sess, hash); err != nil {
			return err
		}
		if err := s.shelf.Keep(ctx, tx, sc, a); err != nil {
			return err
		}
		began := Event{Kind: Started, Step: sess.Step, Detail: Detail{Code: a.ID}}
		return s.record(ctx, tx, sc, &sess, append([]Event{began}, g.passed...)...)
	})
	return sess, err
}

// record writes log and audit trail and tells the bus after the commit.
func (s *Service) record(ctx context.Context, tx *db.Tx, sc scope.Scope, sess *Session, events ...Event) error {
	if err := addEvents(ctx, tx, sc, sess.ID, events); err != nil {
		return err
	}
	for _, e := range events {
		entry := audit.Entry{Action: "session." + string(e.Kind), Subject: "session", SubjectID: sess.ID, Detail: map[string]string{
			"fault": sess.Fault, "step": e.Step, "device": sess.Device, "command": e.Detail.Command, "consent": e.Detail.Consent,
		}}
		if err := audit.Write(ctx, tx, sc, entry); err != nil {
			return err
		}
	}
	if s.ports.Bus != nil {
		event := bus.Event{Tenant: sc.Tenant(), Topic: Topic, ID: sess.ID}
		tx.AfterCommit(func() { s.ports.Bus.Publish(event) })
	}
	return nil
}

// change reads the session, checks that it is the one its reader saw
// (version 0: whichever), lets f change it and stores both in one
// transaction.
func (s *Service) change(ctx context.Context, sc scope.Scope, ref Ref, version int64,
	f func(sess *Session, a *catalogue.Article, tx *db.Tx) ([]Event, error),
) (Session, error) {
	var sess Session
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var err error
		if sess, err = get(ctx, tx, sc, ref, tx.Now); err != nil {
			return err
		}
		if version != 0 && version != sess.Version {
			return problem.New(problem.Conflict, "fix_changed")
		}
		a, err := s.pinned(ctx, tx, sc, &sess)
		if err != nil {
			return err
		}
		events, err := f(&sess, a, tx)
		if err != nil {
			return err
		}
		if err := save(ctx, tx, sc, &sess); err != nil {
			return err
		}
		return s.record(ctx, tx, sc, &sess, events...)
	})
	return sess, err
}

// pinned is the article that the session walks, in the words that it began in.
// Where those are left nowhere it is the article that holds now, which may have
// lost the step: then the session can only be handed over.
func (s *Service) pinned(ctx context.Context, tx *db.Tx, sc scope.Scope, sess *Session) (*catalogue.Article, error) {
	a, ok, err := s.shelf.Pinned(ctx, tx, sc, sess.Fault, sess.Revision)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, problem.New(problem.Conflict, "fix_article_changed")
	}
	return a, nil
}

// articleOf is pinned outside of a transaction.
func (s *Service) articleOf(ctx context.Context, sc scope.Scope, sess *Session) (a *catalogue.Article, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		a, err = s.pinned(ctx, tx, sc, sess)
		return err
	})
	return a, err
}
