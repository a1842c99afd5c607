// Package demo fills an empty server with an invented company and puts an
// emulated register behind each of its shops, with a real agent reading it.
package demo

import (
	_ "embed"
	"fmt"

	"github.com/BurntSushi/toml"
)

//go:embed company.toml
var companyFile string

// Client is a demo client with its outlets.
type Client struct {
	Name    string   `toml:"name"`
	Legal   string   `toml:"legal"`
	Country string   `toml:"country"`
	Contact string   `toml:"contact"`
	Outlets []Outlet `toml:"outlet"`
}

// Outlet is one shop.
type Outlet struct {
	Name    string `toml:"name"`
	Address string `toml:"address"`
	City    string `toml:"city"`
	Zone    string `toml:"zone"`
}

// Clients reads the invented clients and cuts or repeats them to so many
// shops; a repeated shop gets a number.
func Clients(shops int) ([]Client, error) {
	var file struct {
		Clients []Client `toml:"client"`
	}
	if err := toml.Unmarshal([]byte(companyFile), &file); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	var out []Client
	for round := 1; shops > 0; round++ {
		for i, c := range file.Clients {
			n := min(shops, len(c.Outlets))
			if n == 0 {
				break
			}
			shops -= n
			if round == 1 {
				c.Outlets = c.Outlets[:n:n]
				out = append(out, c)
				continue
			}
			for _, o := range c.Outlets[:n] {
				o.Name = fmt.Sprintf("%s (%d)", o.Name, round)
				out[i].Outlets = append(out[i].Outlets, o)
			}
		}
	}
	return out, nil
}
