package shelf

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/scope"
)

// Service keeps the articles. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	shipped *catalogue.Catalogue
	index   func(*catalogue.Catalogue) *match.Matcher
	plain   *stand // what holds without a company's own articles

	building sync.Mutex // one builds at a time; readers never wait for it
	stands   atomic.Pointer[map[string]*stand]
}

// stand is what holds for one company. It does not change; a new one is built
// beside it.
type stand struct {
	revision  int64
	catalogue *catalogue.Catalogue
	matcher   *match.Matcher
	own       map[string]*catalogue.Article // by fault, what the company wrote
	broken    map[string]catalogue.Flaws    // published once, refused by this release's schema
}

// New makes the service over the shipped catalogue. index makes a matcher of
// a catalogue.
func New(d *db.DB, shipped *catalogue.Catalogue, index func(*catalogue.Catalogue) *match.Matcher) *Service {
	s := &Service{db: d, shipped: shipped, index: index, plain: &stand{catalogue: shipped, matcher: index(shipped)}}
	s.stands.Store(&map[string]*stand{})
	return s
}

// of is what holds in the scope's company now. It asks nothing of the
// database.
func (s *Service) of(sc scope.Scope) *stand {
	if st, ok := (*s.stands.Load())[sc.Tenant()]; ok {
		return st
	}
	return s.plain
}

// Effective is the catalogue that holds in the scope's company: the shipped
// articles, the company's over them, without those it switched off.
func (s *Service) Effective(sc scope.Scope) *catalogue.Catalogue { return s.of(sc).catalogue }

// Matcher finds articles of the catalogue that holds in the scope's company.
func (s *Service) Matcher(sc scope.Scope) (*match.Matcher, *catalogue.Catalogue) {
	st := s.of(sc)
	return st.matcher, st.catalogue
}

// Named finds an article to call a fault by its name: one that holds, or the
// shipped one that the company switched off.
func (s *Service) Named(sc scope.Scope, fault string) (*catalogue.Article, bool) {
	if a, ok := s.of(sc).catalogue.Get(fault); ok {
		return a, true
	}
	return s.shipped.Get(fault)
}

// Shipped finds a shipped article.
func (s *Service) Shipped(fault string) (*catalogue.Article, bool) { return s.shipped.Get(fault) }

// Refresh builds anew what another process published, and at the start what
// was published before. It fails when the database does not answer.
func (s *Service) Refresh(ctx context.Context) error {
	var now map[string]int64
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		now, err = revisions(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for tenant, revision := range now {
		if st, ok := (*s.stands.Load())[tenant]; ok && st.revision >= revision {
			continue
		}
		if err := s.build(ctx, tenant); err != nil {
			return err
		}
	}
	return nil
}

// build makes a company's stand and puts it in the place of the old one, which
// answers until then.
func (s *Service) build(ctx context.Context, tenant string) error {
	s.building.Lock()
	defer s.building.Unlock()
	old := (*s.stands.Load())[tenant]
	next, err := s.read(ctx, scope.System(tenant, "articles"), old)
	if err != nil {
		return err
	}
	if old != nil && old.revision >= next.revision {
		return nil
	}
	all := make(map[string]*stand, len(*s.stands.Load())+1)
	for t, st := range *s.stands.Load() {
		all[t] = st
	}
	all[tenant] = next
	s.stands.Store(&all)
	return nil
}

// read makes a stand of what is published; articles whose text is the same as
// in the old one are taken from there.
func (s *Service) read(ctx context.Context, sc scope.Scope, old *stand) (*stand, error) {
	next := &stand{own: map[string]*catalogue.Article{}, broken: map[string]catalogue.Flaws{}}
	off := map[string]bool{}
	var texts []kept
	var words []heard
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		holding, err := published(ctx, tx, sc)
		if err != nil {
			return err
		}
		var missing []string
		for _, h := range holding {
			off[h.fault] = h.off
			if h.revision == "" {
				continue
			}
			if old != nil && old.own[h.fault] != nil && old.own[h.fault].Revision == h.revision {
				next.own[h.fault] = old.own[h.fault]
				continue
			}
			missing = append(missing, h.fault)
		}
		if texts, err = publishedTexts(ctx, tx, sc, missing); err != nil {
			return err
		}
		if words, err = heardBy(ctx, tx, sc); err != nil {
			return err
		}
		next.revision, err = revisionOf(ctx, tx, sc)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.fill(next, texts, off)
	next.matcher = s.index(listening(next.catalogue, words))
	return next, nil
}

func (s *Service) fill(next *stand, texts []kept, off map[string]bool) {
	for _, t := range texts {
		a, err := t.parse()
		if err != nil {
			next.broken[t.fault] = catalogue.FlawsOf(err)
			continue
		}
		next.own[t.fault] = a
	}
	over := make([]*catalogue.Article, 0, len(next.own))
	for _, a := range next.own {
		over = append(over, a)
	}
	next.catalogue = s.shipped.With(over, off)
}
