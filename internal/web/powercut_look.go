package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func journalCrumbs(v ui.View, x *journalView, last string) []ui.Crumb {
	var crumbs []ui.Crumb
	if x.mine {
		crumbs = deviceCrumbs(v, &x.d, v.T("powercut.title"))
	} else {
		crumbs = []ui.Crumb{{Text: v.T("powercut.list"), Href: "/powercut"}, {Text: v.T("powercut.title")}}
	}
	if last != "" {
		crumbs[len(crumbs)-1].Href = "/powercut/" + x.ID
		crumbs = append(crumbs, ui.Crumb{Text: last})
	}
	return crumbs
}

// spanText is from when to when, by the shop's clock.
func spanText(v ui.View, j *powercut.Journal, zone *time.Location) string {
	from := j.From.In(zone)
	if j.To.IsZero() {
		return v.T("powercut.since", "from", from.Format("02.01.2006 15:04"))
	}
	to := j.To.In(zone)
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return from.Format("02.01.2006 15:04") + "–" + to.Format("15:04")
	}
	return from.Format("02.01.2006 15:04") + " – " + to.Format("02.01.2006 15:04")
}

// atText is the time of a settlement; the day too when the breakdown went over
// midnight or lasts.
func atText(_ ui.View, x *journalView, at time.Time) string {
	if !x.To.IsZero() && x.From.In(x.zone).Format(time.DateOnly) == x.To.In(x.zone).Format(time.DateOnly) {
		return at.In(x.zone).Format("15:04")
	}
	return at.In(x.zone).Format("02.01 15:04")
}

func journalStateKey(j *powercut.Journal) string {
	switch {
	case j.State == powercut.Open && j.Stopped != "":
		return "powercut.journal.stopped"
	case j.State == powercut.Closed && j.ClosedBy == "":
		return "powercut.journal.equal"
	default:
		return "powercut.journal." + string(j.State)
	}
}

func journalTone(j *powercut.Journal) string {
	switch {
	case j.State == powercut.Closed:
		return "tone-ok"
	case j.Stopped != "":
		return "tone-critical"
	default:
		return "tone-work"
	}
}

func journalIcon(j *powercut.Journal) ui.Icon {
	switch {
	case j.State == powercut.Closed:
		return ui.IconWell
	case j.Stopped != "":
		return ui.IconAlert
	case j.State == powercut.Sending:
		return ui.IconCommand
	default:
		return ui.IconNote
	}
}

// draftKey is the word for a correction's state; one that may not go is not
// ready.
func draftKey(d *powercut.DraftView) string {
	if d.State == powercut.Prepared && len(d.Findings) > 0 {
		return "powercut.state.faulty"
	}
	return "powercut.state." + string(d.State)
}

func draftIcon(d *powercut.DraftView) ui.Icon {
	switch {
	case d.State.Made():
		return ui.IconWell
	case d.State == powercut.Refused, d.State == powercut.Unknown, len(d.Findings) > 0:
		return ui.IconAlert
	case d.State == powercut.Asked, d.State == powercut.LookedFor:
		return ui.IconCommand
	default:
		return ui.IconNote
	}
}

// journalEvent tells a step of a journal in a case's timeline; false: the entry
// is of something else.
func journalEvent(v ui.View, ev *caseEvent, e desk.Entry) bool {
	what, _ := e.Data["what"].(string)
	if !strings.HasPrefix(what, "powercut_") {
		return false
	}
	count := func(name string) string {
		n, _ := e.Data[name].(float64)
		return v.Int(int64(n))
	}
	ev.Kind, ev.Title = ui.EventNote, v.Or("case.entry."+what, what)
	ev.Title = strings.NewReplacer("{all}", count("settlements"), "{made}", count("documents")).Replace(ev.Title)
	if code, _ := e.Data["code"].(string); code != "" {
		ev.note = whyText(v, code, 0)
	}
	return true
}

// saidText is a document in a word: "ФД 514 · 4711".
func saidText(v ui.View, s *powercut.Said) string {
	return v.T("powercut.fd", "n", s.Document) + " · " + s.Sign
}

func closedTone(x *journalView) ui.Tone {
	if x.Balance.Equal() {
		return ui.ToneDone
	}
	return ui.ToneCare
}

func sendingText(v ui.View, x *journalView) string {
	done := len(x.Drafts) - x.Waiting()
	if x.Stopped != "" {
		return v.T("powercut.stopping")
	}
	return v.T("powercut.sending", "n", v.Int(int64(done)), "of", v.Int(int64(len(x.Drafts))))
}

func stoppedTitle(v ui.View, x *journalView) string {
	if x.Stopped == "paused" {
		return v.T("powercut.stop.paused")
	}
	if d := x.View.Draft(x.StoppedAt); d != nil {
		return v.T("powercut.stopped_at", "n", d.No)
	}
	return v.T("powercut.stopped")
}

func stoppedText(v ui.View, x *journalView) string {
	if x.Stopped == "paused" {
		return v.T("powercut.resume_text")
	}
	refusal := 0
	if d := x.View.Draft(x.StoppedAt); d != nil {
		refusal = d.Refusal
	}
	return whyText(v, x.Stopped, refusal) + " " + v.T("powercut.resume_text")
}

func sendWord(v ui.View, x *journalView) string {
	for _, d := range x.Drafts {
		if d.State.Made() || d.Tries > 0 {
			return v.T("powercut.send_on")
		}
	}
	return v.T("powercut.send")
}

func waitingSum(x *journalView) (sum int64) {
	for _, d := range x.Drafts {
		if !d.State.Made() {
			sum += d.Correction.Total
		}
	}
	return sum
}

// anyFree says whether a settlement may still be drafted anew.
func anyFree(x *journalView) bool {
	for i := range x.Settlements {
		if x.Changeable(&x.Settlements[i]) {
			return true
		}
	}
	return false
}

// wholes are the corrections that hold several settlements.
func wholes(x *journalView) (list []*powercut.DraftView) {
	for i := range x.Drafts {
		if x.Drafts[i].Of > 1 || x.Drafts[i].Ground != "" {
			list = append(list, &x.Drafts[i])
		}
	}
	return list
}

func correctionLinks(v ui.View, x *journalView) templ.Component {
	if len(x.Drafts) == 0 {
		return nil
	}
	return correctionPrintLinks(v, x)
}

// copyLast leads to the form filled in as the last settlement was.
func copyLast(x *journalView, v ui.View) templ.Component {
	if len(x.Settlements) == 0 {
		return nil
	}
	return linkButton(v.T("powercut.copy_last"), "/powercut/"+x.ID+"?copy="+newest(x.Settlements).ID+"#entry", ui.LookPlain, ui.IconCopy)
}

func cutReasons(v ui.View, chosen string) []ui.Option {
	var list []ui.Option
	for _, r := range powercut.Reasons() {
		list = append(list, ui.Option{Value: string(r), Text: v.T("powercut.reason." + string(r)), On: string(r) == chosen})
	}
	return list
}

func registerOptions(devices []registry.Device) []ui.Option {
	var list []ui.Option
	for _, d := range devices {
		list = append(list, ui.Option{Value: d.ID, Text: joined(d.Place.OutletName, d.Name, d.Model)})
	}
	slices.SortStableFunc(list, func(a, b ui.Option) int { return strings.Compare(a.Text, b.Text) }) // by the shop, which is looked for
	return list
}

func ffdOptions(v ui.View, chosen fptr.FFD) []ui.Option {
	var list []ui.Option
	for _, f := range []fptr.FFD{fptr.FFD105, fptr.FFD11, fptr.FFD12} {
		list = append(list, ui.Option{Value: string(f), Text: v.T("powercut.ffd." + strings.ReplaceAll(string(f), ".", "")), On: f == chosen})
	}
	return list
}

func itemID(name string, i int) string { return name + "-" + strconv.Itoa(i) }

// itemError is what is wrong with a field of a line.
func (e *entryView) itemError(v ui.View, i int, names ...string) string {
	for _, n := range names {
		if text := e.field(v, "items["+strconv.Itoa(i)+"]."+n); text != "" {
			return text
		}
	}
	return ""
}

// special says whether a line is anything but a piece of goods.
func (f itemFields) special() bool {
	return f.unit != "" && f.unit != "0" || f.object != "" && f.object != "1"
}

// cardPart is what of a split total goes by card; negative: the cash is too
// much.
func (e *entryView) cardPart(total int64) int64 {
	cash, err := powercut.Decimal(e.cash, 2)
	if err != nil {
		return -1
	}
	return total - cash
}

// entryLook: where corrections are next, writing down is not the main thing.
func entryLook(x *journalView) ui.Look {
	if x.entry.id == "" && x.mayCorrect && len(x.Settlements) > 0 {
		return ui.LookNormal
	}
	return ui.LookMain
}

func payError(v ui.View, x *journalView) string {
	for _, name := range []string{"cash", "payments", "payments[0].sum", "payments[1].sum", "payments[0].kind"} {
		if text := x.entry.field(v, name); text != "" {
			return text
		}
	}
	return ""
}
