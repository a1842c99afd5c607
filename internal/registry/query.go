package registry

import (
	"strconv"
	"strings"
)

// query gathers the conditions of a WHERE with their numbered arguments.
type query struct {
	where []string
	args  []any
}

// arg adds an argument and returns its placeholder.
func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// and adds a condition in which each ? stands for the next value.
func (q *query) and(condition string, values ...any) {
	for _, v := range values {
		condition = strings.Replace(condition, "?", q.arg(v), 1)
	}
	q.where = append(q.where, condition)
}

// equal adds "column = value", or nothing for "".
func (q *query) equal(column, value string) {
	if value != "" {
		q.and(column+" = ?", value)
	}
}

// words adds that the folded column answers the question.
func (q *query) words(column, question string) {
	for _, p := range patterns(question) {
		q.and(column+` LIKE ? ESCAPE '\'`, p)
	}
}

// after adds that a row comes behind the last of the page before. That row is
// looked up again: what was renamed meanwhile is gone on from where it
// stands now.
func (q *query) after(table, alias, tenant, id string) {
	if id != "" {
		q.and("("+alias+".sort, "+alias+".id) > (SELECT k.sort, k.id FROM "+table+" k WHERE k.tenant = ? AND k.id = ?)", tenant, id)
	}
}

// String is the WHERE with its conditions; reach always adds one.
func (q *query) String() string { return " WHERE " + strings.Join(q.where, " AND ") }

// start is a query within the reach; client is the column of the client's id.
func (r reach) start(alias, client string) *query {
	q := &query{}
	q.and(alias+".tenant = ?", r.tenant)
	q.equal(client, r.client)
	return q
}

// Page says which part of a list is wanted.
type Page struct {
	After string // id of the last row of the page before, "" for the first
	Limit int    // 0 = 50, at most 500
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return 50
	}
	return min(p.Limit, 500)
}

// cut takes off the row that was read only to know that there is more.
func cut[T any](list []T, limit int) (page []T, more bool) {
	if len(list) > limit {
		return list[:limit], true
	}
	return list, false
}
