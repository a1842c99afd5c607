package link

import "github.com/tillwright/tillwright/internal/problem"

// The stable codes that the channel tells an agent, counts, and notes for the
// pages. Each has its sentence under "problem.<code>".
const (
	CodeMalformed     = "malformed_message"    // not a message of the protocol
	CodeBadReport     = "malformed_report"     // one report of a bundle could not be read; refused for good
	CodeTooLarge      = "message_too_large"    // above wire.MaxMessage
	CodeTooMany       = "too_many_reports"     // faster than allowed, or more than wire.MaxReports at once
	CodeTooManyBytes  = "too_many_bytes"       // faster than allowed
	CodeTooOld        = "report_too_old"       // refused for good
	CodeFuture        = "report_from_future"   // refused for good
	CodeBadSignature  = "bad_signature"        // the key does not fit the agent
	CodeUnknownAgent  = "agent_unknown"        // no such agent here
	CodeRevoked       = "agent_revoked"        // shut out by a person
	CodeVersion       = "version_unsupported"  // no common version of the protocol
	CodeUnexpected    = "unexpected_message"   // a type that has no business here
	CodeNoHello       = "hello_missing"        // nothing, or not a hello, within 10 s
	CodeSuperseded    = "superseded"           // a newer connection of the same agent
	CodeFaults        = "too_many_faults"      // one connection sent nonsense again and again
	CodeStopping      = "server_stopping"      // come again after RetryAfter
	CodeReplayed      = "exchange_replayed"    // the instant is not later than the last one
	CodeInstant       = "exchange_instant"     // the instant is more than 5 minutes off, or none
	CodeSocketOnly    = "upgrade_required"     // the socket's path wants a WebSocket over HTTP/1.1
	CodeMethod        = "method_not_allowed"   // exchange and enrolment want POST
	CodeSilent        = "connection_silent"    // pings stayed unanswered
	CodeLost          = "connection_lost"      // the network ended it
	CodeClosed        = "connection_closed"    // the agent ended it in good order
	CodeProtocol      = "connection_protocol"  // frames against RFC 6455
	CodeAgentSays     = "agent_says"           // a problem that the agent told of
	CodeEnrolUsed     = "enrol_code_used"      //
	CodeEnrolExpired  = "enrol_code_expired"   //
	CodeEnrolUnknown  = "enrol_code_unknown"   //
	CodeEnrolKey      = "enrol_key_invalid"    // not an Ed25519 key
	CodeEnrolTooMany  = "enrol_too_many"       // too many attempts from one address
	CodeEnrolValidity = "enrol_validity_range" // validity of a new code out of range
)

// What the service and the enrolment fail with.
var (
	errNotFound    = problem.New(problem.NotFound, "not_found")
	errForbidden   = problem.New(problem.Forbidden, "forbidden")
	errNoScope     = problem.New(problem.Internal, "no_scope")
	errUsed        = problem.New(problem.Conflict, CodeEnrolUsed)
	errExpired     = problem.New(problem.Invalid, CodeEnrolExpired)
	errUnknownCode = problem.New(problem.NotFound, CodeEnrolUnknown)
	errKey         = problem.New(problem.Invalid, CodeEnrolKey)
)
