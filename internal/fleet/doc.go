// Package fleet knows how every register is: it takes the agents' reports,
// keeps each device's state in memory and its changes in the database, judges
// them by rules, opens and closes alerts, notices silence, gathers what has
// one cause into one incident, says when each register will stop by law, and
// keeps the commands that people send to registers.
//
// A report is a request: it is answered when it is durable. Reports that wait
// are judged together on copies, committed in one transaction, and only then
// does anybody see them. See DESIGN.md.
package fleet
