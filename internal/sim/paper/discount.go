package paper

// Lower takes a sum off a receipt's items, each in proportion to its own sum
// and none below nought as long as the receipt is not; less than nought is a
// surcharge. The format has no discount of its own: what was sold was sold for
// less.
func Lower(items []Item, off int64) []Item {
	lowered := append([]Item(nil), items...)
	var total, passed, taken int64
	for _, i := range lowered {
		total += i.Sum
	}
	if total == 0 {
		return lowered
	}
	for n := range lowered {
		i := &lowered[n]
		passed += i.Sum
		share := off*passed/total - taken
		taken += share
		i.Sum -= share
		if i.Quantity > 0 {
			i.Price = (i.Sum*1000 + i.Quantity/2) / i.Quantity
		}
	}
	return lowered
}
