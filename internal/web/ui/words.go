package ui

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// forms are the plural categories that our three languages know.
func forms() []string { return []string{"one", "few", "many", "other"} }

// pluralForms is a text's plural forms as JSON, for a script that counts
// without the server. "{n}" stays in place.
func pluralForms(v View, key string) string {
	m := make(map[string]string)
	for _, f := range forms() {
		if text := v.Or(key+"."+f, ""); text != "" {
			m[f] = text
		}
	}
	data, err := json.Marshal(m)
	if err != nil { // a map of strings always marshals
		return "{}"
	}
	return string(data)
}

// words are the texts that the page's scripts need: how a span of time is
// said, and the few sentences they show by themselves.
func words(v View) map[string]any {
	w := map[string]any{"lang": string(v.Lang()), "now": v.Now.UnixMilli()}
	span := make(map[string]map[string]string)
	for _, unit := range []string{"s", "min", "h", "d", "d_rel"} {
		span[unit] = make(map[string]string)
		for _, f := range forms() {
			if text := v.Or("span."+unit+"."+f, ""); text != "" {
				span[unit][f] = text
			}
		}
	}
	w["span"] = span
	w["spanNow"], w["spanIn"], w["spanAgo"] = v.Or("span.now", ""), v.Or("span.in", ""), v.Or("span.ago", "")
	for name, key := range map[string]string{
		"lost": "ui.live.lost", "waiting": "ui.live.waiting", "copied": "ui.copied", "copyFailed": "ui.copy_failed",
		"draftKept": "ui.draft.kept", "draftBack": "ui.draft.back", "paletteNone": "ui.palette.none", "failed": "ui.request_failed",
	} {
		w[name] = v.Or(key, "")
	}
	return w
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func itoa(n int) string { return strconv.Itoa(n) }
