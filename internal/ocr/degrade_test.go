package ocr_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// screen is a drawn screen or receipt of testdata in shades of grey. They were
// drawn by a browser in the fonts of the pages.
func screen(t testing.TB, name string) *image.Gray {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(img.Bounds())
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			g.Set(x, y, img.At(x, y))
		}
	}
	return g
}

// shot is how a screen is photographed.
type shot struct {
	name     string
	size     float64 // of the photograph against the screen
	degrees  float64 // held askew
	contrast float64 // 1 = as it was
	noise    float64 // deviation of brightness, 0 to 255
	shade    float64 // how much darker the right edge is than the left, 0 to 1
	soft     int     // how many times it is blurred
	quality  int     // of a JPEG; 0 = PNG
}

// take photographs a screen lying on a table; the seed makes each photograph
// of its own, and always the same.
func (s shot) take(t testing.TB, g *image.Gray, seed uint64) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 17))
	w, h := int(float64(g.Rect.Dx())*s.size*1.16), int(float64(g.Rect.Dy())*s.size*1.25)
	out := image.NewGray(image.Rect(0, 0, w, h))
	sin, cos := math.Sincos(s.degrees * math.Pi / 180)
	const table = 150.0
	for y := range h {
		for x := range w {
			dx, dy := (float64(x)-float64(w)/2)/s.size, (float64(y)-float64(h)/2)/s.size
			v := sample(g, dx*cos+dy*sin+float64(g.Rect.Dx())/2, -dx*sin+dy*cos+float64(g.Rect.Dy())/2, table)
			v = 128 + (v-128)*s.contrast
			v *= 1 - s.shade*float64(x)/float64(w)
			out.SetGray(x, y, color.Gray{Y: uint8(min(max(v, 0), 255))})
		}
	}
	for range s.soft {
		out = blurred(out)
	}
	for i, v := range out.Pix {
		out.Pix[i] = uint8(min(max(float64(v)+random.NormFloat64()*s.noise, 0), 255))
	}
	return s.encode(t, out)
}

func (s shot) encode(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	if s.quality > 0 {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: s.quality})
	} else {
		err = png.Encode(&b, img)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sample(g *image.Gray, x, y, outside float64) float64 {
	x0, y0 := math.Floor(x), math.Floor(y)
	at := func(x, y float64) float64 {
		if p := image.Pt(int(x), int(y)); p.In(g.Rect) {
			return float64(g.GrayAt(p.X, p.Y).Y)
		}
		return outside
	}
	fx, fy := x-x0, y-y0
	return (at(x0, y0)*(1-fx)+at(x0+1, y0)*fx)*(1-fy) + (at(x0, y0+1)*(1-fx)+at(x0+1, y0+1)*fx)*fy
}

func blurred(g *image.Gray) *image.Gray {
	out := image.NewGray(g.Rect)
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			sum, n := 0, 0
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if p := image.Pt(x+dx, y+dy); p.In(g.Rect) {
						sum, n = sum+int(g.GrayAt(p.X, p.Y).Y), n+1
					}
				}
			}
			out.SetGray(x, y, color.Gray{Y: uint8(sum / n)})
		}
	}
	return out
}
