package fptr

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// setDateTime sets the register's clock. It may not go behind the last
// document, and another day needs a closed shift.
func (r *Register) setDateTime(t task) (any, int) {
	at, err := time.ParseInLocation("2006.01.02 15:04:05", t.DateTime, r.opt.Location)
	switch {
	case err != nil:
		return nil, codeParse
	case r.shift.Open && at.Format(time.DateOnly) != r.own().Format(time.DateOnly):
		return nil, codeShiftOpen
	case r.drive.Behind(at):
		return nil, codeBeforeLast
	}
	if r.watch.Turn(at) {
		delete(r.faults, FaultClock)
	}
	return object{}, 0
}

// The settings that the bench knows, by the driver's numbers.
const (
	paramHost    = 273
	paramPort    = 274
	paramChannel = 276
)

func (r *Register) parameters(t task) (any, int) {
	if r.has(FaultField) {
		return nil, codeField
	}
	if t.Type == "getDeviceParameters" {
		return r.readParameters(t.Keys)
	}
	if len(t.Params) == 0 {
		return nil, codeParse
	}
	for _, p := range t.Params {
		switch p.Key {
		case paramHost:
			r.enrolled.OFD["host"] = p.Value
		case paramPort:
			n, err := strconv.Atoi(p.Value)
			if err != nil {
				return nil, codeParse
			}
			r.enrolled.OFD["port"] = n
		case paramChannel:
			r.setChannel(p.Value)
		default:
			return nil, codeField
		}
	}
	r.again()
	return object{}, 0
}

// The channels to the OFD, by the driver's names for them.
const (
	channelUSB   = "usb"   // through the host
	channelProto = "proto" // by a separate program, which is not there
)

// setChannel: 1 is the channel that uses the host's network.
func (r *Register) setChannel(value string) {
	r.channel = channelProto
	if value == "1" {
		r.channel = channelUSB
		delete(r.faults, FaultChannel)
	}
}

// channelValue is the channel as the setting has it.
func (r *Register) channelValue() string {
	if r.channel == channelUSB {
		return "1"
	}
	return "2"
}

func (r *Register) readParameters(keys []int) (any, int) {
	var list []object
	for _, k := range keys {
		switch k {
		case paramHost:
			list = append(list, object{"key": k, "value": r.enrolled.OFD["host"]})
		case paramPort:
			list = append(list, object{"key": k, "value": strings.TrimSpace(strconv.Itoa(toInt(r.enrolled.OFD["port"])))})
		case paramChannel:
			list = append(list, object{"key": k, "value": r.channelValue()})
		default:
			list = append(list, object{"key": k, "errorCode": codeField, "errorDescription": describe(codeField)})
		}
	}
	return object{"deviceParameters": list}, 0
}

func toInt(v any) int {
	switch n := v.(type) {
	case int:
		return n
	case float64:
		return int(n)
	default:
		return 0
	}
}

func (r *Register) continuePrint() (any, int) {
	if r.has(FaultNoPaper) {
		return nil, codeNoPaper
	}
	r.unfinished = false
	delete(r.faults, FaultHung)
	return object{}, 0
}

// printed only uses paper. Pictures are printed by their number; the register
// has none in its memory.
func (r *Register) printed(t task) (any, int) {
	var form struct {
		Items []struct {
			Type string `json:"type"`
		} `json:"items"`
	}
	if json.Unmarshal(t.raw, &form) != nil {
		return nil, codeParse
	}
	for _, it := range form.Items {
		if it.Type == "pictureFromMemory" {
			return nil, codePicture
		}
	}
	switch {
	case r.has(FaultNoPaper):
		return nil, codeNoPaper
	case r.unfinished:
		return nil, codeReportBroken
	}
	return object{}, 0
}

func (r *Register) moveCash(t task) (any, int) {
	sum, ok := kopecks(t.CashSum)
	switch {
	case !ok || sum < 0:
		return nil, codeParse
	case t.Type == "cashOut" && sum > r.cash:
		return nil, codeNoCash
	case t.Type == "cashOut":
		sum = -sum
	}
	r.cash += sum
	return object{"counters": object{"cashSum": float64(r.cash) / 100}}, 0
}
