package shelf

import "strings"

// Line is one line of a comparison.
type Line struct {
	Sign byte // ' ' both, '-' only before, '+' only after
	Text string
}

// maxCells bounds the work of one comparison; what differs more is shown as
// replaced.
const maxCells = 4_000_000

// Diff compares two texts line by line.
func Diff(before, after string) []Line {
	a, b := strings.Split(strings.TrimRight(before, "\n"), "\n"), strings.Split(strings.TrimRight(after, "\n"), "\n")
	var head, tail []Line
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head, a, b = append(head, Line{' ', a[0]}), a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail, a, b = append(tail, Line{' ', a[len(a)-1]}), a[:len(a)-1], b[:len(b)-1]
	}
	out := append(head, middle(a, b)...)
	for i := len(tail) - 1; i >= 0; i-- {
		out = append(out, tail[i])
	}
	return out
}

// middle walks the longest common part of what differs.
func middle(a, b []string) []Line {
	var out []Line
	i, j := 0, 0
	if len(a)*len(b) <= maxCells {
		common := longest(a, b)
		for i < len(a) && j < len(b) {
			switch {
			case a[i] == b[j]:
				out, i, j = append(out, Line{' ', a[i]}), i+1, j+1
			case common[i+1][j] >= common[i][j+1]:
				out, i = append(out, Line{'-', a[i]}), i+1
			default:
				out, j = append(out, Line{'+', b[j]}), j+1
			}
		}
	}
	for ; i < len(a); i++ {
		out = append(out, Line{'-', a[i]})
	}
	for ; j < len(b); j++ {
		out = append(out, Line{'+', b[j]})
	}
	return out
}

// longest[i][j] is how many lines a[i:] and b[j:] have in common, in order.
func longest(a, b []string) [][]int32 {
	t := make([][]int32, len(a)+1)
	for i := range t {
		t[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				t[i][j] = t[i+1][j+1] + 1
			} else {
				t[i][j] = max(t[i+1][j], t[i][j+1])
			}
		}
	}
	return t
}

// Around leaves out of a comparison what is far from any difference. A line
// with the sign '~' stands for what was left out.
func Around(lines []Line, near int) []Line {
	show := make([]bool, len(lines))
	for i, l := range lines {
		if l.Sign == ' ' {
			continue
		}
		for k := max(i-near, 0); k <= min(i+near, len(lines)-1); k++ {
			show[k] = true
		}
	}
	var out []Line
	for i, l := range lines {
		if show[i] {
			out = append(out, l)
		} else if i == 0 || show[i-1] {
			out = append(out, Line{Sign: '~'})
		}
	}
	return out
}
