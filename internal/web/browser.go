package web

import (
	"strings"

	"github.com/tillwright/tillwright/internal/web/ui"
)

// browser is the short name of a User-Agent, enough to tell one's own
// sessions apart. The order matters: Edge and Opera call themselves Chrome too.
func browser(agent string) string {
	name := "?"
	for _, b := range []struct{ mark, name string }{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"YaBrowser/", "Yandex"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	} {
		if strings.Contains(agent, b.mark) {
			name = b.name
			break
		}
	}
	for _, s := range []string{"Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"} {
		if strings.Contains(agent, s) {
			return name + ", " + s
		}
	}
	return name
}

func sessionCols(v ui.View) []ui.Col {
	return []ui.Col{
		{Key: "browser", Title: v.T("web.me.session_browser"), Phone: ui.PhoneTitle, Wide: true},
		{Key: "remote", Title: v.T("web.me.session_remote")},
		{Key: "seen", Title: v.T("web.me.session_seen")},
		{Key: "end", Title: v.T("web.me.session_end"), Blank: true, Fit: true, Phone: ui.PhonePlain},
	}
}
