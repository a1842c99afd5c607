package api_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/client"
)

func TestAnOutageByCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sale := `{"at": "2026-03-10T10:20:00Z", "operation": 1, "items": [{"name": "Чай", "price": 12000, "quantity": 1000, "vat": 11}], "payments": [{"kind": "cash", "sum": 12000}]}`
	for _, s := range []scenario{
		{name: "as it stands", who: "owner", path: "/power-cuts/{cut}", status: 200, has: []string{`"state":"prepared"`, `"total":30000`, `"canSend":false`, `"difference":30000`, `"date":"2026-03-10"`}},
		{name: "not another client's", who: "owner2", path: "/power-cuts/{cut}", status: 404},
		{name: "none of another client's in the list", who: "owner2", path: "/power-cuts", status: 200, not: []string{"Заря"}},
		{name: "a cashier writes down", who: "cashier", path: "/power-cuts/{cut}/settlements", body: `{"settlements": [` + sale + `]}`, status: 200, has: []string{`"no":2`, `"by":"cashier"`, `"count":2`}},
		{name: "a cashier sends nothing", who: "cashier", path: "/power-cuts/{cut}/send", body: `{"version": 4, "consent": "я"}`, status: 403},
		{name: "nor drafts", who: "dispatcher", path: "/power-cuts/{cut}/prepare", body: `{"ffd": "1.2", "taxation": "osn", "operator": "x"}`, status: 403},
		{name: "all or none", who: "cashier", path: "/power-cuts/{cut}/settlements", body: `{"settlements": [` + sale + `,` + strings.Replace(sale, `"vat": 11`, `"vat": 1`, 1) + `]}`, status: 422, has: []string{`"name":"settlements[1].items[0].vat"`, `"code":"powercut_vat_day"`}},
		{name: "outside the outage", who: "cashier", path: "/power-cuts/{cut}/settlements", body: `{"settlements": [` + strings.Replace(sale, "T10:20", "T12:20", 1) + `]}`, status: 422, has: []string{`"name":"at"`, `"code":"powercut_outside"`}},
		{name: "no marking code", who: "cashier", path: "/power-cuts/{cut}/settlements", body: `{"settlements": [` + strings.Replace(sale, `"vat": 11`, `"vat": 11, "mark": "4600439930643"`, 1) + `]}`, status: 422, has: []string{`"name":"items[0].mark"`, `"code":"mark_barcode"`}},
		{name: "a total needs its ground", who: "manager", path: "/power-cuts/{cut}/prepare", body: `{"ffd": "1.2", "taxation": "osn", "operator": "Зарина", "oneTotal": true}`, status: 422, has: []string{`"name":"ground"`}},
		{name: "drafted by a manager", who: "manager", path: "/power-cuts/{cut}/prepare", body: `{"ffd": "1.2", "taxation": "osn", "operator": "Зарина"}`, status: 200, has: []string{`"no":2`, `"settlements":1`}},
		{name: "this register cannot", who: "engineer", path: "/power-cuts/{cut}/send", body: `{"version": 0, "consent": "Зарина"}`, status: 409, has: []string{`"code":"powercut_cannot_send"`}},
		{name: "a difference needs a word", who: "manager", path: "/power-cuts/{cut}/close", body: `{"version": 0}`, status: 422, has: []string{`"code":"powercut_verdict"`}},
	} {
		s.run(t, h)
	}
}

// TestATableByACall reads a table with the public client, and tells bad lines.
func TestATableByACall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	api, ctx := h.as(t, "cashier"), t.Context()
	table := "Чек;Дата;Время;Вид;Товар;Количество;Цена;НДС;Наличными;Картой\n1;10.03.2026;13:20;Приход;Кофе;2;150;22;300;\n1;;;;Чай;1;100;22;;100\n;10.03.2026;13:40;возврат прихода;Сок;1;90,50;без НДС;90,5;\n"
	cut, err := api.UploadPowerCut(ctx, h.ids["cut"], "журнал.csv", strings.NewReader(table))
	must(t, err)
	if cut.Count != 3 || cut.Total != 300_00+400_00-90_50 || cut.Returned != 90_50 {
		t.Errorf("%d settlements of %d, %d of it returned", cut.Count, cut.Total, cut.Returned)
	}
	_, err = api.UploadPowerCut(ctx, h.ids["cut"], "x.csv", strings.NewReader(strings.Replace(table, ";22;300", ";20;300", 1)))
	var refused *client.Error
	if !errors.As(err, &refused) || refused.Code != "powercut_table" || len(refused.Fields) != 1 || refused.Fields[0].Name != "lines[2].vat" {
		t.Errorf("%v", err)
	}
}
