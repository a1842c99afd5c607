package faults

import (
	"context"
	"errors"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Topic is what session events on the bus are called.
const Topic = "session"

// Service answers what is wrong and walks people through the mending. It is
// safe for concurrent use.
type Service struct {
	db        *db.DB
	clock     clock.Clock
	catalogue *catalogue.Catalogue
	matcher   *match.Matcher
	ports     Ports
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

// New makes the service over a catalogue.
func New(d *db.DB, clk clock.Clock, c *catalogue.Catalogue, p Ports) (*Service, error) {
	if p.Runner == nil || p.Readings == nil || p.Devices == nil || p.Backups == nil {
		return nil, errors.New("faults: Runner, Readings, Devices and Backups are needed")
	}
	return &Service{db: d, clock: clk, catalogue: c, matcher: NewMatcher(c), ports: p}, nil
}

// Articles lists the catalogue by id.
func (s *Service) Articles() []*catalogue.Article { return s.catalogue.Articles() }

// Article finds one article.
func (s *Service) Article(id string) (*catalogue.Article, error) {
	a, ok := s.catalogue.Get(id)
	if !ok {
		return nil, problem.New(problem.NotFound, "fault_unknown").With("fault", id)
	}
	return a, nil
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
	a, err := s.Article(r.Fault)
	if err != nil {
		return Session{}, err
	}
	sess := Session{
		ID: ids.New(), Client: client, Device: r.Device, Case: r.Case, Fault: a.ID, Revision: a.Revision,
		StartedBy: sc.Actor(), Path: []Visit{}, Version: 1,
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		sess.CreatedAt, sess.ChangedAt, sess.Since = tx.Now, tx.Now, tx.Now
		hash := ""
		if token != "" {
			hash, sess.TokenUntil = hashToken(token), tx.Now.Add(LinkLife)
		}
		if err := enter(a, &sess, a.First().ID, tx.Now); err != nil {
			return err
		}
		if err := insert(ctx, tx, sc, &sess, hash); err != nil {
			return err
		}
		return s.record(ctx, tx, sc, &sess, Event{Kind: Started, Step: sess.Step, Detail: Detail{Code: a.ID}})
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
		a, err := s.pinned(&sess)
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

// pinned is the article that the session walks. One that was rewritten
// meanwhile may have lost the step: then the session can only be handed over.
func (s *Service) pinned(sess *Session) (*catalogue.Article, error) {
	a, ok := s.catalogue.Get(sess.Fault)
	if !ok {
		return nil, problem.New(problem.Conflict, "fix_article_changed")
	}
	return a, nil
}
