package help

import (
	"context"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Request is the form by which a stranger asks for a person.
type Request struct {
	Once    string // comes with the form: sent twice, it makes one case
	Visitor Visitor
	Name    string
	Phone   string
	Email   string
	Account string // number of the register: serial, РНМ or FN
	Subject string
	About   string
	Stopped bool   // the register cannot sell
	Asked   string // what was searched before
	Fault   string // the article that was read last
	Walk    string // token of the walk that was handed over; its case is added to
	Trap    string // a field that no person sees
	Lang    string
}

// Ticket is what the stranger is told at once.
type Ticket struct {
	Number int64
	At     time.Time
	Case   string // its id; for the program, not for the stranger
}

// MayAdd says whether the one who sent the form may still add to it at now.
func (t Ticket) MayAdd(now time.Time) bool { return now.Sub(t.At) < addingTime }

// addingTime is how long the form's key opens its case for photographs: a
// longer-lived address would be a door that nobody watches.
const addingTime = 24 * time.Hour

var phoneForm = regexp.MustCompile(`^\+?[0-9 ()\-./]{5,30}$`)

// isPhone says whether somebody could dial it.
func isPhone(s string) bool {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	return phoneForm.MatchString(s) && len(digits) >= 5 && len(digits) <= 16
}

func isMail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// check brings the form into shape and says what is wrong with it. A form that
// goes with a walk needs only a way back to the person.
func (r *Request) check(op string) error {
	r.Name, r.Phone, r.Email, r.Account = line(r.Name), line(r.Phone), line(r.Email), line(r.Account)
	r.Subject, r.About, r.Asked = line(r.Subject), clean(r.About), line(r.Asked)
	if r.Trap != "" {
		return problem.New(problem.Invalid, "help_robot").In(op)
	}
	if !isKey(r.Once) {
		return problem.New(problem.Malformed, "malformed").In(op)
	}
	f := newForm(op)
	f.text("name", r.Name, MaxName, false)
	f.text("subject", r.Subject, MaxSubject, r.Walk == "")
	f.text("about", r.About, MaxAbout, false)
	f.text("account", r.Account, MaxContact, false)
	f.when(r.Phone == "" && r.Email == "", "phone", "help_no_way_back")
	f.when(r.Phone != "" && !isPhone(r.Phone), "phone", "help_phone_form")
	f.when(r.Email != "" && (len(r.Email) > MaxContact || !isMail(r.Email)), "email", "help_email_form")
	if rs := []rune(r.Asked); len(rs) > MaxMissed {
		r.Asked = string(rs[:MaxMissed])
	}
	return f.err()
}

// Send makes a case of the form, or adds to the case that the visitor's walk
// was handed over to, and gives its number at once. The same form sent again
// gives the same number.
func (s *Service) Send(ctx context.Context, sc scope.Scope, r Request) (Ticket, error) {
	const op = "help.Send"
	if err := anyone(sc, op); err != nil {
		return Ticket{}, err
	}
	if err := r.check(op); err != nil {
		return Ticket{}, err
	}
	d, outlet, err := s.draft(ctx, sc, r)
	if err != nil {
		return Ticket{}, err
	}
	t, err := s.take(ctx, sc, r, d, outlet)
	if err == nil {
		return t, nil
	}
	if first, lost := s.Ticket(ctx, sc, r.Once); lost == nil { // the same form was faster; nothing of this one was kept
		return first, nil
	}
	return Ticket{}, err
}

// take opens the case and keeps its number under the form's key, together.
func (s *Service) take(ctx context.Context, sc scope.Scope, r Request, d Draft, outlet string) (t Ticket, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		var again bool
		if t, again, err = ticket(ctx, tx, sc, r.Once); err != nil || again {
			return err
		}
		if d.Left.Read, err = recent(ctx, tx, sc, r.Visitor, Opened); err != nil {
			return err
		}
		if d.Left.Helped, err = recent(ctx, tx, sc, r.Visitor, Solved); err != nil {
			return err
		}
		id, number, err := s.ports.Desk.Take(ctx, tx, sc, d)
		if err != nil {
			return err
		}
		t = Ticket{Number: number, At: tx.Now, Case: id}
		if err := standsAt(ctx, tx, sc, r.Visitor, outlet); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO faults_help_request (tenant, once, visitor, case_id, number, at) VALUES ($1,$2,$3,$4,$5,$6)`,
			sc.Tenant(), onceHash(r.Once), string(r.Visitor), id, number, db.Millis(tx.Now))
		if err != nil {
			return err
		}
		return note(ctx, tx, sc, "help.request_sent", "case", id, map[string]any{"number": number})
	})
	return t, err
}

// draft is the request as the desk gets it. The register's number is looked
// up, but whether it is known is never told to the stranger.
func (s *Service) draft(ctx context.Context, sc scope.Scope, r Request) (d Draft, outlet string, err error) {
	d = Draft{Subject: r.Subject, About: r.About, Severity: catalogue.Important, Left: Left{
		Name: r.Name, Phone: r.Phone, Email: r.Email, Account: r.Account, Lang: langOf(r.Lang),
	}}
	if r.Asked != "" {
		d.Left.Asked = []string{r.Asked}
	}
	if r.Stopped {
		d.Severity = catalogue.Blocking
	}
	if a, err := s.ports.Library.Article(ctx, sc, r.Fault); err == nil {
		d.Fault = a.ID
	} else if problem.Of(err).Kind != problem.NotFound {
		return d, "", err
	}
	if r.Walk != "" {
		sess, err := s.walked(ctx, sc, r.Walk)
		if err != nil {
			return d, "", err
		}
		d.Case, d.Fault = sess.Case, sess.Fault
		if d.Subject == "" && d.Case == "" {
			d.Subject = r.Name
		}
	}
	if r.Account != "" && d.Case == "" {
		d.Device, outlet, err = s.ports.Registers.ByNumber(ctx, sc, r.Account)
	}
	return d, outlet, err
}

func onceHash(once string) string { return string(VisitorOf(once)) }

func ticket(ctx context.Context, tx *db.Tx, sc scope.Scope, once string) (t Ticket, found bool, err error) {
	var at int64
	err = tx.QueryRow(ctx, `SELECT case_id, number, at FROM faults_help_request WHERE tenant = $1 AND once = $2`, sc.Tenant(), onceHash(once)).Scan(&t.Case, &t.Number, &at)
	if db.NoRows(err) {
		return Ticket{}, false, nil
	}
	t.At = db.Time(at)
	return t, err == nil, err
}

// Ticket is the number of the case that the form with this key made.
func (s *Service) Ticket(ctx context.Context, sc scope.Scope, once string) (t Ticket, err error) {
	if err := anyone(sc, "help.Ticket"); err != nil {
		return t, err
	}
	var found bool
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		t, found, err = ticket(ctx, tx, sc, once)
		return err
	})
	if err == nil && (!found || !isKey(once)) {
		err = problem.New(problem.NotFound, "not_found").In("help.Ticket")
	}
	return t, err
}

// WalkTicket is the number of the case that a walk was handed over to; 0 while
// there is none.
func (s *Service) WalkTicket(ctx context.Context, sc scope.Scope, token string) (int64, error) {
	sess, err := s.walked(ctx, sc, token)
	if err != nil || sess.Case == "" {
		return 0, err
	}
	return s.ports.Desk.Number(ctx, sc, sess.Case)
}
