package faults

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// guestName stands in logs for somebody whose name nobody asked.
const guestName = string(scope.ByGuest)

// newToken makes a link's secret: 256 random bits. Only its hash is stored.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails; see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hashToken(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// StartGuest begins a guided fix for somebody without a login. There is no
// device behind it: a stranger who names one could have commands sent to it.
// The token is the only key to the session, for LinkLife.
func (s *Service) StartGuest(ctx context.Context, sc scope.Scope, fault string) (token string, v View, err error) {
	if !sc.Valid() {
		return "", View{}, problem.New(problem.Internal, "no_scope").In("faults.StartGuest")
	}
	token = newToken()
	guest := scope.Guest(sc.Tenant(), "", guestName)
	sess, err := s.create(ctx, guest, StartRequest{Fault: fault}, "", token)
	if err != nil {
		return "", View{}, err
	}
	v, err = s.afterChange(ctx, guest, Ref{Token: token}, sess)
	return token, v, err
}

// Share makes a link with which a cashier goes on in this session on a phone,
// without a login. An older link of the session stops working.
func (s *Service) Share(ctx context.Context, sc scope.Scope, ref Ref) (token string, err error) {
	if sc.Actor().Kind == scope.ByGuest {
		return "", problem.New(problem.Forbidden, "forbidden").In("faults.Share")
	}
	token = newToken()
	_, err = s.change(ctx, sc, ref, 0, func(sess *Session, _ *catalogue.Article, tx *db.Tx) ([]Event, error) {
		if sess.State.Over() {
			return nil, problem.New(problem.Conflict, "fix_over")
		}
		sess.TokenUntil = tx.Now.Add(LinkLife)
		if err := setToken(ctx, tx, sc, sess.ID, hashToken(token), sess.TokenUntil); err != nil {
			return nil, err
		}
		return []Event{{Kind: Shared, Step: sess.Step}}, nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// Guest is the scope that a link's token grants: this one session and nothing
// else, until the link is over.
func (s *Service) Guest(ctx context.Context, token string) (scope.Scope, Ref, error) {
	var sc scope.Scope
	ref := Ref{Token: token}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		tenant, client, id, err := guestOf(ctx, tx, token, tx.Now)
		if err != nil {
			return err
		}
		sc, ref.ID = scope.Guest(tenant, client, guestName), id
		return nil
	})
	return sc, ref, err
}
