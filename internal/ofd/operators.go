package ofd

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// Operator is one operator as the list has it.
type Operator struct {
	INN, Name   string
	Host        string
	Port        int
	MarkingPort int // 0 = not known
}

//go:embed operators.tsv
var operatorLines string

// Operators is the list, in the order of its file. Addresses may be out of
// date: see the file's head.
var Operators = sync.OnceValue(func() []Operator {
	var list []Operator
	for line := range strings.Lines(operatorLines) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 6 {
			continue
		}
		o := Operator{INN: f[0], Name: f[1], Host: f[2]}
		o.Port, _ = strconv.Atoi(f[3])        // the list's own test reads every line
		o.MarkingPort, _ = strconv.Atoi(f[4]) // empty: not known
		list = append(list, o)
	}
	return list
})

// Who finds the operator of a host, ok false for a host that the list does
// not have.
func Who(host string) (Operator, bool) {
	host = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(host)), ".")
	for _, o := range Operators() {
		if o.Host == host {
			return o, true
		}
	}
	return Operator{}, false
}
