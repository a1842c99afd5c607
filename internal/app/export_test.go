package app

import "github.com/tillwright/tillwright/internal/link"

// Handler is the server's side of what agents say.
func Handler(a *App) link.Handler { return &handler{app: a} }

// Books is where what shops wrote down at their agents goes.
func Books(a *App) link.Books { return books{a} }
