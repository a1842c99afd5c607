package powercut

import (
	"cmp"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
)

// drafted is a draft with the settlements that it is made of.
type drafted struct {
	Draft
	of []string
}

// draw makes the corrections of settlements by a plan: one for each, or, when
// the plan says so, one for each day and direction, cut where a receipt would
// have more lines than a register takes. The place's zone decides what a day
// is. Whatever the plan, the drafts' totals make the settlements' totals, and
// no settlement is in two.
func draw(list []Settlement, p Plan, place Place) []drafted {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Settlement) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.No, b.No)) })
	var out []drafted
	for _, group := range groups(list, p, place.Zone) {
		d := drafted{Draft: Draft{ID: ids.New(), UUID: ids.New(), State: Prepared, Correction: correction(group, p, place)}}
		if p.Total {
			d.Ground = p.Ground
		}
		for _, s := range group {
			d.of = append(d.of, s.ID)
		}
		out = append(out, d)
	}
	return out
}

// groups are the settlements that go into one correction each.
func groups(list []Settlement, p Plan, zone *time.Location) [][]Settlement {
	var out [][]Settlement
	if !p.Total {
		for _, s := range list {
			out = append(out, []Settlement{s})
		}
		return out
	}
	type key struct {
		day time.Time
		op  fptr.Operation
	}
	at := map[key]int{} // the group that still takes settlements
	for _, s := range list {
		k := key{dateOf(s.At.In(zone)), s.Operation}
		if i, there := at[k]; there && fits(append(slices.Clone(out[i]), s), p) {
			out[i] = append(out[i], s)
			continue
		}
		at[k] = len(out)
		out = append(out, []Settlement{s})
	}
	return out
}

// fits says whether one receipt can hold the settlements.
func fits(group []Settlement, p Plan) bool {
	var sum int64
	for _, s := range group {
		sum += s.Total
	}
	return sum <= maxSum && (p.FFD == fptr.FFD105 || len(merged(group)) <= maxItems)
}

// correction is the receipt for a group of settlements of one day and
// direction. FFD 1.05 has sums, later ones have items.
func correction(group []Settlement, p Plan, place Place) fptr.Correction {
	day := group[0].At.In(place.Zone)
	y, m, d := day.Date()
	c := fptr.Correction{
		FFD: p.FFD, Operation: group[0].Operation, Basis: p.Basis, Date: time.Date(y, m, d, 0, 0, 0, 0, place.Zone), Number: p.Number, Taxation: p.Taxation, Operator: p.Operator,
		Payments: paidBy(group), MarksUnchecked: p.Unchecked,
	}
	for _, s := range group {
		c.Total += s.Total
	}
	if p.FFD == fptr.FFD105 {
		c.Taxes = taxes(group)
	} else {
		c.Items = merged(group)
	}
	return c
}

// paidBy adds the payments up by their kind.
func paidBy(group []Settlement) []fptr.Payment {
	sums := map[fptr.PaymentKind]int64{}
	for _, s := range group {
		for _, p := range s.Payments {
			sums[p.Kind] += p.Sum
		}
	}
	var out []fptr.Payment
	for _, k := range PaymentKinds() {
		if sums[k] != 0 {
			out = append(out, fptr.Payment{Kind: k, Sum: sums[k]})
		}
	}
	return out
}

// taxes is the tax in the total by rate; of rate 0 and "none" the turnover.
func taxes(group []Settlement) []fptr.Tax {
	turnover := map[fptr.VAT]int64{}
	for _, s := range group {
		for _, it := range s.Items {
			turnover[it.VAT] += it.Amount
		}
	}
	var out []fptr.Tax
	for _, rate := range ffd.VATs() {
		v := fptr.VAT(rate.Code)
		if sum, there := turnover[v]; there {
			out = append(out, fptr.Tax{VAT: v, Sum: rate.In(sum)})
		}
	}
	return out
}

// merged is the lines of a group, equal ones added together as long as the
// amount stays price times quantity to the kopeck. Goods with a marking code are
// never added: each code has its line.
func merged(group []Settlement) []fptr.Item {
	type key struct {
		name   string
		price  int64
		vat    fptr.VAT
		object fptr.Object
		unit   fptr.Unit
	}
	at := map[key]int{}
	var out []fptr.Item
	for _, s := range group {
		for _, it := range s.Items {
			line := fptr.Item{
				Name: it.Name, Price: it.Price, Quantity: it.Quantity, Amount: it.Amount, VAT: it.VAT, Method: fptr.MethodFull, Object: it.Object, Unit: it.Unit, Mark: it.Mark,
			}
			if it.Mark != "" {
				out = append(out, line)
				continue
			}
			k := key{it.Name, it.Price, it.VAT, it.Object, it.Unit}
			if i, there := at[k]; there && len(group) > 1 && adds(out[i], line) {
				out[i].Quantity += line.Quantity
				out[i].Amount += line.Amount
				continue
			}
			at[k] = len(out)
			out = append(out, line)
		}
	}
	return out
}

// adds says whether two lines may be one: the rounding of many must not grow
// over a kopeck.
func adds(a, b fptr.Item) bool {
	quantity, amount := a.Quantity+b.Quantity, a.Amount+b.Amount
	if quantity > maxQuantity || amount > maxSum {
		return false
	}
	off := a.Price*quantity - amount*1000
	return off >= -1000 && off <= 1000
}
