package link

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

func (h *Hub) serveEnrol(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		h.answerFatal(w, wire.Problem{Code: CodeMethod, Fatal: true})
		return
	}
	remote := h.RemoteAddr(r)
	if wait := h.doors.knock(remote, h.Limits.Enrol, h.Clock.Now()); wait > 0 {
		h.answerFatal(w, wire.Problem{Code: CodeEnrolTooMany, RetryAfter: wait.Milliseconds()})
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime)) // where it cannot be set the server's own limits stand
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHello))
	var e wire.Enrol
	if err != nil || json.Unmarshal(body, &e) != nil {
		h.answerFatal(w, wire.Problem{Code: CodeMalformed, Fatal: true})
		return
	}
	enrolled, err := h.Enrol(r.Context(), e, remote)
	if err != nil {
		h.answerError(w, "enrol", err)
		return
	}
	answerJSON(w, http.StatusOK, enrolled)
}

// Enrol gives an agent its identity for a one-time code. It fails with
// enrol_code_unknown, enrol_code_used, enrol_code_expired and
// enrol_key_invalid. The same agent asking again with the same key, because the
// answer got lost, gets the same identity.
func (h *Hub) Enrol(ctx context.Context, e wire.Enrol, remote string) (out wire.Enrolled, err error) {
	if len(e.PublicKey) != ed25519.PublicKeySize {
		return out, errKey.In("link.Enrol")
	}
	err = h.DB.Write(ctx, func(tx *db.Tx) error {
		tenant, code, err := store{}.findCode(ctx, tx, hashCode(e.Code))
		if err != nil {
			return err
		}
		if !code.UsedAt.IsZero() {
			out, err = again(ctx, tx, code, e.PublicKey)
			return err
		}
		if !code.ExpiresAt.After(tx.Now) {
			return errExpired.In("link.Enrol")
		}
		out, err = h.admit(ctx, tx, tenant, code, e, remote)
		return err
	})
	return out, err
}

// again answers for a code that was used: only to the key that used it.
func again(ctx context.Context, tx *db.Tx, code Enrolment, key []byte) (wire.Enrolled, error) {
	a, err := store{}.identify(ctx, tx, code.UsedBy)
	if err != nil && !db.NoRows(err) {
		return wire.Enrolled{}, err
	}
	if err != nil || a.revoked || string(a.key) != string(key) {
		return wire.Enrolled{}, errUsed.In("link.Enrol")
	}
	return wire.Enrolled{Agent: a.ID, Name: a.Name}, nil
}

func (h *Hub) admit(ctx context.Context, tx *db.Tx, tenant string, code Enrolment, e wire.Enrol, remote string) (wire.Enrolled, error) {
	said := newHello(wire.Hello{Build: e.Build, OS: e.OS, Arch: e.Arch, Host: e.Host}, remote, tx.Now)
	a := identity{Agent: Agent{ID: ids.New(), Tenant: tenant, Outlet: code.Outlet, Name: code.Name}, key: e.PublicKey}
	for _, name := range []string{said.Host, a.ID} {
		if a.Name == "" {
			a.Name = name
		}
	}
	sc := scope.Agent(tenant, a.ID, a.Name)
	used, err := store{}.useCode(ctx, tx, sc, code.ID, a.ID)
	if err != nil {
		return wire.Enrolled{}, err
	}
	if !used {
		return wire.Enrolled{}, errUsed.In("link.Enrol")
	}
	if err := (store{}).addAgent(ctx, tx, sc, a, code.CreatedBy, said); err != nil {
		return wire.Enrolled{}, err
	}
	err = audit.Write(ctx, tx, sc, audit.Entry{
		Action: "agent.enrolled", Subject: "agent", SubjectID: a.ID,
		Detail: map[string]string{"name": a.Name, "outlet": a.Outlet, "enrolment": code.ID, "remote": said.remote, "host": said.Host},
	})
	tx.AfterCommit(func() {
		h.counters.enrolled.Add(1)
		h.tell(tenant, a.ID)
	})
	return wire.Enrolled{Agent: a.ID, Name: a.Name}, err
}
