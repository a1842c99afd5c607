package browsertest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/sim"
)

// TestEveryPageOnEveryScreen follows the links from the start page as the
// administrator, and looks at one page of each kind in all three languages, on
// a desk and on a phone, in light and in dark: nothing goes out sideways, no
// word is missing, the console is silent, each field has its label.
func TestEveryPageOnEveryScreen(t *testing.T) {
	t.Parallel()
	p := open(t, 4)
	p.limit("no_answer", 1)
	for shop, fault := range []string{sim.FaultFNLink, sim.FaultNoExchange, sim.FaultUnplugged} {
		if err := p.demo.Bench.Server(shop).Inject(fault); err != nil {
			t.Fatal(err)
		}
	}
	p.size(1280, 900)
	p.as(scope.Admin, "en", "light")
	p.wait(`document.querySelectorAll('main td a[href^="/cases/"]').length >= 3`)
	pages := p.crawl("/", "/me", "/admin", "/search?q=210", "/faults?q=фн235", "/nothing-here")
	for _, kind := range []string{"/cases/{id}", "/devices/{id}", "/faults/{id}", "/fleet", "/admin/audit", "/admin/agents/{id}", "/admin/people/{id}", "/admin/outlets/{id}", "/fnchange/new"} {
		if !slices.ContainsFunc(pages, func(s string) bool { return kindOf(s) == kind }) {
			t.Errorf("no link leads to %s", kind)
		}
	}
	for _, screen := range []struct {
		width, height int
		lang, theme   string
	}{
		{1280, 900, "ru", "light"}, {390, 844, "ru", "dark"}, {1280, 900, "de", "dark"}, {390, 844, "de", "light"}, {390, 844, "en", "light"},
	} {
		name := fmt.Sprintf("%d-%s-%s", screen.width, screen.lang, screen.theme)
		p.size(screen.width, screen.height)
		p.visit("/lang/" + screen.lang + "?back=/me")
		p.text(fmt.Sprintf("document.cookie = 'theme=%s; path=/'", screen.theme))
		for _, path := range pages {
			p.visit(path)
			if list := p.faults(); len(list) > 0 {
				t.Errorf("%s %s:\n%s", name, path, strings.Join(list, "\n"))
			}
			p.keep("sweep-" + strings.NewReplacer("/", "_", "{", "", "}", "", "?", "-", "=", "-").Replace(kindOf(path)) + "-" + name)
		}
	}
}

// TestEachRoleSeesItsOwn: whoever signs in finds only links that open, and a
// stranger finds the way in.
func TestEachRoleSeesItsOwn(t *testing.T) {
	t.Parallel()
	p := open(t, 2)
	for _, role := range []scope.Role{scope.Cashier, scope.Owner, scope.Dispatcher, scope.Engineer, scope.Manager} {
		p.size(390, 844)
		p.as(role, "de", "light")
		for _, path := range p.crawl("/", "/me") {
			p.visit(path)
			if list := p.faults(); len(list) > 0 {
				t.Errorf("%s %s:\n%s", role, path, strings.Join(list, "\n"))
			}
			if p.text(`document.querySelector('[data-status]')?.dataset.status ?? ''`) != "" {
				t.Errorf("%s is led to %s, which does not open", role, path)
			}
			p.keep(fmt.Sprintf("role-%s%s", role, strings.NewReplacer("/", "_", "{", "", "}", "").Replace(kindOf(path))))
		}
		p.visit("/me")
		p.run(`document.querySelector('form[action="/logout"] button, form[action="/logout"]').closest('form').requestSubmit()`)
		p.wait(`location.pathname === '/login'`)
	}
}

var (
	anID    = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	aFault  = regexp.MustCompile(`^/faults/[a-z0-9]+-[a-z0-9-]+$`)
	ours    = regexp.MustCompile(`^/admin/articles/[a-z0-9]+-[a-z0-9-]+`)
	aPlace  = regexp.MustCompile(`^/help/[a-z0-9-]+$`)
	noPages = regexp.MustCompile(`^/(logout|lang/|files/|static/|events|docs|api/)|\.(csv|xlsx|zip|json)$|/(export|download)`)
)

// kindOf is a path with its names left out: pages of one kind are alike.
func kindOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	path = anID.ReplaceAllString(path, "{id}")
	path = ours.ReplaceAllString(path, "/admin/articles/{id}")
	path = aPlace.ReplaceAllString(path, "/help/{id}")
	if path != "/faults/questions" && path != "/faults/missed" {
		path = aFault.ReplaceAllString(path, "/faults/{id}")
	}
	return path
}

// crawl is one page of each kind that can be reached from some pages.
func (p *page) crawl(from ...string) []string {
	p.t.Helper()
	seen := map[string]bool{}
	var pages []string
	todo := from
	for len(todo) > 0 && len(pages) < 100 {
		path := todo[0]
		todo = todo[1:]
		if kind := kindOf(path); seen[kind] || noPages.MatchString(kind) {
			continue
		}
		seen[kindOf(path)] = true
		p.visit(path)
		pages = append(pages, path)
		var links []string
		found := p.text(`JSON.stringify([...document.querySelectorAll('a[href^="/"]:not([download])')].map(a => a.getAttribute('href').split('#')[0]))`)
		if err := json.Unmarshal([]byte(found), &links); err != nil {
			p.t.Fatal(err)
		}
		todo = append(todo, links...)
	}
	return pages
}
