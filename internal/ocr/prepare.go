package ocr

import (
	"image"
	"maps"
	"slices"

	"github.com/tillwright/tillwright/internal/picture"
)

// What a photograph is brought to before it is read.
const (
	inSide   = 2400 // no side of what is looked at is longer, pixels
	outSide  = 3200 // no side of what is handed to the reader is longer
	textHigh = 32   // how high a capital letter is made, which the reader likes best
	glance   = 1200 // no side of what is looked at for its polarity is longer
)

// prepared is a photograph that is fit to be read: dark letters on light
// ground, stretched to full contrast, level, and of the size that the reader
// likes.
type prepared struct {
	grey *image.Gray
	ink  mask // of grey, without what is too small to be part of a letter
}

func prepare(img image.Image, turn picture.Turn) prepared {
	g := picture.Grey(img, turn, inSide)
	stretch(g)
	if lightOnDark(g) {
		invert(g)
	}
	calm := soften(g)
	ink := inkOf(calm, depth{0.15, 3})
	if a := slant(ink); a != 0 {
		g, calm = level(g, a), level(calm, a)
		ink = inkOf(calm, depth{0.15, 3})
	}
	factor := 1.0
	if h := letters(shapes(ink), g.Rect.Dy()/3); h > 0 {
		factor = textHigh / float64(h)
	}
	p := prepared{grey: resize(g, bounded(factor, g.Rect))}
	p.ink = inkOf(soften(p.grey), depth{0.15, 3})
	p.ink.drop(shapes(p.ink))
	return p
}

// lightOnDark says whether there is more writing in light letters than in dark
// ones. How much of the picture is dark says nothing: a dialog lies on a dark
// screen, a screen on a dark table.
func lightOnDark(g *image.Gray) bool {
	dark := soften(picture.Grey(g, picture.Upright, glance))
	light := image.NewGray(dark.Rect)
	copy(light.Pix, dark.Pix)
	invert(light)
	return written(light) > written(dark)
}

// written is how much clear writing there is: the room that shapes of about
// one height take.
func written(g *image.Gray) (sum int) {
	all := shapes(inkOf(g, depth{0.3, 7}))
	most := g.Rect.Dy() / 3
	usual := letters(all, most)
	for _, s := range all {
		if h := s.box.Dy(); !s.edge && s.size >= h && 2*h >= usual && h <= 2*usual {
			sum += h
		}
	}
	return sum
}

// bounded keeps a factor between a third and four times, and the result in
// outSide.
func bounded(factor float64, r image.Rectangle) float64 {
	factor = min(max(factor, 0.34), 4)
	return min(factor, outSide/float64(max(r.Dx(), r.Dy())))
}

// percentile is the brightness that so many hundredths of the pixels do not
// exceed.
func percentile(g *image.Gray, p int) uint8 {
	var count [256]int
	for _, v := range g.Pix {
		count[v]++
	}
	left := len(g.Pix) * p / 100
	for v, n := range count {
		if left -= n; left < 0 {
			return uint8(v)
		}
	}
	return 255
}

func invert(g *image.Gray) {
	for i, v := range g.Pix {
		g.Pix[i] = 255 - v
	}
}

// stretch spreads the brightness that nearly all pixels have over the whole
// range: a photograph of a dim display, or of a faded receipt, uses little of
// it.
func stretch(g *image.Gray) {
	low, high := int(percentile(g, 1)), int(percentile(g, 99))
	if high-low < 8 { // nothing is on it
		return
	}
	var table [256]uint8
	for v := range table {
		table[v] = uint8(min(max((v-low)*255/(high-low), 0), 255))
	}
	for i, v := range g.Pix {
		g.Pix[i] = table[v]
	}
}

// integral has the sum of all pixels above and to the left of each place.
type integral struct {
	w, h int
	sum  []int64
}

func sums(g *image.Gray) integral {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	s := integral{w, h, make([]int64, (w+1)*(h+1))}
	for y := range h {
		row := int64(0)
		for x := range w {
			row += int64(g.Pix[y*g.Stride+x])
			s.sum[(y+1)*(w+1)+x+1] = s.sum[y*(w+1)+x+1] + row
		}
	}
	return s
}

// mean is the mean brightness of the square around (x, y).
func (s integral) mean(x, y, reach int) int {
	x0, y0, x1, y1 := max(x-reach, 0), max(y-reach, 0), min(x+reach+1, s.w), min(y+reach+1, s.h)
	row := s.w + 1
	total := s.sum[y1*row+x1] - s.sum[y0*row+x1] - s.sum[y1*row+x0] + s.sum[y0*row+x0]
	return int(total / int64((x1-x0)*(y1-y0)))
}

// mask says of each pixel whether it is ink.
type mask struct {
	w, h int
	on   []bool
}

// depth is by how much ink is darker than its surroundings: a part of their
// light, and so many times what the pixels differ by themselves.
type depth struct{ part, unrest float64 }

// inkOf takes for ink what is clearly darker than its surroundings.
func inkOf(g *image.Gray, d depth) mask {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	m := mask{w, h, make([]bool, w*h)}
	s := sums(g)
	reach := max(w, h)/24 + 8
	clearly := max(12, d.unrest*unrest(g)) // and by more than the pixels differ by themselves
	for y := range h {
		for x := range w {
			around := float64(s.mean(x, y, reach))
			m.on[y*w+x] = float64(g.Pix[y*g.Stride+x]) < around-max(clearly, around*d.part)
		}
	}
	return m
}

// unrest is by how much neighbouring pixels usually differ where nothing is
// written.
func unrest(g *image.Gray) float64 {
	var count [256]int
	total := 0
	for y := range g.Rect.Dy() {
		row := g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()]
		for x := 4; x < len(row); x += 3 {
			count[max(row[x], row[x-4])-min(row[x], row[x-4])]++
			total++
		}
	}
	for v, n := range count {
		if total -= 2 * n; total <= 0 {
			return float64(v)
		}
	}
	return 0
}

// letters is how high the letters are, in pixels: the height in which most of
// the writing is, 0 when there is none. Higher than most is none.
func letters(all []shape, most int) int {
	at := map[int]int{}
	total := 0
	for _, s := range all {
		w, h := s.box.Dx(), s.box.Dy()
		if s.size < leastSpeck || h < 5 || h > most || s.edge || w > 4*h || h > 12*w {
			continue
		}
		at[h] += h // by how much room they take: a frame is one, letters are many
		total += h
	}
	sum := 0
	for _, h := range slices.Sorted(maps.Keys(at)) {
		if sum += at[h]; sum*2 >= total {
			return h
		}
	}
	return 0
}

// soften takes the mean of each pixel and its eight neighbours.
func soften(g *image.Gray) *image.Gray {
	out := image.NewGray(g.Rect)
	s := sums(g)
	for y := range s.h {
		for x := range s.w {
			out.Pix[y*out.Stride+x] = uint8(s.mean(x, y, 1))
		}
	}
	return out
}

// drawn is the ink alone, black on white.
func (m mask) drawn() *image.Gray {
	out := image.NewGray(image.Rect(0, 0, m.w, m.h))
	for i, on := range m.on {
		if !on {
			out.Pix[i] = 255
		}
	}
	return out
}
