package ui

import (
	"encoding/json"

	"github.com/tillwright/tillwright/internal/i18n"
)

// Theme is the person's choice of light or dark; "" follows the system.
type Theme string

// The themes, as the cookie "theme" holds them.
const (
	ThemeSystem Theme = ""
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// ParseTheme reads the cookie's value; anything unknown follows the system.
func ParseTheme(s string) Theme {
	if t := Theme(s); t == ThemeLight || t == ThemeDark {
		return t
	}
	return ThemeSystem
}

// NavKey names a part of the house that the top bar leads to.
type NavKey string

// The sections.
const (
	SectionWatch  NavKey = "watch"
	SectionFleet  NavKey = "fleet"
	SectionCases  NavKey = "cases"
	SectionFaults NavKey = "faults"
	SectionAdmin  NavKey = "admin"
	// SectionJournal is a cashier's: the company's people come to it by the register.
	SectionJournal NavKey = "powercut"
	SectionNone    NavKey = ""
)

// NavItem is one entry of the top bar and of the phone's tab bar.
type NavItem struct {
	Section  NavKey
	Href     string
	Count    int      // 0 = no badge
	Severity Severity // colour of the badge, "" = plain
	Topics   string   // that change the count, "" = it stays as it was drawn
}

// NavURL answers with NavCounts.
const NavURL = "/nav"

// The places that the sections' counts stand in.
const (
	inBar  = "bar"  // the top bar
	inTabs = "tabs" // the phone's tab bar
	inPage = "page" // a tab within the section
)

// live is how the count in one of the places keeps itself up to date.
func (n NavItem) live(place string) LiveCount {
	if n.Topics == "" {
		return LiveCount{}
	}
	return LiveCount{ID: "count-" + place + "-" + string(n.Section), Topics: n.Topics, URL: NavURL}
}

// Tab gives a tab within the section the section's own count.
func (n NavItem) Tab(t Tab) Tab {
	t.Count, t.Severity, t.Live = n.Count, n.Severity, n.live(inPage)
	return t
}

// icon is the drawing in the phone's tab bar.
func (n NavItem) icon() Icon {
	if n.Section == SectionJournal {
		return IconReceipt
	}
	return Icon(n.Section)
}

// key is the second key of "g …" that leads there.
func (n NavItem) key() string {
	return map[NavKey]string{SectionWatch: "w", SectionFleet: "f", SectionCases: "c", SectionFaults: "k", SectionAdmin: "a", SectionJournal: "o"}[n.Section]
}

// Frame is what a page needs around its content.
type Frame struct {
	View
	Asset     func(name string) string // address of a static file, static.Files.URL
	Title     string                   // of the browser's tab, without the product's name
	Theme     Theme
	Section   NavKey
	Nav       []NavItem
	Person    string                   // name of the person signed in, "" for none
	Role      string                   // her role, in words
	Links     []MenuLink               // of the person's menu
	CSRF      string                   // sent by htmx with every request; "" for none
	LangURL   func(l i18n.Lang) string // nil: "?lang=xx"
	Events    string                   // address of the event stream, "" = the page does not live
	Since     string                   // how far the events were before the page's data was read
	Search    string                   // what stands in the global search field
	Wide      bool                     // the slim frame only: 640 px in place of 420
	LogoutURL string                   // where the sign-out button posts to, "" for none
	Brand     string                   // the slim frame only: whose page it is in place of the product's name
	Home      string                   // the slim frame only: where the brand leads, "" = nowhere
}

// MenuLink is a line of the person's menu.
type MenuLink struct {
	Icon Icon
	Text string
	Href string
}

func (f Frame) langURL(l i18n.Lang) string {
	if f.LangURL != nil {
		return f.LangURL(l)
	}
	return "?lang=" + string(l)
}

// langNames are the languages' own names; a person who cannot read the page
// must find her own.
func langName(l i18n.Lang) string {
	switch l {
	case i18n.RU:
		return "Русский"
	case i18n.DE:
		return "Deutsch"
	default:
		return "English"
	}
}

// styles are the style sheets of every page, in order.
func styles() []string {
	return []string{"css/tokens.css", "css/fonts.css", "css/base.css", "css/layout.css", "css/components.css", "css/forms.css", "css/charts.css", "css/work.css", "css/pages.css", "css/desk.css", "css/help.css", "css/drive.css", "css/powercut.css"}
}

// preload names the one font file that the page's language surely needs
// besides Latin.
func preload(l i18n.Lang) []string {
	if l == i18n.RU {
		return []string{"fonts/golos-cyrillic.woff2", "fonts/golos-latin.woff2"}
	}
	return []string{"fonts/golos-latin.woff2"}
}

// htmxHeaders are sent with every htmx request.
func htmxHeaders(csrf string) string {
	data, err := json.Marshal(map[string]string{"X-CSRF-Token": csrf})
	if err != nil { // a map of strings always marshals
		return "{}"
	}
	return string(data)
}
