package faults_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

func TestTheAnswerHasTheFormThatOthersCountOn(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		d, err := b.Diagnose(ctx, scope.Scope{}, faults.Question{Text: "ошибка 235"})
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"confident":true`, `"faultId":"fn-235-unsent-documents"`, `"code 235"`, `"codes":["235"]`, `"title":"Ошибка ФН 235`} {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s is not in %s", want, data)
			}
		}
		none, err := b.Diagnose(ctx, scope.Scope{}, faults.Question{Text: "добрый день"})
		if err != nil {
			t.Fatal(err)
		}
		if data, _ := json.Marshal(none); string(data) != `{"confident":false,"matches":[],"codes":[]}` {
			t.Errorf("a greeting is answered with %s", data)
		}
		german, err := b.Diagnose(ctx, scope.Scope{}, faults.Question{Text: "Fehler 235 an der Kasse"})
		if err != nil || !strings.Contains(german.Matches[0].Title, "Fehler 235") {
			t.Errorf("asked in German: %+v, %v", german, err)
		}
		if _, err = b.Diagnose(ctx, scope.Scope{}, faults.Question{Text: strings.Repeat("ж", faults.MaxQuestion)}); err != nil {
			t.Errorf("the longest question in Russian: %v", err)
		}
		_, err = b.Diagnose(ctx, scope.Scope{}, faults.Question{Text: strings.Repeat("a", faults.MaxQuestion+1)})
		wantCode(t, err, "question_too_long")
	})
}

func TestTheDevicesStateAnswersForThoseWhoMaySeeIt(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		b.world.reports(linkOK(signal.Item{ID: signal.Shift.ID, Value: signal.TextOf("expired")})...)
		q := faults.Question{Text: "не работает", Lang: "en", Device: device}
		d, err := b.Diagnose(ctx, engineer, q)
		if err != nil || len(d.Matches) == 0 || d.Matches[0].FaultID != "kkt-shift-over-24h" || d.Matches[0].Evidence[0].Kind != "state" {
			t.Fatalf("the engineer is told %+v, %v", d, err)
		}
		for name, sc := range map[string]scope.Scope{"nobody": {}, "a guest": scope.Guest(tenant, shop, ""), "another tenant": foreign} {
			d, err := b.Diagnose(ctx, sc, q)
			if err != nil || len(d.Matches) > 0 && d.Matches[0].Evidence[0].Kind == "state" {
				t.Errorf("%s is told %+v, %v", name, d, err)
			}
		}
	})
}

func TestSignsNeedTheirValues(t *testing.T) {
	t.Parallel()
	empty := signal.Set{}
	if _, weight := faults.SignsOf(shipped(t), &empty, time.Unix(1_800_000_000, 0)); len(weight) != 0 {
		t.Errorf("an empty reading speaks for %v", weight)
	}
}

// BenchmarkDiagnose measures one question against the shipped articles and
// 5,000 of a company's own, as issue 4 asks.
func BenchmarkDiagnose(b *testing.B) {
	m := match.New(manyEntries(b))
	b.ResetTimer()
	for b.Loop() {
		m.Match("касса не пробевает чек, пишет jib,rf 235 и чеки не уходят в офд", nil, nil)
	}
}

// TestTitlesAreInTheLanguageOfTheQuestion: also where its letters are of
// another alphabet than its words.
func TestTitlesAreInTheLanguageOfTheQuestion(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		for text, lang := range map[string]string{
			"jib,rf jal":                             "ru",
			"oshibka ofd cheki ne uhodyat":           "ru",
			"Ошибка ОФД на Evotor 7.2":               "ru",
			"Bildschirm bleibt schwarz nach Update":  "de",
			"ОФД: ошибка steht auf dem Bon, was ist": "de",
			"Drucker druckt keine Belege":            "de",
			"Kasse gibt keine Bons aus":              "de",
			"the register says error 235":            "en",
			"receipts do not reach the OFD":          "en",
		} {
			d, err := b.Diagnose(ctx, scope.Scope{}, faults.Question{Text: text})
			if err != nil || len(d.Matches) == 0 {
				t.Fatalf("%s: %+v, %v", text, d, err)
			}
			asked, err := b.Diagnose(ctx, scope.Scope{}, faults.Question{Text: text, Lang: lang})
			if err != nil || asked.Matches[0].Title != d.Matches[0].Title {
				t.Errorf("%s is answered with %q, not in %s", text, d.Matches[0].Title, lang)
			}
		}
	})
}
