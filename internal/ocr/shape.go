package ocr

import (
	"image"
	"math"

	"github.com/tillwright/tillwright/internal/picture"
)

// shape is what hangs together.
type shape struct {
	box   image.Rectangle
	size  int  // in pixels
	start int  // one of them
	edge  bool // it touches the picture's edge
}

// leastSpeck is of how many pixels a dot must be that is not taken for dirt.
const leastSpeck = 12

// shapes finds what hangs together, by flooding.
func shapes(m mask) []shape {
	seen := make([]bool, len(m.on))
	var out []shape
	for start, on := range m.on {
		if on && !seen[start] {
			s := shape{box: image.Rect(start%m.w, start/m.w, start%m.w+1, start/m.w+1), start: start}
			m.flood(start, seen, func(at int) {
				x, y := at%m.w, at/m.w
				s.size++
				s.box = s.box.Union(image.Rect(x, y, x+1, y+1))
			})
			s.edge = s.box.Min.X == 0 || s.box.Min.Y == 0 || s.box.Max.X == m.w || s.box.Max.Y == m.h
			out = append(out, s)
		}
	}
	return out
}

// flood visits everything that hangs together with a place.
func (m mask) flood(start int, seen []bool, visit func(at int)) {
	todo := []int{start}
	seen[start] = true
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		visit(at)
		x, y := at%m.w, at/m.w
		for ny := max(y-1, 0); ny <= min(y+1, m.h-1); ny++ {
			for nx := max(x-1, 0); nx <= min(x+1, m.w-1); nx++ {
				if next := ny*m.w + nx; m.on[next] && !seen[next] {
					seen[next] = true
					todo = append(todo, next)
				}
			}
		}
	}
}

// drop takes the ink away that is no part of a letter: specks, and what is far
// too large, such as the frame of a display.
func (m mask) drop(all []shape) {
	seen := make([]bool, len(m.on))
	for _, s := range all {
		const tooLarge = 5 * textHigh
		if s.size < leastSpeck || s.box.Dy() > tooLarge || s.edge && s.box.Dx() > tooLarge {
			m.flood(s.start, seen, func(at int) { seen[at] = true })
		}
	}
	for at, is := range seen {
		if is {
			m.on[at] = false
		}
	}
}

// The slants that are tried, in degrees to either side: more than this nobody
// holds a phone askew who wants a screen to be read.
const (
	mostSlant = 7.0
	slantStep = 0.5
	slantSide = 600 // the ink is looked at in this size
)

// slant is by how many degrees the lines of writing fall to the right. Lines
// that lie level gather their ink in few rows.
func slant(m mask) float64 {
	step := max(1, max(m.w, m.h)/slantSide)
	var points []image.Point
	for y := 0; y < m.h; y += step {
		for x := 0; x < m.w; x += step {
			if m.on[y*m.w+x] {
				points = append(points, image.Pt(x/step, y/step))
			}
		}
	}
	level := gathered(points, m.h/step, 0)
	best, most := 0.0, level
	for a := -mostSlant; a <= mostSlant; a += slantStep {
		if g := gathered(points, m.h/step, a); g > most {
			best, most = a, g
		}
	}
	if most < level*1.03 { // as good as level
		return 0
	}
	return best
}

// gathered is how unevenly ink lies in the rows of a picture that is levelled
// by so many degrees.
func gathered(points []image.Point, h int, degrees float64) float64 {
	rows := make([]float64, 3*h+3*slantSide)
	tan := math.Tan(degrees * math.Pi / 180)
	for _, p := range points {
		if at := h + slantSide + int(math.Round(float64(p.Y)-float64(p.X)*tan)); at >= 0 && at < len(rows) {
			rows[at]++
		}
	}
	sum := 0.0
	for i := 1; i < len(rows); i++ {
		sum += (rows[i] - rows[i-1]) * (rows[i] - rows[i-1])
	}
	return sum
}

// level turns a picture back by so many degrees around its middle. What comes
// in from outside is white.
func level(g *image.Gray, degrees float64) *image.Gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(g.Rect)
	cx, cy := float64(w)/2, float64(h)/2
	for y := range h {
		for x := range w {
			dx, dy := float64(x)-cx, float64(y)-cy
			out.Pix[y*out.Stride+x] = between(g, cx+dx*cos-dy*sin, cy+dx*sin+dy*cos)
		}
	}
	return out
}

// resize makes a picture larger or smaller by a factor.
func resize(g *image.Gray, factor float64) *image.Gray {
	if math.Abs(factor-1) < 0.05 {
		return g
	}
	w, h := max(int(float64(g.Rect.Dx())*factor), 1), max(int(float64(g.Rect.Dy())*factor), 1)
	if factor < 1 {
		return picture.Grey(g, picture.Upright, max(w, h))
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Pix[y*out.Stride+x] = between(g, (float64(x)+0.5)/factor-0.5, (float64(y)+0.5)/factor-0.5)
		}
	}
	return out
}

// between is the brightness at a place that lies between four pixels.
func between(g *image.Gray, x, y float64) uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if x < -1 || y < -1 || x > float64(w) || y > float64(h) {
		return 255
	}
	x, y = min(max(x, 0), float64(w-1)), min(max(y, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := x-float64(x0), y-float64(y0)
	at := func(x, y int) float64 { return float64(g.Pix[y*g.Stride+x]) }
	top := at(x0, y0)*(1-fx) + at(x1, y0)*fx
	bottom := at(x0, y1)*(1-fx) + at(x1, y1)*fx
	return uint8(top*(1-fy) + bottom*fy + 0.5)
}
