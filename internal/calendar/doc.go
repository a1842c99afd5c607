// Package calendar knows when people work and when a promise is due.
//
// A [Calendar] is a week of opening windows with holidays and single days that
// differ; a [Schedule] is a calendar read in the time zone of the site it is
// for. A [Target] says how much working time a promise allows, and a promise's
// clock is a list of [Event] values that [Evaluate] turns into the deadline,
// the time used and the lines that explain both. Nothing but the events need
// be stored.
//
// The package is pure: it reads no clock, no database and no server setting.
// Its resolution is one second; parts of a second are cut off. The zone of a
// time.Time that comes in is of no importance, only the instant is; every
// time.Time that goes out is in the zone of the schedule.
package calendar

// The zone rules travel inside the program, so that a bare container or a
// Windows machine reads Asia/Almaty as everybody else does.
import _ "time/tzdata"
