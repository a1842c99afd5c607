package systemtest_test

import (
	"bytes"
	"database/sql"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
)

// counter is the shop's page of a running agent, as a browser on the shop's
// computer has it.
type counter struct {
	t   *testing.T
	url string
}

var pageURL = regexp.MustCompile(`page is up" url=(\S+)`)

// onWithPage switches the agent on with its page on a free port.
func (sh *shop) onWithPage() *counter {
	sh.t.Helper()
	sh.configure()
	file := filepath.Join(sh.dir, "agent.toml")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, append([]byte("page = \"127.0.0.1:0\"\n"), text...), 0o600)
	}
	if err != nil {
		sh.t.Fatal(err)
	}
	sh.process = start(sh.t, progAgent, "run", "--data", sh.dir).background()
	until(sh.t, "the shop's page is up", func() bool { return pageURL.MatchString(sh.said.String()) })
	return &counter{sh.t, pageURL.FindStringSubmatch(sh.said.String())[1]}
}

func (c *counter) get(path string) string {
	c.t.Helper()
	resp, err := http.Get(c.url + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(data)
}

// post sends a form and gives where the page leads: it has said "written" then.
func (c *counter) post(path string, form url.Values) string {
	c.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(c.url+path, form)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		c.t.Fatalf("%s: %s", path, resp.Status)
	}
	to, _, _ := strings.Cut(resp.Header.Get("Location"), "?")
	return to
}

var saleForm = regexp.MustCompile(`name="form" value="([^"]+)"`)

func (c *counter) sell(journal, name string) {
	c.t.Helper()
	m := saleForm.FindStringSubmatch(c.get(journal))
	if m == nil {
		c.t.Fatal("the journal has no form")
	}
	c.post(journal, url.Values{
		"form": {m[1]}, "name": {name}, "price": {"150"}, "quantity": {"1"}, "vat": {"6"}, "object": {"1"}, "unit": {"0"}, "pay": {"cash"}, "by": {"Лиза"},
	})
}

// TestASaleSurvivesThePowerCutThatItWasWrittenIn: the agent is killed the
// moment its page has said "written", with the server away and again with the
// server there; every sale stands in the company's journal once.
func TestASaleSurvivesThePowerCutThatItWasWrittenIn(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 1)
	sh := openShop(s, "Пекарня", b.registers...)
	page := sh.onWithPage()
	s.well(sh.devices...)
	s.kill()
	until(t, "the page shows the register", func() bool { return strings.Contains(page.get("/"), "/begin/"+sh.devices[0]) })
	from := time.Now().Add(-time.Hour).Format("2006-01-02T15:04")
	journal := page.post("/begin/"+sh.devices[0], url.Values{"reason": {"power"}, "from": {from}})
	sh.kill()
	for _, name := range []string{"Кофе", "Чай"} {
		page = sh.onWithPage()
		page.sell(journal, name)
		sh.kill()
	}
	s.up()
	page = sh.onWithPage()
	done := func(n int) func() bool {
		return func() bool { return strings.Count(page.get(journal), "the service company has it") == n }
	}
	until(t, "the company has both", done(2))
	page.sell(journal, "Сок") // on its way, or just there
	sh.kill()
	page = sh.onWithPage()
	until(t, "the company has the third", done(3))
	page.post(journal, url.Values{"do": {"over"}})
	until(t, "it is over, and all is told", func() bool { return strings.Contains(page.get("/"), "the service company has all of it") })
	sh.off()
	s.down()
	inTheJournal(t, s.data, "Кофе", "Чай", "Сок")
}

// inTheJournal looks past the program at its tables after an orderly stop.
func inTheJournal(t *testing.T, data string, names ...string) {
	t.Helper()
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(data, "tillwright.db"), clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }() // only read
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT items FROM powercut_settlement ORDER BY no`)
		list, err := db.Rows(rows, err, func(r *sql.Rows) (b []byte, err error) { return b, r.Scan(&b) })
		if err != nil {
			return err
		}
		if len(list) != len(names) {
			t.Errorf("%d settlements: %s", len(list), list)
		}
		for i := range min(len(list), len(names)) {
			if !bytes.Contains(list[i], []byte(names[i])) {
				t.Errorf("settlement %d is %s, not %s", i+1, list[i], names[i])
			}
		}
		var journals, open int
		row := tx.QueryRow(t.Context(), `SELECT count(*), sum(CASE WHEN over_at = 0 THEN 1 ELSE 0 END) FROM powercut_journal`)
		if err := row.Scan(&journals, &open); err != nil || journals != 1 || open != 0 {
			t.Errorf("%d journals, %d of breakdowns that last, %v", journals, open, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
