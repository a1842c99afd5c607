package picture

import (
	"image"
	"image/color"
)

// Shrink makes a picture fit into a box of the given side, upright, by the mean
// of the pixels that fall together. One that fits already keeps its size.
func Shrink(img image.Image, turn Turn, side int) *image.NRGBA {
	b := img.Bounds()
	w, h := fit(b.Dx(), b.Dy(), side)
	small := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			small.SetNRGBA(x, y, mean(img, cell(b, x, y, w, h)))
		}
	}
	return turned(small, turn)
}

// fit is a size of the same shape with no side over the given one.
func fit(w, h, side int) (int, int) {
	if long := max(w, h); long > side {
		w, h = w*side/long, h*side/long
	}
	return max(w, 1), max(h, 1)
}

// cell is the part of b that becomes the pixel (x, y) of a picture of w × h.
func cell(b image.Rectangle, x, y, w, h int) image.Rectangle {
	r := image.Rect(b.Min.X+x*b.Dx()/w, b.Min.Y+y*b.Dy()/h, b.Min.X+(x+1)*b.Dx()/w, b.Min.Y+(y+1)*b.Dy()/h)
	if r.Dx() == 0 {
		r.Max.X++
	}
	if r.Dy() == 0 {
		r.Max.Y++
	}
	return r.Intersect(b)
}

// mean looks at no more than some 36 pixels of a cell: more are not seen in a
// small picture, and cost.
func mean(img image.Image, r image.Rectangle) color.NRGBA {
	step := max(1, min(r.Dx(), r.Dy())/6)
	var red, green, blue, alpha, n uint64
	for y := r.Min.Y; y < r.Max.Y; y += step {
		for x := r.Min.X; x < r.Max.X; x += step {
			cr, cg, cb, ca := img.At(x, y).RGBA()
			red, green, blue, alpha, n = red+uint64(cr), green+uint64(cg), blue+uint64(cb), alpha+uint64(ca), n+1
		}
	}
	if n == 0 || alpha == 0 {
		return color.NRGBA{}
	}
	channel := func(sum uint64) uint8 { return uint8(min(sum*0xFF/alpha, 0xFF)) }
	return color.NRGBA{R: channel(red), G: channel(green), B: channel(blue), A: uint8(alpha / n >> 8)}
}

func turned(img *image.NRGBA, turn Turn) *image.NRGBA {
	if turn == Upright {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if turn.sideways() {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sx, sy := turn.source(x, y, w, h)
			out.SetNRGBA(x, y, img.NRGBAAt(sx, sy))
		}
	}
	return out
}

// Grey makes a picture grey, upright, with no side over the given one. What is
// see-through is taken to lie on white.
func Grey(img image.Image, turn Turn, side int) *image.Gray {
	full := luma(img)
	b := full.Rect
	w, h := fit(b.Dx(), b.Dy(), side)
	small := full
	if w != b.Dx() || h != b.Dy() {
		small = image.NewGray(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				small.Pix[y*small.Stride+x] = greyMean(full, cell(b, x, y, w, h))
			}
		}
	}
	return greyTurned(small, turn)
}

func greyMean(img *image.Gray, r image.Rectangle) uint8 {
	sum, n := 0, 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[img.PixOffset(r.Min.X, y) : img.PixOffset(r.Max.X-1, y)+1]
		for _, p := range row {
			sum += int(p)
		}
		n += len(row)
	}
	return uint8(sum / n)
}

func greyTurned(img *image.Gray, turn Turn) *image.Gray {
	if turn == Upright {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	if turn.sideways() {
		out = image.NewGray(image.Rect(0, 0, h, w))
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sx, sy := turn.source(x, y, w, h)
			out.Pix[y*out.Stride+x] = img.Pix[sy*img.Stride+sx]
		}
	}
	return out
}

// luma is a picture's brightness, its corner at (0, 0). A photograph has it as
// a plane of its own.
func luma(img image.Image) *image.Gray {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	switch src := img.(type) {
	case *image.YCbCr:
		for y := range b.Dy() {
			from := src.YOffset(b.Min.X, b.Min.Y+y)
			copy(out.Pix[y*out.Stride:(y+1)*out.Stride], src.Y[from:from+b.Dx()])
		}
	case *image.Gray:
		for y := range b.Dy() {
			from := src.PixOffset(b.Min.X, b.Min.Y+y)
			copy(out.Pix[y*out.Stride:(y+1)*out.Stride], src.Pix[from:from+b.Dx()])
		}
	default:
		for y := range b.Dy() {
			for x := range b.Dx() {
				r, g, bl, a := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
				white := 0xFFFF - a
				out.Pix[y*out.Stride+x] = uint8((19595*(r+white) + 38470*(g+white) + 7471*(bl+white) + 1<<15) >> 24)
			}
		}
	}
	return out
}
