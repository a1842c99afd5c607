package ocr

import (
	"image"
	"slices"

	"github.com/tillwright/tillwright/internal/picture"
)

// What a photograph is brought to before it is read.
const (
	inSide   = 2400 // no side of what is looked at is longer, pixels
	outSide  = 3200 // no side of what is handed to the reader is longer
	textHigh = 32   // how high a capital letter is made, which the reader likes best
	darkest  = 105  // a picture whose median is under it has light letters
)

// prepare makes a photograph fit to be read: dark letters on light ground,
// stretched to full contrast, level, and of the size that the reader likes.
func prepare(img image.Image, turn picture.Turn) *image.Gray {
	g := picture.Grey(img, turn, inSide)
	if percentile(g, 50) < darkest {
		invert(g)
	}
	stretch(g)
	ink := inkOf(g)
	if a := slant(ink); a != 0 {
		g = level(g, a)
		ink = inkOf(g)
	}
	factor := 1.0
	if h := letterHeight(ink); h > 0 {
		factor = textHigh / float64(h)
	}
	return resize(g, bounded(factor, g.Rect))
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

// flatten takes the light of the place out of a picture: each pixel is shown
// against the mean of what surrounds it, so that a shadow or a reflection does
// not swallow letters.
func flatten(g *image.Gray) *image.Gray {
	out := image.NewGray(g.Rect)
	s := sums(g)
	reach := max(g.Rect.Dx(), g.Rect.Dy())/24 + textHigh
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for y := range h {
		for x := range w {
			around := s.mean(x, y, reach)
			out.Pix[y*out.Stride+x] = uint8(min(max(190+2*(int(g.Pix[y*g.Stride+x])-around), 0), 255))
		}
	}
	return out
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

// inkOf takes for ink what is clearly darker than its surroundings.
func inkOf(g *image.Gray) mask {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	m := mask{w, h, make([]bool, w*h)}
	s := sums(g)
	reach := max(w, h)/24 + 8
	const clearly = 35
	for y := range h {
		for x := range w {
			m.on[y*w+x] = int(g.Pix[y*g.Stride+x]) < s.mean(x, y, reach)-clearly
		}
	}
	return m
}

// letterHeight is how high the letters are, in pixels: the median of the
// shapes that could be letters. 0 when there are too few to tell.
func letterHeight(m mask) int {
	var heights []int
	for _, r := range shapes(m) {
		w, h := r.Dx(), r.Dy()
		if h < 6 || h > m.h/2 || w > 4*h || h > 12*w {
			continue
		}
		heights = append(heights, h)
	}
	const few = 4
	if len(heights) < few {
		return 0
	}
	slices.Sort(heights)
	return heights[len(heights)*6/10] // above the middle: dots and commas are shapes as well
}
