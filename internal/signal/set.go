package signal

import (
	"cmp"
	"slices"
)

// Item is one key with its value.
type Item struct {
	ID    uint16
	Value Value
}

// Set is values by key, sorted by the key's number. The zero Set is empty
// and ready to use.
type Set struct {
	items []Item
}

// Of makes a set from items in any order; the last of equal keys stays.
func Of(items ...Item) Set {
	var s Set
	for _, it := range items {
		s.put(it.ID, it.Value)
	}
	return s
}

// Len is how many values are known.
func (s *Set) Len() int { return len(s.items) }

// Items are the values in the order of their keys' numbers; not to be
// changed by the caller.
func (s *Set) Items() []Item { return s.items }

// Put sets a value; a value that is not known removes the key.
func (s *Set) Put(d Def, v Value) { s.put(d.ID, v) }

func (s *Set) put(id uint16, v Value) {
	i, found := slices.BinarySearchFunc(s.items, id, func(it Item, id uint16) int { return cmp.Compare(it.ID, id) })
	switch {
	case found && v.Known():
		s.items[i].Value = v
	case found:
		s.items = slices.Delete(s.items, i, i+1)
	case v.Known():
		s.items = slices.Insert(s.items, i, Item{ID: id, Value: v})
	}
}

// Get is the value of a key; not known when the set lacks it.
func (s *Set) Get(d Def) Value { return s.get(d.ID) }

func (s *Set) get(id uint16) Value {
	i, found := slices.BinarySearchFunc(s.items, id, func(it Item, id uint16) int { return cmp.Compare(it.ID, id) })
	if !found {
		return Value{}
	}
	return s.items[i].Value
}

// Clone is a copy that shares nothing.
func (s *Set) Clone() Set { return Set{items: slices.Clone(s.items)} }

// Reset empties the set and keeps its room for the next use.
func (s *Set) Reset() { s.items = s.items[:0] }

// Change is one key's old and new value; either may be not known.
type Change struct {
	ID       uint16
	Old, New Value
}

// Apply puts the items of delta into s and returns what really changed. An
// item in delta whose value is not known removes the key.
func (s *Set) Apply(delta []Item) []Change {
	var changes []Change
	for _, it := range delta {
		old := s.get(it.ID)
		if old == it.Value {
			continue
		}
		changes = append(changes, Change{ID: it.ID, Old: old, New: it.Value})
		s.put(it.ID, it.Value)
	}
	return changes
}

// Diff is the items that turn s into next: changed, added, and removed ones
// as items whose value is not known.
func (s *Set) Diff(next *Set) []Item {
	var out []Item
	i, j := 0, 0
	for i < len(s.items) || j < len(next.items) {
		switch {
		case j == len(next.items) || i < len(s.items) && s.items[i].ID < next.items[j].ID:
			out = append(out, Item{ID: s.items[i].ID})
			i++
		case i == len(s.items) || s.items[i].ID > next.items[j].ID:
			out = append(out, next.items[j])
			j++
		default:
			if s.items[i].Value != next.items[j].Value {
				out = append(out, next.items[j])
			}
			i, j = i+1, j+1
		}
	}
	return out
}
