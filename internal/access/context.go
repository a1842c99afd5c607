package access

import (
	"context"

	"github.com/tillwright/tillwright/internal/scope"
)

type identityKey struct{}

// WithIdentity returns a context that carries who is asking.
func WithIdentity(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}

// IdentityFrom is who is asking; ok is false for somebody not signed in.
func IdentityFrom(ctx context.Context) (id Identity, ok bool) {
	id, ok = ctx.Value(identityKey{}).(Identity)
	return id, ok
}

// ScopeFrom is the scope of who is asking. For somebody not signed in it is
// the zero Scope, which every store refuses.
func ScopeFrom(ctx context.Context) scope.Scope {
	id, _ := IdentityFrom(ctx)
	return id.Scope
}
