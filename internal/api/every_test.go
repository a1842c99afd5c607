package api_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/api"
	"github.com/tillwright/tillwright/internal/scope"
)

// valid is one good call of every operation, made by the administrator. The
// status is what a stranger, the administrator of another company, gets for it.
var valid = map[string]struct {
	path, body string
	stranger   int
}{
	"overview": {"/overview", "", 200}, "listAlerts": {"/alerts", "", 200}, "listIncidents": {"/incidents", "", 200},
	"forecast": {"/forecast", "", 200}, "forecastDay": {"/forecast/2026-03-10", "", 200},
	"listDevices": {"/devices", "", 200}, "getDevice": {"/devices/{device}", "", 404}, "listChanges": {"/devices/{device}/changes", "", 404},
	"timeline": {"/devices/{device}/timeline", "", 404}, "passport": {"/devices/{device}/passport", "", 404},
	"addDevice":     {"/devices", `{"outlet": "{outlet}", "kind": "scales", "name": "Весы"}`, 404},
	"changeDevice":  {"/devices/{device}", `{"version": 1, "kind": "fiscal_printer", "name": "Касса Заря 1"}`, 404},
	"moveDevice":    {"/devices/{device2}/move", `{"version": 1, "outlet": "{outlet}"}`, 404},
	"assignAgent":   {"/devices/{device}/agent", `{"agent": ""}`, 404},
	"retireDevice":  {"/devices/{device}/retire", `{"version": 1}`, 404},
	"reviveDevice":  {"/devices/{device}/revive", `{"version": 1}`, 404},
	"enterPassport": {"/devices/{device}/passport", `{"kind": "note", "text": "Заря"}`, 404},
	"askCommand":    {"/devices/{device}/commands", `{"procedure": "fn_status"}`, 404},
	"dryRun":        {"/devices/{device}/commands/dry-run", `{"procedure": "fn_status"}`, 404},
	"listCommands":  {"/devices/{device}/commands", "", 404}, "getCommand": {"/commands/{command}", "", 404}, "cancelCommand": {"/commands/{command}", "", 404},
	"listWindows": {"/maintenance-windows", "", 200}, "removeWindow": {"/maintenance-windows/{window}", "", 404},
	"planWindow": {"/maintenance-windows", `{"scope": "device", "target": "{device}", "starts": "2026-03-10T10:00:00Z", "ends": "2026-03-10T11:00:00Z", "zone": "Europe/Moscow"}`, 422},
	"listRules":  {"/rules", "", 200}, "removeRule": {"/rules/zarya-hot", "", 404}, "listLimits": {"/limits", "", 200},
	"setRule":  {"/rules/own-cold", `{"fault": "own-cold", "levels": [{"severity": "minor", "when": "temperature < 1"}]}`, 200},
	"setLimit": {"/limits/clock_drift", `{"value": 600}`, 204},
	"search":   {"/search?q=Заря", "", 200}, "listClients": {"/clients", "", 200}, "getClient": {"/clients/{client}", "", 404},
	"addClient":    {"/clients", `{"name": "Полдень", "kind": "company", "country": "RU"}`, 201},
	"changeClient": {"/clients/{client}", `{"version": 1, "name": "Заря", "kind": "company", "country": "RU"}`, 404},
	"listOutlets":  {"/outlets", "", 200}, "getOutlet": {"/outlets/{outlet}", "", 404},
	"addOutlet":    {"/outlets", `{"client": "{client}", "name": "Вторая", "zone": "Europe/Moscow"}`, 404},
	"changeOutlet": {"/outlets/{outlet}", `{"version": 1, "name": "Заря на Лесной", "zone": "Europe/Moscow"}`, 404},
	"listContacts": {"/clients/{client}/contacts", "", 404}, "addContact": {"/clients/{client}/contacts", `{"name": "Вера", "email": "v@example.org"}`, 404},
	"changeContact": {"/clients/{client}/contacts/{contact}", `{"version": 1, "name": "Зарина", "email": "z@example.org"}`, 404},
	"removeContact": {"/clients/{client}/contacts/{contact}", "", 404},
	"listAgents":    {"/agents", "", 200}, "getAgent": {"/agents/{agent}", "", 404}, "renameAgent": {"/agents/{agent}/name", `{"name": "Заря агент"}`, 404},
	"listOffers": {"/agents/{agent}/offers", "", 404}, "searchRegisters": {"/agents/{agent}/search", "", 404},
	"approveOffer": {"/offers/{offer}/approve", `{}`, 404}, "hideOffer": {"/offers/{offer}/hidden", `{"hidden": true}`, 404},
	"revokeAgent": {"/agents/{agent}/revoke", "", 404}, "listEnrolments": {"/enrolments", "", 200}, "withdrawEnrolment": {"/enrolments/{enrolment}", "", 404},
	"createEnrolment": {"/enrolments", `{"outlet": "{outlet}"}`, 404},
	"listCases":       {"/cases", "", 200}, "openCase": {"/cases", `{"device": "{device}", "subject": "Заря", "severity": "minor"}`, 404},
	"getCase": {"/cases/{case}", "", 404}, "takeCase": {"/cases/{case}/take", `{"version": 1}`, 404}, "noteCase": {"/cases/{case}/note", `{"text": "звонили"}`, 404},
	"waitCase": {"/cases/{case}/wait", `{"version": 1, "reason": "part"}`, 404}, "severityCase": {"/cases/{case}/severity", `{"version": 1, "severity": "minor"}`, 404},
	"resumeCase": {"/cases/{case}/resume", `{"version": 1}`, 404}, "resolveCase": {"/cases/{case}/resolve", `{"version": 1}`, 404},
	"closeCase": {"/cases/{case}/close", `{"version": 1}`, 404}, "reopenCase": {"/cases/{case}/reopen", `{"version": 1}`, 404},
	"listCalendars": {"/calendars", "", 200}, "getCalendar": {"/calendars/{calendar}", "", 404},
	"addCalendar":    {"/calendars", `{"name": "Часы", "calendar": {"always": true}}`, 201},
	"changeCalendar": {"/calendars/{calendar}", `{"version": 1, "name": "Часы", "calendar": {"always": true}}`, 404},
	"listFaults":     {"/faults", "", 200}, "getFault": {"/faults/fn-210-interface", "", 200},
	"listFixes": {"/fixes?device={device}", "", 200}, "startFix": {"/fixes", `{"fault": "fn-210-interface", "device": "{device}"}`, 404},
	"getFix": {"/fixes/{fix}", "", 404}, "answerFix": {"/fixes/{fix}/answer", `{"version": 1, "branch": 0}`, 404}, "runFix": {"/fixes/{fix}/run", `{"version": 1, "step": "paid"}`, 404},
	"dryRunFix": {"/fixes/{fix}/dry-run", "", 404}, "backFix": {"/fixes/{fix}/back", `{"version": 1}`, 404}, "byHandFix": {"/fixes/{fix}/by-hand", `{"version": 1}`, 404},
	"handOverFix": {"/fixes/{fix}/hand-over", `{"version": 1}`, 404}, "resumeFix": {"/fixes/{fix}/resume", `{"version": 1}`, 404}, "giveUpFix": {"/fixes/{fix}/give-up", `{"version": 1}`, 404},
	"listCaseFiles": {"/cases/{case}/files", "", 404}, "attachCaseFile": {"/cases/{case}/files", `{}`, 422},
	"listFnChanges": {"/fn-changes?device={device}", "", 200}, "startFnChange": {"/fn-changes", `{"device": "{device}", "reason": "term"}`, 404},
	"getFnChange": {"/fn-changes/{drive}", "", 404}, "runFnChange": {"/fn-changes/{drive}/run", `{"version": 1, "step": "shift", "consent": true}`, 404},
	"sayFnChange": {"/fn-changes/{drive}/say", `{"version": 1, "step": "claim"}`, 404}, "passOnFnChange": {"/fn-changes/{drive}/support", "", 404},
	"resumeFnChange": {"/fn-changes/{drive}/resume", `{"version": 1}`, 404}, "stopFnChange": {"/fn-changes/{drive}/stop", `{"version": 1}`, 404},
	"listPowerCuts": {"/power-cuts?device={device}", "", 200}, "getPowerCut": {"/power-cuts/{cut}", "", 404},
	"startPowerCut":            {"/power-cuts", `{"device": "{device}", "reason": "power", "from": "2026-03-10T10:00:00Z"}`, 404},
	"editPowerCut":             {"/power-cuts/{cut}", `{"version": 1, "reason": "drive", "from": "2026-03-10T10:00:00Z"}`, 404},
	"enterPowerCut":            {"/power-cuts/{cut}/settlements", `{"settlements": [{"at": "2026-03-10T11:00:00Z", "operation": 1, "items": [{"name": "Заря", "price": 100, "quantity": 1000, "vat": 6}], "payments": [{"kind": "cash", "sum": 100}]}]}`, 404},
	"changePowerCutSettlement": {"/power-cuts/{cut}/settlements/{sale}", `{"version": 1, "at": "2026-03-10T11:00:00Z", "operation": 1, "items": [{"name": "Заря", "price": 100, "quantity": 1000, "vat": 6}], "payments": [{"kind": "cash", "sum": 100}]}`, 404},
	"removePowerCutSettlement": {"/power-cuts/{cut}/settlements/{sale}?version=1", "", 404}, "uploadPowerCut": {"/power-cuts/{cut}/table", `{}`, 422},
	"preparePowerCut": {"/power-cuts/{cut}/prepare", `{"ffd": "1.2", "taxation": "osn", "operator": "Зарина"}`, 404}, "sendPowerCut": {"/power-cuts/{cut}/send", `{"version": 1, "consent": "Зарина"}`, 404},
	"pausePowerCut": {"/power-cuts/{cut}/pause", "", 404}, "againPowerCut": {"/power-cuts/{cut}/drafts/{correction}/again", "", 404},
	"copyPowerCut":  {"/power-cuts/{cut}/drafts/{correction}/copy", `{"document": 7, "sign": "4711", "at": "2026-03-10T12:00:00Z", "sum": 100}`, 404},
	"closePowerCut": {"/power-cuts/{cut}/close", `{"version": 1, "verdict": "Заря"}`, 404},
	"me":            {"/me", "", 200}, "listColleagues": {"/colleagues", "", 200}, "listPeople": {"/people", "", 200}, "getPerson": {"/people/{engineer}", "", 404},
	"addPerson":    {"/people", `{"email": "new@example.org", "name": "Нина", "roles": ["engineer"]}`, 201},
	"changePerson": {"/people/{engineer}", `{"name": "engineer"}`, 404}, "setRoles": {"/people/{engineer}/roles", `{"version": 1, "roles": ["engineer"]}`, 404},
	"setPassword": {"/people/{engineer}/password", `{"password": "четыре слова подряд 8"}`, 404}, "disablePerson": {"/people/{engineer}/disable", "", 404},
	"enablePerson": {"/people/{engineer}/enable", "", 404}, "listTokens": {"/people/{engineer}/tokens", "", 404},
	"issueToken": {"/people/{engineer}/tokens", `{"name": "x"}`, 404}, "revokeToken": {"/tokens/{token-engineer}", "", 404},
	"listOwnArticles": {"/articles", "", 200}, "getOwnArticle": {"/articles/own-zarya", "", 404},
	"draftArticle": {"/articles/own-zarya/draft", `{"version": 1, "text": "id = 1"}`, 409}, "dropArticleDraft": {"/articles/own-zarya/draft?version=1", "", 404},
	"articleHistory": {"/articles/own-zarya/history", "", 404}, "articleText": {"/articles/own-zarya/history/1", "", 404},
	"publishArticle": {"/articles/own-zarya/publish", `{"version": 1}`, 404}, "rollBackArticle": {"/articles/own-zarya/rollback", `{"version": 1, "number": 1}`, 404},
	"restoreArticle": {"/articles/own-zarya/restore", `{"version": 1}`, 404}, "switchArticle": {"/articles/own-zarya/switch", `{"version": 1, "off": true}`, 404},
	"acknowledgeArticle": {"/articles/own-zarya/acknowledge", `{"version": 1}`, 404},
	"listAudit":          {"/audit", "", 200}, "checkWarranty": {"/warranty/check", `{"device": "evotor", "claimDate": "2026-02-16", "activated": "2025-06-10"}`, 200},
	"listHelpQuestions": {"/help-desk/questions", "", 200}, "answerHelpQuestion": {"/help-desk/questions/{question}/answer", `{"version": 1, "answer": "Заря"}`, 404},
	"hideHelpQuestion": {"/help-desk/questions/{question}/hide", `{"version": 1}`, 404}, "removeHelpQuestion": {"/help-desk/questions/{question}/remove", `{"version": 1}`, 404},
	"listHelpWords": {"/help-desk/words", "", 200}, "listHelpMissed": {"/help-desk/missed", "", 200},
	"settleHelpMissed": {"/help-desk/missed/{missed}", `{"version": 1, "state": "dismissed"}`, 404}, "helpFigures": {"/help-desk/figures", "", 200},
	"getHelpPage": {"/help-desk/page", "", 200}, "setHelpPage": {"/help-desk/page", `{"slug": "", "phone": "", "hours": "", "closed": false, "version": 0}`, 200},
}

// public are the calls that need nobody to be signed in.
var public = []string{
	"previewPromise", "decodeExchange", "decodeDocument", "diagnose",
	"helpCompany", "helpSearch", "helpArticles", "helpArticle", "helpOpened", "helpRate", "helpAsk", "helpWalk", "helpRequest",
}

type operation struct {
	ID          string `json:"operationId"`
	Summary     string
	Description string
	Tags        []string
	Security    []map[string][]string
	Responses   map[string]any
	method      string
}

func operations(t *testing.T) []operation {
	t.Helper()
	data, err := api.Spec(api.SpecBuild)
	must(t, err)
	var spec struct {
		Paths map[string]map[string]operation
	}
	must(t, json.Unmarshal(data, &spec))
	var out []operation
	for _, methods := range spec.Paths {
		for m, op := range methods {
			op.method = strings.ToUpper(m)
			out = append(out, op)
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.ID, b.ID) })
	if len(out) < 80 {
		t.Fatalf("only %d operations are described", len(out))
	}
	return out
}

var rightOf = regexp.MustCompile("Needs the right `([a-z_]+)`")

// TestEveryCallKeepsItsDoor asks each call without a token, with a role that
// has no right but one (and there as another client's owner), and as the
// administrator of another company.
func TestEveryCallKeepsItsDoor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, op := range operations(t) {
		if slices.Contains(public, op.ID) {
			continue
		}
		call, ok := valid[op.ID]
		if !ok {
			t.Errorf("%s has no example in this test", op.ID)
			continue
		}
		if a := h.call(t, "", op.method, call.path, call.body); a.status != 401 || !strings.Contains(a.body, `"code":"unauthenticated"`) || a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s without a token: %d %s", op.ID, a.status, a.body)
		}
		switch right := rightOf.FindStringSubmatch(op.Description); {
		case right == nil:
		case right[1] == string(scope.KeepJournal):
			if a := h.call(t, "owner2", op.method, call.path, call.body); a.status != call.stranger || strings.Contains(a.body, "Заря") {
				t.Errorf("%s as another client's owner: %d %s", op.ID, a.status, a.body)
			}
		default:
			if a := h.call(t, "cashier", op.method, call.path, call.body); a.status != 403 || !strings.Contains(a.body, `"code":"forbidden"`) {
				t.Errorf("%s as a cashier: %d %s", op.ID, a.status, a.body)
			}
		}
		a := h.call(t, "stranger", op.method, call.path, call.body)
		if a.status != call.stranger && !(op.ID == "listAudit" && a.status == 503) {
			t.Errorf("%s as a stranger: %d, want %d: %s", op.ID, a.status, call.stranger, a.body)
		}
		for _, secret := range []string{"Заря", "Рассвет", h.ids["device"], h.ids["client"], h.tenant.ID} {
			if strings.Contains(a.body, secret) {
				t.Errorf("%s shows a stranger %q: %s", op.ID, secret, a.body)
			}
		}
	}
}

// TestAnotherClientIsOutOfReach asks what a shop's owner must not see: the
// things of another client of the same company.
func TestAnotherClientIsOutOfReach(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, op := range operations(t) {
		call, ok := valid[op.ID]
		if !ok || op.method != http.MethodGet || call.stranger != 404 || strings.HasPrefix(call.path, "/agents") || op.ID == "getCalendar" {
			continue
		}
		want := 404
		if strings.HasPrefix(call.path, "/people") || strings.HasPrefix(call.path, "/articles") {
			want = 403 // that there are other people is no secret to whom they look after
		}
		a := h.call(t, "owner2", op.method, call.path, call.body)
		if a.status != want && a.status != 404 {
			t.Errorf("%s as another client's owner: %d %s", op.ID, a.status, a.body)
		}
		if strings.Contains(a.body, "Заря") {
			t.Errorf("%s shows another client's owner: %s", op.ID, a.body)
		}
	}
	for _, path := range []string{"/devices", "/devices?state=ill", "/clients", "/outlets", "/cases", "/alerts", "/incidents", "/search?q=Заря", "/maintenance-windows"} {
		if a := h.call(t, "owner2", "GET", path, ""); a.status != 200 || strings.Contains(a.body, "Заря") || strings.Contains(a.body, h.ids["client"]) {
			t.Errorf("%s as another client's owner: %d %s", path, a.status, a.body)
		}
	}
}

func TestEveryCallIsDescribed(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		if op.Summary == "" || strings.HasSuffix(op.Summary, ".") || len(op.Tags) != 1 {
			t.Errorf("%s: summary %q, tags %v", op.ID, op.Summary, op.Tags)
		}
		want := []string{"422", "500"}
		if !slices.Contains(public, op.ID) {
			want = append(want, "401", "403")
			if len(op.Security) == 0 {
				t.Errorf("%s does not say that it needs a token", op.ID)
			}
		} else {
			want = append(want, "429")
		}
		for _, status := range want {
			if op.Responses[status] == nil {
				t.Errorf("%s does not tell of %s", op.ID, status)
			}
		}
	}
}
