package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
)

// maxFrame bounds one command or reply in bytes: no protocol of bytes has
// longer ones. maxText is the same for a protocol that writes texts.
const (
	maxFrame = 4096
	maxText  = 32 << 10
)

// texter is a protocol whose commands and replies are texts, JSON for instance.
type texter interface{ Texts() bool }

// decode is an exchange as a person copies it: hex with or without spaces.
type decode struct {
	Protocol string `json:"protocol" example:"atol"`
	Command  string `json:"command" example:"91 34 00 00" doc:"Hex, without the access password. For fptr the JSON text of the task, or its UTF-8 in hex."`
	Reply    string `json:"reply,omitempty" example:"55 00 00 00 00 00 93 17 01 18 12 44 01 84 61 00 09"`
	Lang     string `json:"lang,omitempty" enum:"ru,de,en" doc:"Of the sentence; left out: the caller's."`
}

func (a *API) mountDecode() {
	handle(a, operation{
		id: "decodeExchange", method: http.MethodPost, path: "/kkt/decode", tag: "registers", public: true, perMinute: 120, burst: 1000, maxBody: 64 << 10,
		summary: "What did the register say",
		about:   "A reply that cannot be read is answered with 200, ok false, an error and no fields.",
	}, func(_ context.Context, w who, in *bare[decode]) (*answer[client.Meaning], error) {
		protocol, ok := a.Protocols[in.Body.Protocol]
		if !ok {
			return nil, problem.New(problem.Invalid, "invalid").Field("protocol", "protocol_unknown").In("api.decode")
		}
		read, limit := hexOf, maxFrame
		if t, ok := protocol.(texter); ok && t.Texts() {
			read, limit = textOrHex, maxText
		}
		command, err := read(in.Body.Command)
		reply, replyErr := read(in.Body.Reply)
		v := a.speak(w, in.Body.Lang)
		if err != nil || replyErr != nil || len(command) == 0 || len(command) > limit || len(reply) > limit {
			return said(client.Meaning{Error: "not_hex", Meaning: v.T("problem.not_hex")}, nil)
		}
		return said(meaningOf(v, protocol.Explain(command, reply)), nil)
	})
}

// meaningOf is a decoded exchange with its sentence.
func meaningOf(v i18n.Voice, m kkt.Meaning) client.Meaning {
	out := client.Meaning{OK: m.OK, Command: m.Command, Fields: m.Fields, Code: m.Code, Error: m.Error}
	if m.Text == "" {
		return out
	}
	pairs := make([]any, 0, 2*len(m.Fields))
	for k, f := range m.Fields {
		pairs = append(pairs, k, f)
	}
	out.Meaning = v.T(m.Text, pairs...)
	return out
}

// hexOf reads bytes written as a person copies them from a log.
func hexOf(s string) ([]byte, error) {
	return hex.DecodeString(strings.NewReplacer(" ", "", "\t", "", "\n", "", "\r", "", ":", "", "-", "").Replace(s))
}

// textOrHex reads a text that is written as such; hex never begins with a
// bracket.
func textOrHex(s string) ([]byte, error) {
	if t := strings.TrimSpace(s); strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[") {
		return []byte(t), nil
	}
	return hexOf(s)
}
