package help

import (
	"context"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Answer publishes a question with an answer; an answer "" publishes it as it
// stands. The version is the one that was read.
func (s *Service) Answer(ctx context.Context, sc scope.Scope, id string, version int64, text string) (Question, error) {
	const op = "help.Answer"
	text = clean(text)
	f := newForm(op)
	f.text("answer", text, MaxAnswer, false)
	if err := f.err(); err != nil {
		return Question{}, err
	}
	return s.changeQuestion(ctx, sc, id, version, op, "question.answered", func(q *Question, tx *db.Tx) {
		q.State = Published
		if text != "" && text != q.Answer {
			q.Answer, q.AnsweredBy, q.AnsweredAt = text, sc.Actor().Name, tx.Now
		}
	})
}

// Hide takes a question out of readers' sight; Answer brings it back.
func (s *Service) Hide(ctx context.Context, sc scope.Scope, id string, version int64) (Question, error) {
	return s.changeQuestion(ctx, sc, id, version, "help.Hide", "question.hidden", func(q *Question, _ *db.Tx) { q.State = Hidden })
}

// Remove deletes a question for good; the audit trail keeps that there was
// one, not its words.
func (s *Service) Remove(ctx context.Context, sc scope.Scope, id string, version int64) error {
	const op = "help.Remove"
	if err := editors(sc, op); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		q, err := loadQuestion(ctx, tx, sc, id, version, op)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM faults_question WHERE tenant = $1 AND id = $2`, sc.Tenant(), id); err != nil {
			return err
		}
		return s.noteQuestion(ctx, tx, sc, "question.removed", q)
	})
}

func (s *Service) changeQuestion(ctx context.Context, sc scope.Scope, id string, version int64, op, action string,
	change func(q *Question, tx *db.Tx),
) (q Question, err error) {
	if err := editors(sc, op); err != nil {
		return q, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if q, err = loadQuestion(ctx, tx, sc, id, version, op); err != nil {
			return err
		}
		change(&q, tx)
		q.Version++
		ok, err := db.Changed(tx.Exec(ctx, `UPDATE faults_question SET state = $4, answer = $5, answered_by = $6, answered_name = $7, answered_at = $8, version = $9
			WHERE tenant = $1 AND id = $2 AND version = $3`,
			sc.Tenant(), id, version, string(q.State), q.Answer, sc.Actor().ID, q.AnsweredBy, db.Millis(q.AnsweredAt), q.Version))
		if err != nil {
			return err
		}
		if !ok {
			return problem.New(problem.Conflict, "conflict").In(op)
		}
		return s.noteQuestion(ctx, tx, sc, action, q)
	})
	return q, err
}

func loadQuestion(ctx context.Context, tx *db.Tx, sc scope.Scope, id string, version int64, op string) (Question, error) {
	q, err := scanQuestion(tx.QueryRow(ctx, `SELECT `+questionColumns+` FROM faults_question WHERE tenant = $1 AND id = $2`, sc.Tenant(), id))
	if db.NoRows(err) {
		return q, problem.New(problem.NotFound, "not_found").In(op)
	}
	if err == nil && q.Version != version {
		return q, problem.New(problem.Conflict, "conflict").In(op)
	}
	return q, err
}
