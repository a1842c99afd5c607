// Package wire is the language between the server and its agents.
//
// One message is one JSON object in one WebSocket text frame, or one entry of
// the arrays of an HTTPS exchange where a proxy breaks upgrades. Version is a
// single number; its history is below. Each side ignores fields it does not
// know, so a field may be added without a new version.
//
//	1  2026-11  first: challenge, hello, welcome, reports, ack, command, result, config
//	2  2026-11  found, which an agent sends only to a server of this version
//	3  2026-11  sold, which an agent sends only to a server of this version, and soldAck
//	4  2026-11  returns and marking codes in what is sold, which an agent keeps back from an older server
package wire

import (
	"encoding/json"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
)

// Version is the newest version this program speaks; MinVersion the oldest.
const (
	Version    = 4
	MinVersion = 1
)

// The paths on the server's one port.
const (
	PathSocket   = "/agent/v1/socket"   // WebSocket
	PathExchange = "/agent/v1/exchange" // HTTPS POST fallback, signed
	PathEnrol    = "/agent/v1/enrol"    // one-time code for an identity
)

// The types of message.
const (
	TypeChallenge = "challenge" // server → agent, first on every socket
	TypeHello     = "hello"     // agent → server, signed answer to it
	TypeWelcome   = "welcome"   // server → agent: identity taken, here is your configuration
	TypeReports   = "reports"   // agent → server
	TypeAck       = "ack"       // server → agent: these are durable (or refused for good)
	TypeCommand   = "command"   // server → agent
	TypeTaken     = "taken"     // agent → server: the command is in the agent's journal, it will run or expire
	TypeResult    = "result"    // agent → server
	TypeResultAck = "resultAck" // server → agent: the result is durable
	TypeConfig    = "config"    // server → agent: new configuration
	TypeFound     = "found"     // agent → server: registers that nobody has told it of
	TypeSold      = "sold"      // agent → server: what the shop wrote down while a register could not be used
	TypeSoldAck   = "soldAck"   // server → agent: what became of it
	TypeProblem   = "problem"   // either: something was wrong, with a stable code
)

// Limits that both sides keep.
const (
	MaxMessage       = 1 << 20             // bytes of one message
	MaxReports       = 500                 // reports of one message
	MaxReportAge     = 30 * 24 * time.Hour // older ones are refused: "report_too_old"
	MaxClockAhead    = 2 * time.Minute     // after correction for the agent's clock: "report_from_future"
	DefaultHeartbeat = time.Minute
)

// Message is one message of any type: exactly the field of its type is set.
type Message struct {
	Type      string     `json:"t"`
	Challenge *Challenge `json:"challenge,omitempty"`
	Hello     *Hello     `json:"hello,omitempty"`
	Welcome   *Welcome   `json:"welcome,omitempty"`
	Reports   *Reports   `json:"reports,omitempty"`
	Ack       *Ack       `json:"ack,omitempty"`
	Command   *Command   `json:"command,omitempty"`
	Taken     *Taken     `json:"taken,omitempty"`
	Result    *Result    `json:"result,omitempty"`
	ResultAck *ResultAck `json:"resultAck,omitempty"`
	Config    *Config    `json:"config,omitempty"`
	Found     *Found     `json:"found,omitempty"`
	Sold      *Sold      `json:"sold,omitempty"`
	SoldAck   *SoldAck   `json:"soldAck,omitempty"`
	Problem   *Problem   `json:"problem,omitempty"`
}

// Challenge is the server's question that Hello answers.
type Challenge struct {
	Nonce    []byte `json:"nonce"` // 32 random bytes, used once
	Versions [2]int `json:"versions"`
}

// Hello proves who the agent is. Sig is the Ed25519 signature of
// HelloBytes(nonce, agent).
type Hello struct {
	Version int    `json:"v"`
	Agent   string `json:"agent"`
	Sig     []byte `json:"sig"`
	Build   string `json:"build"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Host    string `json:"host"`
	Now     int64  `json:"now"`     // agent's clock, Unix ms
	Pending int    `json:"pending"` // reports waiting in the agent's buffer
	Oldest  int64  `json:"oldest,omitempty"`
	Lost    int64  `json:"lost,omitempty"` // reports dropped since enrolment because the buffer was full
}

// HelloBytes is what an agent signs on a socket.
func HelloBytes(nonce []byte, agent string) []byte {
	return append([]byte("tillwright-hello-1\x00"+agent+"\x00"), nonce...)
}

// ExchangeBytes is what an agent signs over an HTTPS exchange: its id, the
// instant in Unix ms (sent in the header, refused when over 5 minutes off or
// not later than the last one) and the body.
func ExchangeBytes(agent, instant string, body []byte) []byte {
	return append([]byte("tillwright-exchange-1\x00"+agent+"\x00"+instant+"\x00"), body...)
}

// Headers of an HTTPS exchange.
const (
	HeaderAgent   = "Tillwright-Agent"
	HeaderInstant = "Tillwright-Instant"
	HeaderSig     = "Tillwright-Signature" // base64 of the signature
)

// ExchangeWait is how long the server holds an exchange that it has nothing
// to say to. An agent that has something to send breaks the wait off; what the
// server said into a broken wait it says again, until it is answered.
const ExchangeWait = 25 * time.Second

// Exchange is the body of both directions of an HTTPS exchange. An agent that
// comes new begins its first one with a hello without signature (the request is
// signed as a whole), which is answered with a welcome. The server holds an
// empty answer for up to ExchangeWait so that a command is not delayed, but
// only where the agent brought nothing.
type Exchange struct {
	Messages []Message `json:"messages"`
}

// Welcome is the server's answer to a good hello.
type Welcome struct {
	Version int    `json:"v"`
	Now     int64  `json:"now"` // server's clock, Unix ms
	Config  Config `json:"config"`
	// Seq is the highest report number that the server has durably taken from
	// this agent, 0 when none or when it does not say. The agent numbers on above
	// it and gives what it kept under such numbers since it last heard of the
	// server new ones, so that a disk put back from a backup loses nothing.
	Seq int64 `json:"seq,omitempty"`
}

// Config is what the server wants of the agent. Version grows with each change.
type Config struct {
	Version   int64    `json:"version"`
	Heartbeat int64    `json:"heartbeat"` // ms between heartbeats
	Slot      int64    `json:"slot"`      // ms after each whole Heartbeat of the Unix clock at which to send it
	Devices   []Device `json:"devices"`
	// Search is the number of the search for registers that the server wants,
	// growing with each; 0 = it wants none. The first, 1, is the agent's own: it
	// leaves serial ports alone whose maker it does not know. Those above were
	// asked for by a person.
	Search int64 `json:"search,omitempty"`
}

// Device is one register the agent looks after.
type Device struct {
	ID       string       `json:"id"`
	Endpoint kkt.Endpoint `json:"endpoint"`
	Poll     int64        `json:"poll"`           // ms between readings
	Name     string       `json:"name,omitempty"` // what the shop calls it
}

// Reports is a bundle in the order the agent saw them.
type Reports struct {
	ID      int64    `json:"id"`  // echoed in the ack
	Now     int64    `json:"now"` // agent's clock at sending, Unix ms: the server corrects At by the difference
	Reports []Report `json:"reports"`
}

// Report is what an agent saw of one device at one instant, or that it still
// sees the same (a heartbeat: Values empty).
type Report struct {
	Seq    int64         `json:"n"`             // the agent's own count, grows by one, never used again
	Device string        `json:"dev,omitempty"` // "" = the agent itself: only its heartbeat
	At     int64         `json:"at"`            // agent's clock, Unix ms
	Full   bool          `json:"full,omitempty"`
	Values []signal.Item `json:"-"`
}

// reportJSON keeps the values raw until they are wanted.
type reportJSON struct {
	Seq    int64           `json:"n"`
	Device string          `json:"dev,omitempty"`
	At     int64           `json:"at"`
	Full   bool            `json:"full,omitempty"`
	Values json.RawMessage `json:"v,omitempty"`
}

// MarshalJSON writes the values as one object, null for a value that is gone.
func (r Report) MarshalJSON() ([]byte, error) {
	out := reportJSON{Seq: r.Seq, Device: r.Device, At: r.At, Full: r.Full}
	if len(r.Values) > 0 {
		out.Values = signal.AppendJSON(nil, r.Values)
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads the values by signal.ParseItems.
func (r *Report) UnmarshalJSON(data []byte) error {
	var in reportJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*r = Report{Seq: in.Seq, Device: in.Device, At: in.At, Full: in.Full}
	if len(in.Values) == 0 {
		return nil
	}
	items, err := signal.ParseItems(in.Values)
	r.Values = items
	return err
}

// Ack says that a bundle is durable. Refused reports will never be taken:
// the agent drops them and counts them.
type Ack struct {
	ID      int64     `json:"id"`
	Now     int64     `json:"now"`
	Refused []Refused `json:"refused,omitempty"`
}

// Refused is one report that was not taken, with a stable code.
type Refused struct {
	Seq  int64  `json:"n"`
	Code string `json:"code"`
}

// Command is something to be done to a device, at most once.
type Command struct {
	ID        string        `json:"id"`
	Device    string        `json:"dev"`
	Procedure kkt.Procedure `json:"procedure"`
	Deadline  int64         `json:"deadline"` // Unix ms by the server's clock; not begun after it
}

// Taken says that the command stands in the agent's journal on disk.
type Taken struct {
	ID string `json:"id"`
}

// Result is how a command ended. The agent repeats it until it is answered.
type Result struct {
	ID        string         `json:"id"`
	State     string         `json:"state"` // done, failed, unknown, expired
	Code      string         `json:"code,omitempty"`
	Exchanges []kkt.Exchange `json:"exchanges,omitempty"`
	At        int64          `json:"at"`
}

// States of a result.
const (
	ResultDone    = "done"
	ResultFailed  = "failed"  // surely not carried out as asked, or refused by the register
	ResultUnknown = "unknown" // sent, and no answer came: it may have happened
	ResultExpired = "expired" // not begun before its deadline
)

// ResultAck says that the result is durable on the server.
type ResultAck struct {
	ID string `json:"id"`
}

// Problem tells the other side what was wrong with its message. After a fatal
// one the connection ends. It is also the whole body of an answer to an
// exchange or an enrolment whose status is not 200.
type Problem struct {
	Code       string `json:"code"`
	Detail     string `json:"detail,omitempty"`     // for the log, English
	RetryAfter int64  `json:"retryAfter,omitempty"` // ms
	Fatal      bool   `json:"fatal,omitempty"`
	Bundle     int64  `json:"bundle,omitempty"` // id of the reports that were not taken: they and all behind them are to be sent again
}

// Enrol asks for an identity with a one-time code; the private key stays with
// the agent.
type Enrol struct {
	Code      string `json:"code"`
	PublicKey []byte `json:"publicKey"` // Ed25519, 32 bytes
	Host      string `json:"host"`
	OS        string `json:"os"`
	Arch      string `json:"arch"`
	Build     string `json:"build"`
}

// Enrolled is the answer: the agent's id.
type Enrolled struct {
	Agent string `json:"agent"`
	Name  string `json:"name"`
}
