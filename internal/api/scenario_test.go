package api_test

import (
	"strings"
	"testing"
)

// scenario is one call and what must and must not come back.
type scenario struct {
	name   string
	who    string
	method string // "" = POST with a body, GET without
	path   string
	body   string
	status int
	has    []string
	not    []string
}

func (s scenario) run(t *testing.T, h *house) {
	t.Helper()
	method := s.method
	switch {
	case method == "" && s.body != "":
		method = "POST"
	case method == "":
		method = "GET"
	}
	a := h.call(t, s.who, method, s.path, s.body)
	if a.status != s.status {
		t.Errorf("%s: %d, want %d: %s", s.name, a.status, s.status, a.body)
		return
	}
	if s.status >= 400 && a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: an error of type %q", s.name, a.header.Get("Content-Type"))
	}
	if a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s: opened to other origins", s.name)
	}
	for _, want := range s.has {
		if !strings.Contains(a.body, h.fill(want)) {
			t.Errorf("%s: no %s in %s", s.name, h.fill(want), a.body)
		}
	}
	for _, bad := range append(s.not, "«problem.", "goroutine", "sql:") {
		if strings.Contains(a.body, h.fill(bad)) {
			t.Errorf("%s: %s in %s", s.name, h.fill(bad), a.body)
		}
	}
}

const preview = `{"calendar": {"hours": {"mon": ["09:00-18:00"], "tue": ["09:00-18:00"], "wed": ["09:00-18:00"]}}, "zone": "Europe/Moscow",
	"start": "2026-03-10T16:30:00+03:00", "target": {"minutes": 150}}`

func TestReading(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, s := range []scenario{
		{name: "overview", who: "manager", path: "/overview", status: 200, has: []string{`"states":{"ill":1}`, `"blocking":1`, `"fn-210-interface":1`, `"cases":{`}},
		{name: "ill devices", who: "dispatcher", path: "/devices?state=ill", status: 200, has: []string{`{device}`, `"state":"ill"`, `Заря на Лесной`}, not: []string{`{device2}`, `"next"`}},
		{name: "devices by name have those that nobody watches", who: "dispatcher", path: "/devices", status: 200, has: []string{`{device}`, `{device2}`}},
		{name: "words and state", who: "dispatcher", path: "/devices?q=Касса&state=ill,silent", status: 200, has: []string{`{device}`}, not: []string{`{device2}`}},
		{name: "no device is silent", who: "dispatcher", path: "/devices?state=silent", status: 200, has: []string{`{"items":[]}`}},
		{name: "one page", who: "dispatcher", path: "/devices?limit=1", status: 200, has: []string{`"next":"`}},
		{name: "a device has times in RFC 3339 and no password", who: "engineer", path: "/devices/{device}", status: 200, has: []string{`"fn.link":"lost"`, `"fn.valid_till":"20`, `"protocol":"atol"`}, not: []string{"0000000000000030", "password"}},
		{name: "a shop does not see where a register is reached", who: "owner", path: "/devices/{device}", status: 200, has: []string{`"state":"ill"`}, not: []string{"192.0.2.10", "endpoint"}},
		{name: "changes", who: "owner", path: "/devices/{device}/changes", status: 200, has: []string{`"fn.link":[null,"lost"]`, `"fn.valid_till":[null,"20`}},
		{name: "timeline", who: "owner", path: "/devices/{device}/timeline", status: 200, has: []string{`"opened":{`, `"change":{`, `"command":{`}},
		{name: "alerts", who: "owner", path: "/alerts?open=true", status: 200, has: []string{`"title":"FN error 210`, `"evidence":{"fn.link":"lost"}`}},
		{name: "forecast", who: "owner", path: "/forecast", status: 200, has: []string{`"zone":"Europe/Moscow"`}},
		{name: "forecast in no zone", who: "owner", path: "/forecast?zone=Mars/Base", status: 422, has: []string{`"name":"zone"`, `"code":"zone_unknown"`}},
		{name: "forecast of no day", who: "owner", path: "/forecast/yesterday", status: 422, has: []string{`"name":"day"`, `"code":"date_form"`}},
		{name: "commands are listed without bytes", who: "owner", path: "/devices/{device}/commands", status: 200, has: []string{`"procedure":"last_document"`, `"exchanges":[]`}},
		{name: "a page that is none", who: "owner", path: "/alerts?after=%21%21", status: 422, has: []string{`"name":"after"`, `"code":"page_key"`}},
		{name: "a parameter that is none", who: "owner", path: "/devices?stat=ill", status: 422, has: []string{`"name":"stat"`, `"code":"field_unknown"`}},
		{name: "a state that is none", who: "owner", path: "/devices?state=dead", status: 422, has: []string{`"code":"not_one_of"`, `ok, ill`}},
		{name: "too many at once", who: "owner", path: "/devices?limit=1000", status: 422, has: []string{`"name":"limit"`, `"code":"number_large"`}},
		{name: "clients", who: "manager", path: "/clients?q=заря", status: 200, has: []string{`"name":"Заря"`, `"devices":1`}, not: []string{"Рассвет"}},
		{name: "search", who: "manager", path: "/search?q=Лесной", status: 200, has: []string{`"kind":"outlet"`}},
		{name: "search for nothing", who: "manager", path: "/search", status: 422, has: []string{`"name":"q"`, `"code":"required"`}},
		{name: "agents", who: "engineer", path: "/agents", status: 200, has: []string{`"id":"{agent}"`, `"state":"ok"`, `"devices":1`}},
		{name: "agents are not a shop's", who: "owner", path: "/agents", status: 403, has: []string{`"code":"forbidden"`}},
		{name: "limits", who: "owner", path: "/limits", status: 200, has: []string{`"name":"clock_drift"`}},
		{name: "rules", who: "owner", path: "/rules", status: 200, has: []string{`"id":"fn-210-interface"`, `"id":"zarya-hot"`}},
		{name: "a case with its clock", who: "owner", path: "/cases/{case}", status: 200, has: []string{`"clock":{"state":"running"`, `"deadline":"20`, `"entries":[{`, `"source":"api"`, `"began":"20`}},
		{name: "the queue", who: "owner", path: "/cases", status: 200, has: []string{`{case}`}},
		{name: "cases of nobody", who: "engineer", path: "/cases?owner=-&q=Заря", status: 200, has: []string{`{case}`}},
		{name: "no case is mine", who: "engineer", path: "/cases?owner=me", status: 200, has: []string{`{"items":[]}`}},
		{name: "faults in one's language", who: "owner", path: "/faults?lang=de", status: 200, has: []string{`"id":"fn-210-interface"`}, not: []string{`"title":""`}},
		{name: "no such fault", who: "owner", path: "/faults/none", status: 404, has: []string{`"code":"fault_unknown"`}},
		{name: "an article for an engineer", who: "engineer", path: "/faults/kkt-3801-3802-receipt-open-closed", status: 200, has: []string{`"id":"leave-mode"`}},
		{name: "an article for a cashier", who: "cashier", path: "/faults/kkt-3801-3802-receipt-open-closed", status: 200, has: []string{`"id":"paid"`}, not: []string{`"id":"leave-mode"`, `"notes"`}},
		{name: "who am I", who: "owner", path: "/me", status: 200, has: []string{`"roles":["owner"]`, `"rights":["see_fleet","see_cases"]`, `"client":"{client}"`}},
		{name: "people", who: "admin", path: "/people", status: 200, has: []string{`engineer@example.org`}, not: []string{"stranger", "password"}},
		{name: "no such call", who: "admin", path: "/nothing", status: 404, has: []string{`"code":"not_found"`}},
		{name: "no such way", who: "admin", method: "DELETE", path: "/devices", status: 405, has: []string{`"code":"method_refused"`}},
		{name: "a token that is none", who: "nobody", path: "/me", status: 401, has: []string{`"code":"unauthenticated"`}},
	} {
		s.run(t, h)
	}
}

func TestBodiesAreChecked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, s := range []scenario{
		{name: "no body", who: "admin", method: "POST", path: "/cases", status: 400, has: []string{`"code":"malformed"`}},
		{name: "half a body", who: "admin", path: "/cases", body: `{"subject": `, status: 400, has: []string{`"code":"malformed"`}, not: []string{"subject"}},
		{name: "too large a body", who: "admin", path: "/cases", body: `{"subject": "` + strings.Repeat("я", 1<<20) + `"}`, status: 413, has: []string{`"code":"too_large"`}},
		{name: "a field that is none", who: "admin", path: "/cases", body: `{"subjekt": "x", "severity": "minor"}`, status: 422, has: []string{`"name":"subjekt"`, `"code":"field_unknown"`}},
		{name: "a field deep inside that is none", who: "admin", path: "/devices/{device}/commands", body: `{"procedure": "reboot", "consent": {"who": "a", "how": "b", "why": "c"}}`, status: 422, has: []string{`"name":"consent.why"`, `"code":"field_unknown"`}},
		{name: "a field that is missing", who: "admin", path: "/cases", body: `{"subject": "x"}`, status: 422, has: []string{`"name":"severity"`, `"code":"required"`}},
		{name: "a field of another kind", who: "admin", path: "/cases/{case}/take", body: `{"version": "one"}`, status: 422, has: []string{`"name":"version"`, `"code":"wrong_kind"`}},
		{name: "a case about nothing", who: "admin", path: "/cases", body: `{"severity": "minor"}`, status: 422, has: []string{`"name":"subject"`, `"code":"required"`}},
		{name: "a shop opens a case", who: "cashier", path: "/cases", body: `{"device": "{device}", "subject": "не печатает", "severity": "minor"}`, status: 201, has: []string{`"state":"new"`}},
		{name: "a shop opens another's case", who: "owner2", path: "/cases", body: `{"device": "{device}", "subject": "не печатает", "severity": "minor"}`, status: 404},
		{name: "a change without consent", who: "engineer", path: "/devices/{device}/commands", body: `{"procedure": "cancel_receipt"}`, status: 422, has: []string{`"name":"consent"`, `"code":"command_needs_consent"`}},
		{name: "a change with consent", who: "engineer", path: "/devices/{device}/commands", body: `{"procedure": "cancel_receipt", "consent": {"who": "Вера", "how": "phone"}}`, status: 202, has: []string{`"state":"asked"`, `"risk":"change"`, `"who":"Вера"`}},
		{name: "a dispatcher sends no bytes by hand", who: "dispatcher", path: "/devices/{device}/commands", body: `{"procedure": "raw", "raw": "91 34 00 00", "consent": {"who": "Вера", "how": "phone"}}`, status: 403},
		{name: "bytes that are none", who: "engineer", path: "/devices/{device}/commands/dry-run", body: `{"procedure": "raw", "raw": "9x"}`, status: 422, has: []string{`"name":"raw"`, `"code":"not_hex"`}},
		{name: "bytes where they have no business", who: "engineer", path: "/devices/{device}/commands/dry-run", body: `{"procedure": "fn_status", "raw": "91"}`, status: 422, has: []string{`"code":"raw_bytes"`}},
		{name: "dry run", who: "dispatcher", path: "/devices/{device}/commands/dry-run", body: `{"procedure": "last_document"}`, status: 200, has: []string{`{"commands":["9134`}},
		{name: "an old version of a client", who: "manager", method: "PUT", path: "/clients/{client}", body: `{"version": 7, "name": "Заря", "kind": "company", "country": "RU"}`, status: 409, has: []string{`"code":"conflict"`}},
		{name: "fields are named as JSON has them", who: "manager", method: "PUT", path: "/devices/{device}", body: `{"version": 1, "kind": "fiscal_printer", "name": "К", "fnSerial": "12"}`, status: 422, has: []string{`"name":"fnSerial"`, `"code":"fn_serial_invalid"`}},
		{name: "a device is changed and keeps its password", who: "manager", method: "PUT", path: "/devices/{device}", body: `{"version": 1, "kind": "fiscal_printer", "name": "Касса новая", "endpoint": {"protocol": "atol", "transport": "tcp", "address": "192.0.2.10:5555"}}`, status: 200, has: []string{`"name":"Касса новая"`, `"version":2`}, not: []string{"0000000000000030"}},
	} {
		s.run(t, h)
	}
}

func TestADriveIsReplacedByCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, s := range []scenario{
		{name: "as it stands", who: "owner", path: "/fn-changes/{drive}", status: 200, has: []string{`"step":"claim","state":"current"`, `"provable":false`, `"due":"`, `"reason":"broken"`}},
		{name: "one at a time", who: "engineer", path: "/fn-changes", body: `{"device": "{device}", "reason": "broken"}`, status: 409, has: []string{`"code":"fnchange_exists"`}},
		{name: "not a dispatcher's", who: "dispatcher", path: "/fn-changes/{drive}/say", body: `{"version": 1, "step": "claim"}`, status: 403},
		{name: "an unknown reason", who: "engineer", path: "/fn-changes", body: `{"device": "{device}", "reason": "boredom"}`, status: 422},
		{name: "nothing for the machine", who: "engineer", path: "/fn-changes/{drive}/run", body: `{"version": 1, "step": "claim", "consent": true}`, status: 422, has: []string{`"code":"fnchange_by_hand"`}},
		{name: "said", who: "engineer", path: "/fn-changes/{drive}/say", body: `{"version": 1, "step": "claim", "note": "№ 12"}`, status: 200, has: []string{`"step":"claim","state":"done"`, `"by":"engineer"`, `"note":"№ 12"`, `"step":"swap","state":"current"`}},
		{name: "said twice", who: "engineer", path: "/fn-changes/{drive}/say", body: `{"version": 1, "step": "claim"}`, status: 409, has: []string{`"code":"fnchange_changed"`}},
		{name: "passed on", who: "engineer", method: "POST", path: "/fn-changes/{drive}/support", status: 200, has: []string{`"state":"support"`, `"case":"`}},
		{name: "taken back as another saw it", who: "engineer", path: "/fn-changes/{drive}/resume", body: `{"version": 1}`, status: 409},
		{name: "in the list", who: "engineer", path: "/fn-changes?open=true", status: 200, has: []string{`"state":"support"`}},
	} {
		s.run(t, h)
	}
}

func TestCasesAndFixes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, s := range []scenario{
		{name: "an old version of a case", who: "engineer", path: "/cases/{case}/take", body: `{"version": 9}`, status: 409, has: []string{`"code":"conflict"`}},
		{name: "no version of a case", who: "engineer", path: "/cases/{case}/close", body: `{"version": 0}`, status: 422, has: []string{`"name":"version"`}},
		{name: "taken", who: "engineer", path: "/cases/{case}/take", body: `{"version": 1}`, status: 200, has: []string{`"state":"open"`, `"ownerName":"engineer"`}},
		{name: "waits", who: "engineer", path: "/cases/{case}/wait", body: `{"version": 2, "reason": "part", "text": "ждём блок"}`, status: 200, has: []string{`"state":"waiting"`, `"waitReason":"part"`}, not: []string{`"dueAt"`}},
		{name: "waits for no reason", who: "engineer", path: "/cases/{case}/wait", body: `{"version": 3, "reason": "lunch"}`, status: 422, has: []string{`"code":"not_one_of"`}},
		{name: "goes on", who: "engineer", path: "/cases/{case}/resume", body: `{"version": 3}`, status: 200, has: []string{`"state":"open"`, `"dueAt"`}},
		{name: "given to a stranger", who: "engineer", path: "/cases/{case}/take", body: `{"version": 4, "owner": "{stranger}"}`, status: 422, has: []string{`"name":"owner"`, `"code":"person_unknown"`}},
		{name: "given to a colleague", who: "engineer", path: "/cases/{case}/take", body: `{"version": 4, "owner": "{dispatcher}"}`, status: 200, has: []string{`"ownerName":"dispatcher"`}},
		{name: "milder", who: "engineer", path: "/cases/{case}/severity", body: `{"version": 5, "severity": "minor"}`, status: 200, has: []string{`"severity":"minor"`}},
		{name: "note", who: "engineer", path: "/cases/{case}/note", body: `{"text": "перезвонить"}`, status: 200},
		{name: "resolved", who: "engineer", path: "/cases/{case}/resolve", body: `{"version": 7}`, status: 200, has: []string{`"state":"resolved"`, `"closedAt"`}},
		{name: "reopened", who: "engineer", path: "/cases/{case}/reopen", body: `{"version": 8, "text": "снова"}`, status: 200, has: []string{`"state":"open"`}, not: []string{`"closedAt"`}},
		{name: "closed", who: "engineer", path: "/cases/{case}/close", body: `{"version": 9}`, status: 200, has: []string{`"state":"closed"`}},
		{name: "the company's notes are not a shop's", who: "owner", path: "/cases/{case}", status: 200, has: []string{`"state":"closed"`}, not: []string{"перезвонить"}},
		{name: "a fix is answered", who: "cashier", path: "/fixes/{fix}/answer", body: `{"version": 1, "branch": 0}`, status: 200, has: []string{`"id":"cancel"`, `"needsConsent":true`, `"canRun":true`}},
		{name: "a fix as another saw it", who: "cashier", path: "/fixes/{fix}/answer", body: `{"version": 1, "branch": 0}`, status: 409},
		{name: "the machine shows what it would do", who: "engineer", path: "/fixes/{fix}/dry-run", status: 200, has: []string{`{"commands":["`}},
		{name: "the machine needs consent", who: "cashier", path: "/fixes/{fix}/run", body: `{"version": 2, "step": "cancel"}`, status: 422},
		{name: "back", who: "cashier", path: "/fixes/{fix}/back", body: `{"version": 2}`, status: 200, has: []string{`"id":"paid"`}},
		{name: "handed over", who: "cashier", path: "/fixes/{fix}/hand-over", body: `{"version": 3}`, status: 200, has: []string{`"state":"handed_over"`, `"case":"{case}"`}},
	} {
		s.run(t, h)
	}
}

func TestAdministration(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, s := range []scenario{
		{name: "a limit out of its range", who: "admin", method: "PUT", path: "/limits/clock_drift", body: `{"value": -1}`, status: 422, has: []string{`"name":"value"`, `"code":"limit_range"`}},
		{name: "a rule that is none", who: "admin", method: "PUT", path: "/rules/odd", body: `{"fault": "odd", "levels": [{"severity": "minor", "when": "temperature >"}]}`, status: 422},
		{name: "a window over nothing", who: "admin", path: "/maintenance-windows", body: `{"scope": "device", "target": "none", "starts": "2026-03-10T10:00:00Z", "ends": "2026-03-10T11:00:00Z", "zone": "Europe/Moscow"}`, status: 422, has: []string{`"name":"target"`}},
		{name: "a time that is none", who: "admin", path: "/maintenance-windows", body: `{"scope": "all", "starts": "noon", "ends": "2026-03-10T11:00:00Z", "zone": "Europe/Moscow"}`, status: 422, has: []string{`"name":"starts"`, `"code":"time_form"`}},
		{name: "a code for an agent", who: "admin", path: "/enrolments", body: `{"outlet": "{outlet}"}`, status: 201, has: []string{`"enrolment":"https://127.0.0.1:`, `"code":"`}},
		{name: "a code for a year", who: "admin", path: "/enrolments", body: `{"outlet": "{outlet}", "validSeconds": 31536000}`, status: 422, has: []string{`"code":"enrol_validity_range"`}},
		{name: "a code is withdrawn", who: "admin", method: "DELETE", path: "/enrolments/{enrolment}", status: 204},
		{name: "codes are listed without the code", who: "admin", path: "/enrolments", status: 200, not: []string{`{enrolment}`, `"code"`}},
		{name: "the last administrator", who: "admin", path: "/people/{admin}/roles", method: "PUT", body: `{"version": 1, "roles": ["engineer"]}`, status: 409, has: []string{`"code":"last_admin"`}},
		{name: "a role that is none", who: "admin", path: "/people", body: `{"email": "a@example.org", "name": "A", "roles": ["king"]}`, status: 422, has: []string{`"code":"not_one_of"`}},
		{name: "a token of one's own", who: "owner", path: "/people/{owner}/tokens", body: `{"name": "мой"}`, status: 201, has: []string{`"secret":"`}},
		{name: "a token of another", who: "owner", path: "/people/{admin}/tokens", body: `{"name": "чужой"}`, status: 403, not: []string{"secret"}},
		{name: "a token that is over", who: "owner", path: "/people/{owner}/tokens", body: `{"name": "x", "expiresAt": "2020-01-01T00:00:00Z"}`, status: 422, has: []string{`"name":"expiresAt"`}},
		{name: "a token ends", who: "admin", method: "DELETE", path: "/tokens/{token-engineer}", status: 204},
		{name: "and opens nothing more", who: "engineer", path: "/me", status: 401},
		{name: "an agent is revoked", who: "admin", method: "POST", path: "/agents/{agent}/revoke", status: 204},
		{name: "and shows as that", who: "admin", path: "/agents?revoked=true", status: 200, has: []string{`"revokedAt"`}},
		{name: "a contact is forgotten", who: "manager", method: "DELETE", path: "/clients/{client}/contacts/{contact}", status: 204},
	} {
		s.run(t, h)
	}
}

func TestPublicCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, s := range []scenario{
		{name: "preview", path: "/promises/preview", body: preview, status: 200, has: []string{`"deadline":"2026-03-11T10:00:00+03:00"`, `"explanation":[{`, `"what":"open"`, `"usedMinutes":0`}},
		{name: "preview with everything", path: "/promises/preview", body: `{"calendar": {"hours": {"mon": ["09:00-18:00"], "tue": ["09:00-18:00"], "fri": "09:00-18:00"}, "holidays": ["2026-01-01"],
			"overrides": {"2026-01-09": "off", "2026-02-20": "09:00-17:00"}}, "zone": "Europe/Moscow", "start": "2026-02-20T16:30:00+03:00", "target": {"minutes": 60},
			"pauses": [{"from": "2026-02-23T09:00:00+03:00", "to": "2026-02-23T10:00:00+03:00", "reason": "waiting_client"}]}`, status: 200, has: []string{`"deadline":"2026-02-23T10:30:00+03:00"`, `"what":"paused"`, `"reason":"waiting_client"`}},
		{name: "preview in working days", path: "/promises/preview", body: `{"calendar": {"hours": {"mon": ["09:00-18:00"], "tue": ["09:00-18:00"]}}, "zone": "Europe/Moscow", "start": "2026-03-09T10:00:00+03:00", "target": {"workingDays": 1, "rule": "same_time"}}`, status: 200, has: []string{`"deadline":"2026-03-10T10:00:00+03:00"`}},
		{name: "preview of something else", path: "/promises/preview", body: `{"zone": 5}`, status: 422, has: []string{`"code":`}},
		{name: "preview round the clock", path: "/promises/preview", body: `{"calendar": {"always": true}, "zone": "UTC", "start": "2026-03-10T16:30:00Z", "target": {"minutes": 30}}`, status: 200, has: []string{`"deadline":"2026-03-10T17:00:00Z"`}},
		{name: "preview without a zone", path: "/promises/preview", body: `{"calendar": {"always": true}, "start": "2026-03-10T16:30:00Z", "target": {"minutes": 30}}`, status: 422, has: []string{`"name":"zone"`}},
		{name: "preview by a calendar's id", who: "owner", path: "/promises/preview", body: `{"calendar": {"id": "{calendar}"}, "zone": "Europe/Moscow", "start": "2026-03-09T09:00:00+03:00", "target": {"minutes": 60}}`, status: 200, has: []string{`"deadline":"2026-03-09T10:00:00+03:00"`}},
		{name: "a stranger has no calendars", path: "/promises/preview", body: `{"calendar": {"id": "{calendar}"}, "zone": "UTC", "start": "2026-03-09T09:00:00Z", "target": {"minutes": 60}}`, status: 422, has: []string{`"name":"calendar.id"`, `"code":"calendar_unknown"`}},
		{name: "another company's calendar", who: "stranger", path: "/promises/preview", body: `{"calendar": {"id": "{calendar}"}, "zone": "UTC", "start": "2026-03-09T09:00:00Z", "target": {"minutes": 60}}`, status: 422, has: []string{`"code":"calendar_unknown"`}},
		{name: "decode", path: "/kkt/decode", body: `{"protocol": "atol", "command": "91 34 00 00", "reply": "55 00 00 00 00 00 93 17 01 18 12 44 01 84 61 00 09"}`, status: 200, has: []string{`"ok":true`, `"documentNumber":93`, `"date":"2018-01-17"`, `"time":"12:44"`, `"fiscalSign":"0184610009"`, `"meaning":"`}},
		{name: "decode a JSON task", path: "/kkt/decode", body: `{"protocol": "fptr", "command": "{\"type\":\"getShiftStatus\"}", "reply": "{\"results\":[{\"status\":\"ready\",\"errorCode\":0,\"errorDescription\":\"\",\"result\":{\"shiftStatus\":{\"expiredTime\":\"2026-11-21T20:30:00+00:00\",\"number\":102,\"state\":\"opened\"}}}]}"}`, status: 200, has: []string{`"ok":true`, `"command":"task_shift_status"`, `"shift":102`, `"date":"2026-11-21"`, `"meaning":"`}},
		{name: "decode a JSON task in hex", path: "/kkt/decode", body: `{"protocol": "fptr", "command": "7b2274797065223a22636f6e74696e75655072696e74227d", "reply": "7b 22 65 72 72 6f 72 22 3a 7b 22 63 6f 64 65 22 3a 34 34 7d 7d"}`, status: 200, has: []string{`"ok":true`, `"code":44`, `"deviceCode":103`}},
		{name: "decode Shtrih-M, whole frames", path: "/kkt/decode", body: `{"protocol": "shtrih", "command": "02 01 FC FD", "reply": "02 12 FC 00 00 00 01 0E 16 00 D0 C8 D2 C5 C9 CB 2D 30 31 D4 02"}`, status: 200, has: []string{`"ok":true`, `"command":"read_type"`, `"name":"РИТЕЙЛ-01Ф"`, `"protocolVersion":"1.14"`, `"meaning":"`}},
		{name: "decode a refusal of Shtrih-M", path: "/kkt/decode", body: `{"protocol": "shtrih", "command": "FF 39", "reply": "FF 39 30"}`, status: 200, has: []string{`"ok":true`, `"code":48`, `"deviceCode":210`, `"meaning":"`}},
		{name: "a text is no hex of bytes", path: "/kkt/decode", body: `{"protocol": "atol", "command": "{\"type\":\"getShiftStatus\"}"}`, status: 200, has: []string{`"error":"not_hex"`}},
		{name: "decode what cannot be read", path: "/kkt/decode", body: `{"protocol": "atol", "command": "91 34 00 00", "reply": "55 00"}`, status: 200, has: []string{`"ok":false`, `"error":"`}, not: []string{`"fields"`}},
		{name: "decode what is no hex", path: "/kkt/decode", body: `{"protocol": "atol", "command": "hello", "reply": ""}`, status: 200, has: []string{`"ok":false`, `"error":"not_hex"`}, not: []string{`"fields"`}},
		{name: "decode of no protocol", path: "/kkt/decode", body: `{"protocol": "morse", "command": "91"}`, status: 422, has: []string{`"name":"protocol"`, `"code":"protocol_unknown"`}},
		{name: "diagnose", path: "/diagnose", body: `{"text": "касса не пробивает чек, ошибка 235", "lang": "ru"}`, status: 200, has: []string{`"confident":true`, `"faultId":"fn-235-unsent-documents"`, `"code 235"`, `"codes":["235"]`}},
		{name: "a fiscal document", path: "/ffd/decode", body: `{"data": "03 00 0B 00 FC 03 02 00 0F 27 1E 04 01 00 09", "lang": "en"}`, status: 200, has: []string{`"tag":1020,"name":"Total","value":"9999"`, `"code":"value","tag":1054`, `"code":"missing","tag":1041`}},
		{name: "a document that breaks off", path: "/ffd/decode", body: `{"data": "FC 03 05 00 01"}`, status: 200, has: []string{`"ok":false`, `"fields":[]`, `tag 1020`}},
		{name: "a greeting", path: "/diagnose", body: `{"text": "добрый день"}`, status: 200, has: []string{`"confident":false`, `"matches":[]`, `"codes":[]`}},
		{name: "a stranger names a device", path: "/diagnose", body: `{"text": "касса", "deviceId": "{device}"}`, status: 401},
		{name: "another company names a device", who: "stranger", path: "/diagnose", body: `{"text": "касса", "deviceId": "{device}"}`, status: 404},
		{name: "a device's state speaks", who: "owner", path: "/diagnose", body: `{"text": "касса не работает", "deviceId": "{device}"}`, status: 200, has: []string{`"fn-210-interface"`}},
		{name: "is it covered", who: "owner", path: "/warranty/check", body: `{"device": "evotor", "claimDate": "2026-02-16", "produced": "2025-03-03", "activated": "2025-06-10", "parts": ["fn"], "conditions": ["seal_broken"]}`, status: 200, has: []string{`"verdict":"not_covered"`, `"reason":"opened_or_seal_broken"`, `"reasons":["opened_or_seal_broken","part_fn"]`, `"lastDay":"2026-06-10"`, `"excluded":["fn"]`}, not: []string{`"missing"`}},
		{name: "covered", who: "owner", path: "/warranty/check", body: `{"device": "kassenserver", "claimDate": "2026-02-16", "purchased": "2024-02-16"}`, status: 200, has: []string{`"verdict":"covered"`, `"reasons":["in_term"]`, `"lastDay":"2026-02-16"`}},
		{name: "a device without a rule", who: "owner", path: "/warranty/check", body: `{"device": "toaster", "claimDate": "2026-02-16"}`, status: 422, has: []string{`"name":"device"`, `"code":"warranty_device_unknown"`, `evotor, kassenserver`}},
		{name: "no days", who: "owner", path: "/warranty/check", body: `{"device": "evotor", "claimDate": "2026-02-16"}`, status: 422, has: []string{`"code":"warranty_dates_missing"`, `"name":"activated"`}},
		{name: "a stranger's claim", path: "/warranty/check", body: `{"device": "evotor", "claimDate": "2026-02-16"}`, status: 401},
		{name: "the description", path: "/openapi.json", status: 200, has: []string{`"openapi":"3.1.0"`, `"/api/v1/promises/preview"`}},
	} {
		s.run(t, h)
	}
}

func TestStrangersAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const allowed = 1000 // at once; a shop's whole chain may stand behind one address
	for i := range allowed {
		if a := h.call(t, "", "POST", "/diagnose", `{"text": "235"}`); a.status != 200 {
			t.Fatalf("call %d: %d %s", i+1, a.status, a.body)
		}
	}
	refused := answer{}
	for range 50 { // the bucket fills again while we ask
		if refused = h.call(t, "", "POST", "/diagnose", `{"text": "235"}`); refused.status != 200 {
			break
		}
	}
	if refused.status != 429 || !strings.Contains(refused.body, `"code":"too_many"`) || refused.header.Get("Retry-After") == "" {
		t.Errorf("after %d calls: %d %s, Retry-After %q", allowed, refused.status, refused.body, refused.header.Get("Retry-After"))
	}
	if a := h.call(t, "owner", "POST", "/diagnose", `{"text": "235"}`); a.status != 200 {
		t.Errorf("who is known was refused for what strangers did: %d", a.status)
	}
}

func TestSentencesAreInTheCallersLanguage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for lang, want := range map[string]string{"ru-RU,ru": "Такого поля нет", "de": "Ein solches Feld gibt es nicht", "": "There is no such field"} {
		a := h.call(t, "", "POST", "/diagnose", `{"text": "x", "txt": "y"}`, "Accept-Language", lang)
		if !strings.Contains(a.body, want) {
			t.Errorf("%q: %s", lang, a.body)
		}
	}
	a := h.call(t, "", "POST", "/kkt/decode", `x=1`, "Content-Type", "application/x-www-form-urlencoded")
	if a.status != 415 || !strings.Contains(a.body, `"code":"media_type"`) {
		t.Errorf("a form: %d %s", a.status, a.body)
	}
}
