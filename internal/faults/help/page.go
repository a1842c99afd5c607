package help

import (
	"context"
	"database/sql"
	"regexp"
	"strings"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Page is how a company's public help page is reached and what it offers.
type Page struct {
	Slug    string // /help/<slug>; "" = none
	Phone   string // where a person answers; "" = not told
	Hours   string // when, in the company's own words
	Closed  bool   // there is no public page
	Version int64  // 0 = never saved
}

// Company is whose help page a stranger reads.
type Company struct {
	Firm
	Page
	First bool // the page is at /help itself
}

// Scope is the stranger's scope in this company.
func (c Company) Scope() scope.Scope { return Reader(c.ID) }

// reserved are the words that stand in the place of a slug in addresses.
var reserved = map[string]bool{"articles": true, "a": true, "request": true, "sent": true, "asked": true, "walk": true, "lang": true, "photo": true}

var slugForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`)

// IsSlug says whether the word may name a company in an address.
func IsSlug(word string) bool { return slugForm.MatchString(word) && !reserved[word] }

// Company finds whose page it is: by its slug, or for "" the company that was
// set up first. A page that is closed is not found.
func (s *Service) Company(ctx context.Context, slug string) (Company, error) {
	gone := problem.New(problem.NotFound, "help_no_page").In("help.Company")
	if slug != "" && !IsSlug(slug) {
		return Company{}, gone
	}
	firms, err := s.ports.Firms.Firms(ctx)
	if err != nil {
		return Company{}, err
	}
	if len(firms) == 0 {
		return Company{}, gone
	}
	tenant := firms[0].ID
	if slug != "" {
		if tenant, err = s.tenantOf(ctx, slug); err != nil {
			return Company{}, err
		}
	}
	return s.companyIn(ctx, firms, tenant)
}

// CompanyOf is the company of a scope as its readers see it; a closed page is
// not found.
func (s *Service) CompanyOf(ctx context.Context, sc scope.Scope) (Company, error) {
	if err := anyone(sc, "help.CompanyOf"); err != nil {
		return Company{}, err
	}
	firms, err := s.ports.Firms.Firms(ctx)
	if err != nil {
		return Company{}, err
	}
	return s.companyIn(ctx, firms, sc.Tenant())
}

func (s *Service) companyIn(ctx context.Context, firms []Firm, tenant string) (Company, error) {
	for i, f := range firms {
		if f.ID != tenant {
			continue
		}
		c := Company{Firm: f, First: i == 0}
		var err error
		if c.Page, err = s.page(ctx, c.Scope()); err != nil || !c.Closed {
			return c, err
		}
	}
	return Company{}, problem.New(problem.NotFound, "help_no_page").In("help.Company")
}

// tenantOf is the one question asked without a scope: the address is what
// names the company.
func (s *Service) tenantOf(ctx context.Context, slug string) (tenant string, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT tenant FROM faults_help_page WHERE slug = $1`, slug).Scan(&tenant)
	})
	if db.NoRows(err) {
		return "", nil // no company has the id ""
	}
	return tenant, err
}

func (s *Service) page(ctx context.Context, sc scope.Scope) (p Page, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		p, err = loadPage(ctx, tx, sc)
		return err
	})
	return p, err
}

func loadPage(ctx context.Context, tx *db.Tx, sc scope.Scope) (p Page, err error) {
	var closed int64
	err = tx.QueryRow(ctx, `SELECT slug, phone, hours, closed, version FROM faults_help_page WHERE tenant = $1`, sc.Tenant()).
		Scan(&p.Slug, &p.Phone, &p.Hours, &closed, &p.Version)
	if db.NoRows(err) {
		return Page{}, nil
	}
	p.Closed = closed != 0
	return p, err
}

// PageOf reads a company's own settings, for whoever answers its readers.
func (s *Service) PageOf(ctx context.Context, sc scope.Scope) (Page, error) {
	if err := editors(sc, "help.PageOf"); err != nil {
		return Page{}, err
	}
	return s.page(ctx, sc)
}

// SavePage changes a company's own settings; the version is the one that was
// read.
func (s *Service) SavePage(ctx context.Context, sc scope.Scope, p Page) (Page, error) {
	const op = "help.SavePage"
	if err := editors(sc, op); err != nil {
		return Page{}, err
	}
	if !sc.Can(scope.EditRules) {
		return Page{}, problem.New(problem.Forbidden, "forbidden").In(op)
	}
	p.Slug, p.Phone, p.Hours = strings.ToLower(line(p.Slug)), line(p.Phone), line(p.Hours)
	f := newForm(op)
	f.when(p.Slug != "" && !IsSlug(p.Slug), "slug", "help_slug_form")
	f.when(p.Phone != "" && !isPhone(p.Phone), "phone", "help_phone_form")
	f.text("hours", p.Hours, MaxContact, false)
	if err := f.err(); err != nil {
		return Page{}, err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		before, err := loadPage(ctx, tx, sc)
		if err != nil {
			return err
		}
		if before.Version != p.Version {
			return problem.New(problem.Conflict, "conflict").In(op)
		}
		if err := freeSlug(ctx, tx, sc, p.Slug, op); err != nil {
			return err
		}
		p.Version++
		if err := writePage(ctx, tx, sc, p); err != nil {
			return err
		}
		return note(ctx, tx, sc, "help.page_changed", "help", sc.Tenant(), map[string]any{"slug": p.Slug, "phone": p.Phone, "closed": p.Closed})
	})
	return p, err
}

func freeSlug(ctx context.Context, tx *db.Tx, sc scope.Scope, slug, op string) error {
	var other string
	err := tx.QueryRow(ctx, `SELECT tenant FROM faults_help_page WHERE slug = $1 AND slug <> '' AND tenant <> $2`, slug, sc.Tenant()).Scan(&other)
	if err == nil {
		return problem.New(problem.Invalid, "invalid").Field("slug", "help_slug_taken").In(op)
	}
	if db.NoRows(err) {
		return nil
	}
	return err
}

func writePage(ctx context.Context, tx *db.Tx, sc scope.Scope, p Page) error {
	var res sql.Result
	res, err := tx.Exec(ctx, `INSERT INTO faults_help_page (tenant, slug, phone, hours, closed, version) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (tenant) DO UPDATE SET slug = excluded.slug, phone = excluded.phone, hours = excluded.hours,
		closed = excluded.closed, version = excluded.version WHERE faults_help_page.version = excluded.version - 1`,
		sc.Tenant(), p.Slug, p.Phone, p.Hours, db.Bit(p.Closed), p.Version)
	if ok, err := db.Changed(res, err); err != nil || !ok {
		if err == nil {
			err = problem.New(problem.Conflict, "conflict").In("help.SavePage")
		}
		return err
	}
	return err
}

// Path is where the company's page is; "" when it has none, because another
// company was first and this one has no slug.
func (c Company) Path() string {
	switch {
	case c.First:
		return "/help"
	case c.Slug != "":
		return "/help/" + c.Slug
	}
	return ""
}
