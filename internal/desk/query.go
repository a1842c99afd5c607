package desk

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// query builds a list's statement out of the filters that are set.
type query struct {
	sc    scope.Scope
	f     Filter
	where []string
	args  []any
}

func (q *query) add(condition string, arg any) {
	q.args = append(q.args, arg)
	q.where = append(q.where, strings.ReplaceAll(condition, "?", "$"+strconv.Itoa(len(q.args))))
}

func (q *query) build() (string, error) {
	q.add("tenant = ?", q.sc.Tenant())
	ended := q.states()
	if c := q.sc.Client(); c != "" {
		q.add("client = ?", c)
	}
	for _, eq := range []struct{ column, value string }{
		{"severity", string(q.f.Severity)}, {"client", q.f.Client}, {"outlet", q.f.Outlet}, {"device", q.f.Device}, {"fault", q.f.Fault},
	} {
		if eq.value != "" {
			q.add(eq.column+" = ?", eq.value)
		}
	}
	if q.f.Owner == "-" {
		q.add("owner = ?", "")
	} else if q.f.Owner != "" {
		q.add("owner = ?", q.f.Owner)
	}
	if q.f.Broken {
		q.where = append(q.where, "broken_at > 0")
	}
	q.text()
	key, order, after := "queue_at", "ASC", ">"
	if ended {
		key, order, after = "closed_at", "DESC", "<"
	}
	if err := q.after(key, after); err != nil {
		return "", err
	}
	return fmt.Sprintf(`SELECT %s, %s FROM desk_case WHERE %s ORDER BY %s %s, id %s LIMIT %d`,
		key, columns, strings.Join(q.where, " AND "), key, order, order, q.f.Limit+1), nil
}

// states narrows by state and says whether only ended cases are wanted.
func (q *query) states() (ended bool) {
	if len(q.f.States) == 0 {
		q.where = append(q.where, "closed_at = 0")
		return false
	}
	active := 0
	marks := make([]string, len(q.f.States))
	for i, st := range q.f.States {
		if st.Active() {
			active++
		}
		q.args = append(q.args, string(st))
		marks[i] = "$" + strconv.Itoa(len(q.args))
	}
	q.where = append(q.where, "state IN ("+strings.Join(marks, ",")+")")
	switch active {
	case 0:
		q.where = append(q.where, "closed_at > 0")
	case len(q.f.States):
		q.where = append(q.where, "closed_at = 0")
	}
	return active == 0
}

// text narrows to a number ("1042", "#1042") or to subjects that have all the
// words. Bare digits may be meant as either.
func (q *query) text() {
	text, hash := strings.CutPrefix(clean(q.f.Text), "#")
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		q.args = append(q.args, n, like(text))
		number, word := len(q.args)-1, len(q.args)
		if hash {
			q.args = q.args[:number]
			q.where = append(q.where, fmt.Sprintf("number = $%d", number))
			return
		}
		q.anyOf(fmt.Sprintf(`(number = $%d OR folded LIKE $%d ESCAPE '\')`, number, word))
		return
	}
	var words []string
	for word := range strings.FieldsSeq(Fold(text)) {
		q.args = append(q.args, like(word))
		words = append(words, fmt.Sprintf(`folded LIKE $%d ESCAPE '\'`, len(q.args)))
	}
	if len(words) > 0 {
		q.anyOf("(" + strings.Join(words, " AND ") + ")")
	}
}

// anyOf narrows to what meets the condition or is about something named.
func (q *query) anyOf(condition string) {
	any := []string{condition}
	n := q.f.Named
	for _, in := range []struct {
		column string
		ids    []string
	}{{"fault", n.Faults}, {"client", n.Clients}, {"outlet", n.Outlets}, {"device", n.Devices}} {
		if len(in.ids) == 0 {
			continue
		}
		any = append(any, in.column+" IN ("+db.List(len(in.ids), len(q.args)+1)+")")
		for _, id := range in.ids {
			q.args = append(q.args, id)
		}
	}
	q.where = append(q.where, "("+strings.Join(any, " OR ")+")")
}

func like(word string) string { return "%" + db.EscapeLike(word) + "%" }

func (q *query) after(key, cmp string) error {
	if q.f.After == "" {
		return nil
	}
	at, id, ok := strings.Cut(q.f.After, "_")
	n, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil {
		return problem.New(problem.Malformed, "page_key").In("desk.List")
	}
	q.args = append(q.args, n, id)
	q.where = append(q.where, fmt.Sprintf("(%s, id) %s ($%d, $%d)", key, cmp, len(q.args)-1, len(q.args)))
	return nil
}
