package app

import "github.com/tillwright/tillwright/internal/link"

// Handler is the server's side of what agents say.
func Handler(a *App) link.Handler { return &handler{app: a} }
