package access

import (
	"context"
	"database/sql"
	"strings"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/scope"
)

// NewTenant is what a service company is set up with.
type NewTenant struct {
	Name    string
	Country string // ISO 3166 alpha-2
	Lang    i18n.Lang
	Zone    string // IANA
}

// CreateTenant sets up a service company. It asks for no scope, because there
// is none before the first tenant: only the command line and the first start
// may call it.
func (s *Service) CreateTenant(ctx context.Context, n NewTenant) (Tenant, error) {
	n.Name = strings.TrimSpace(n.Name)
	var f findings
	f.text("name", n.Name)
	if len(n.Country) != 2 || strings.ToUpper(n.Country) != n.Country {
		f.add("country", "country_unknown")
	}
	f.lang("lang", n.Lang)
	f.zone("zone", n.Zone)
	if err := f.err("access.CreateTenant"); err != nil {
		return Tenant{}, err
	}
	t := Tenant{ID: ids.New(), Name: n.Name, Country: n.Country, Lang: n.Lang, Zone: n.Zone}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		t.CreatedAt = tx.Now
		_, err := tx.Exec(ctx, `INSERT INTO access_tenant (id, name, country, lang, zone, created_at) VALUES ($1,$2,$3,$4,$5,$6)`,
			t.ID, t.Name, t.Country, string(t.Lang), t.Zone, db.Millis(t.CreatedAt))
		if err != nil {
			return wrap("CreateTenant", err)
		}
		return audit.Write(ctx, tx, scope.System(t.ID, "setup"), audit.Entry{
			Action: "tenant.created", Subject: "tenant", SubjectID: t.ID, Detail: map[string]any{"name": t.Name, "country": t.Country},
		})
	})
	return t, err
}

const tenantColumns = `id, name, country, lang, zone, created_at`

func scanTenant(r *sql.Rows) (t Tenant, err error) {
	var lang string
	var created int64
	err = r.Scan(&t.ID, &t.Name, &t.Country, &lang, &t.Zone, &created)
	t.Lang, t.CreatedAt = i18n.Lang(lang), db.Time(created)
	return t, err
}

// Tenants lists every service company. It crosses the walls between them, so
// it is for the program's own loops alone, never for a page.
func (s *Service) Tenants(ctx context.Context) (list []Tenant, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+tenantColumns+` FROM access_tenant ORDER BY id`)
		list, err = db.Rows(rows, err, scanTenant)
		return wrap("Tenants", err)
	})
	return list, err
}

// Tenant is the company of the scope.
func (s *Service) Tenant(ctx context.Context, sc scope.Scope) (Tenant, error) {
	if err := valid(sc, "access.Tenant"); err != nil {
		return Tenant{}, err
	}
	var list []Tenant
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+tenantColumns+` FROM access_tenant WHERE id = $1`, sc.Tenant())
		list, err = db.Rows(rows, err, scanTenant)
		return wrap("Tenant", err)
	})
	if err == nil && len(list) == 0 {
		err = notFound("access.Tenant")
	}
	if err != nil {
		return Tenant{}, err
	}
	return list[0], nil
}
