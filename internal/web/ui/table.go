package ui

// Col is one column of a table. The same value heads the column and is given
// to each of its cells, so that alignment, width and what a phone does with
// it are said once.
type Col struct {
	Key   string
	Title string
	Num   bool   // right-aligned, tabular figures
	Fit   bool   // as narrow as its content
	Wide  bool   // takes what is left
	Spare bool   // steps back below 1180 px: said on the row's own page too
	Phone Phone  // what becomes of it below 820 px
	Sort  Sort   // NoSort: not sortable
	Href  string // where a press on the head leads, for a sortable column
	Blank bool   // the title is for screen readers only
}

// Phone says where a cell goes when a row is stacked on a phone.
type Phone string

// The places of a stacked row.
const (
	PhoneLine  Phone = ""      // a line of its own with the column's title before it
	PhoneTitle Phone = "title" // the first line, in strong ink
	PhoneSide  Phone = "side"  // at the right end of the first line
	PhonePlain Phone = "plain" // a line without a title
	PhoneHide  Phone = "hide"
)

// Sort is the state of a sortable column.
type Sort string

// The states of sorting.
const (
	NoSort   Sort = ""
	Sortable Sort = "none"
	SortUp   Sort = "ascending"
	SortDown Sort = "descending"
)

// TableProps describe a table.
type TableProps struct {
	ID      string // of the table; a live page needs it
	Caption string // read by screen readers
	Cols    []Col
	Pick    bool // rows can be chosen; each row then needs a PickCell first
	Dense   bool // 32 px rows in place of 40
}

// RowProps describe a row.
type RowProps struct {
	ID       string   // unique in the page; live updates find the row by it
	Severity Severity // "" or a thin rail of that colour at the row's edge
	Quiet    bool     // ink steps back: closed, not counted
}

// Pager leads through a list by key. An empty Href is the end of the list.
type Pager struct {
	First, Prev, Next string // addresses
	From, To          int    // 1-based, of what is shown; 0 = not known
	Total             int    // 0 = not counted
}

// Chip is one filter that is a link: pressing it switches it on or off.
type Chip struct {
	Label    string
	Href     string
	On       bool
	Count    int // 0 = none shown
	HasCount bool
	Severity Severity
	State    State // draws the state's shape before the label
}

func cellClass(c Col) string {
	s := "c-" + c.Key
	if c.Num {
		s += " num r"
	}
	if c.Fit {
		s += " fit"
	}
	if c.Wide {
		s += " wide"
	}
	if c.Spare {
		s += " spare"
	}
	if c.Phone != PhoneLine {
		s += " ph-" + string(c.Phone)
	}
	return s
}
