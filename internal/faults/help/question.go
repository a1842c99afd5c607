package help

import (
	"context"
	"database/sql"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// QuestionState is where a reader's question stands.
type QuestionState string

// The states. Only published ones are shown to readers.
const (
	Waiting   QuestionState = "waiting"
	Published QuestionState = "published"
	Hidden    QuestionState = "hidden"
)

// Question is what a reader asked under an article.
type Question struct {
	ID         string
	Fault      string
	Lang       string
	Name       string // "" = did not say
	Text       string
	State      QuestionState
	Answer     string // "" = none yet
	AnsweredBy string // name
	AskedAt    time.Time
	AnsweredAt time.Time
	Version    int64
}

// How many questions may wait: of one visitor, and of a company. More are
// refused, so that nobody buries those of others.
const (
	maxWaitingVisitor = 5
	maxWaitingCompany = 500
)

const questionColumns = `id, fault, lang, name, text, state, answer, answered_name, asked_at, answered_at, version`

func scanQuestion(r interface{ Scan(...any) error }) (q Question, err error) {
	var asked, answered int64
	err = r.Scan(&q.ID, &q.Fault, &q.Lang, &q.Name, &q.Text, &q.State, &q.Answer, &q.AnsweredBy, &asked, &answered, &q.Version)
	q.AskedAt, q.AnsweredAt = db.Time(asked), db.Time(answered)
	return q, err
}

func langOf(tag string) string {
	l, ok := i18n.Parse(tag)
	if !ok {
		l = i18n.EN
	}
	return string(l)
}

// Ask takes a reader's question under an article. It waits for an editor
// before others see it.
func (s *Service) Ask(ctx context.Context, sc scope.Scope, v Visitor, q Question) (Question, error) {
	const op = "help.Ask"
	if err := anyone(sc, op); err != nil {
		return q, err
	}
	if err := v.known(op); err != nil {
		return q, err
	}
	if _, err := s.ports.Library.Article(ctx, sc, q.Fault); err != nil {
		return q, err
	}
	q.Name, q.Text = line(q.Name), clean(q.Text)
	f := newForm(op)
	f.text("name", q.Name, MaxName, false)
	f.text("text", q.Text, MaxQuestion, true)
	if err := f.err(); err != nil {
		return q, err
	}
	q.ID, q.Lang, q.State, q.Answer, q.AnsweredBy, q.Version = ids.New(), langOf(q.Lang), Waiting, "", "", 1
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := room(ctx, tx, sc, v, op); err != nil {
			return err
		}
		q.AskedAt = tx.Now
		_, err := tx.Exec(ctx, `INSERT INTO faults_question (tenant, visitor, answered_by, `+questionColumns+`) VALUES `+db.Values(1, 14),
			sc.Tenant(), string(v), "", q.ID, q.Fault, q.Lang, q.Name, q.Text, string(q.State), "", "", db.Millis(q.AskedAt), 0, q.Version)
		if err != nil {
			return err
		}
		return s.noteQuestion(ctx, tx, sc, "question.asked", q)
	})
	return q, err
}

func room(ctx context.Context, tx *db.Tx, sc scope.Scope, v Visitor, op string) error {
	var own, all int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN visitor = $2 THEN 1 ELSE 0 END), 0) FROM faults_question
		WHERE tenant = $1 AND state = 'waiting'`, sc.Tenant(), string(v)).Scan(&all, &own)
	if err == nil && (own >= maxWaitingVisitor || all >= maxWaitingCompany) {
		return problem.New(problem.TooMany, "help_questions_wait").In(op)
	}
	return err
}

// Answered lists an article's published questions, the newest first, at most
// 50.
func (s *Service) Answered(ctx context.Context, sc scope.Scope, fault string) (list []Question, err error) {
	if err := anyone(sc, "help.Answered"); err != nil {
		return nil, err
	}
	return s.questions(ctx, `tenant = $1 AND fault = $2 AND state = $3 ORDER BY id DESC LIMIT 50`, sc.Tenant(), fault, string(Published))
}

// Questions lists readers' questions in a state for the editors, those that
// wait with the oldest first, at most 200.
func (s *Service) Questions(ctx context.Context, sc scope.Scope, state QuestionState) ([]Question, error) {
	if err := editors(sc, "help.Questions"); err != nil {
		return nil, err
	}
	order := "DESC"
	if state == Waiting {
		order = "ASC"
	}
	return s.questions(ctx, `tenant = $1 AND state = $2 ORDER BY id `+order+` LIMIT 200`, sc.Tenant(), string(state))
}

func (s *Service) questions(ctx context.Context, where string, args ...any) (list []Question, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+questionColumns+` FROM faults_question WHERE `+where, args...)
		list, err = db.Rows(rows, err, func(r *sql.Rows) (Question, error) { return scanQuestion(r) })
		return err
	})
	return list, err
}

// CountWaiting is how many questions wait; 0 for who does not answer them.
func (s *Service) CountWaiting(ctx context.Context, sc scope.Scope) (n int, err error) {
	if !MayEdit(sc) {
		return 0, nil
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM faults_question WHERE tenant = $1 AND state = 'waiting'`, sc.Tenant()).Scan(&n)
	})
	return n, err
}
