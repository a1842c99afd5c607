package folder

import (
	"slices"
	"strings"
)

// Windows writes who may do what as text: "D:" with flags, then entries like
// (A;OICI;FA;;;SY), which are kind; inheritance; rights; object; object; whom.
// The kinds that allow something end in A, those that deny in D.

// rights is full rights for the system, the administrators and one more, on the
// folder and all in it, with nothing handed down from above.
func rights(sid string) string {
	return "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" + sid + ")"
}

// everybody is whoever logs in, under the short and the long names: everyone,
// users, signed-in users, people at the screen, guests, without a name.
func everybody() []string {
	return []string{
		"WD", "S-1-1-0", "BU", "S-1-5-32-545", "AU", "S-1-5-11", "IU", "S-1-5-4", "BG", "S-1-5-32-546", "AN", "S-1-5-7",
	}
}

// closed says whether such a text gives nothing to everybody. No list at all
// gives everything.
func closed(text string) bool {
	_, list, ok := strings.Cut(text, "D:")
	if !ok || strings.Contains(list, "NO_ACCESS_CONTROL") {
		return false
	}
	list, _, _ = strings.Cut(list, "S:")
	for entry := range strings.SplitSeq(list, "(") {
		entry, _, _ = strings.Cut(entry, ")")
		part := strings.Split(entry, ";")
		if len(part) >= 6 && strings.HasSuffix(part[0], "A") && slices.Contains(everybody(), part[5]) {
			return false
		}
	}
	return true
}
