package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/tillwright/tillwright/internal/picture"
)

// flag is red on its left half and blue on its right one, with a green corner
// at the top left.
func flag(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{R: 255, A: 255}
			if x >= w/2 {
				c = color.NRGBA{B: 255, A: 255}
			}
			if x < w/4 && y < h/4 {
				c = color.NRGBA{G: 255, A: 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func encoded(t testing.TB, kind picture.Kind, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case picture.PNG:
		err = png.Encode(&b, img)
	case picture.JPEG:
		err = jpeg.Encode(&b, img, nil)
	default:
		err = gif.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif puts an orientation into a JPEG, as a camera of either byte order does.
func exif(t testing.TB, data []byte, turn uint16, order binary.AppendByteOrder, mark string) []byte {
	t.Helper()
	b := append([]byte("Exif\x00\x00"), mark...)
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 1)
	for _, v := range []uint16{0x0112, 3} {
		b = order.AppendUint16(b, v)
	}
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, turn)
	b = append(b, 0, 0, 0, 0, 0, 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(b)+2))
	return bytes.Join([][]byte{data[:2], segment, b, data[2:]}, nil)
}

func TestHeads(t *testing.T) {
	t.Parallel()
	for _, kind := range []picture.Kind{picture.PNG, picture.JPEG, picture.GIF} {
		in, err := picture.Look(encoded(t, kind, flag(40, 20)))
		if err != nil || in.Kind != kind || in.Size() != image.Pt(40, 20) {
			t.Errorf("%s: %+v, %v", kind, in, err)
		}
	}
	for name, c := range map[string]struct {
		head string
		want image.Point
	}{
		"VP8 ": {"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x40\x01\xf0\x00", image.Pt(320, 240)},
		"VP8L": {"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f\x3f\xc1\x3b\x00\x00\x00\x00\x00\x00", image.Pt(320, 240)},
		"VP8X": {"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x3f\x01\x00\xef\x00\x00", image.Pt(320, 240)},
	} {
		in, err := picture.Look([]byte(c.head))
		if err != nil || in.Kind != picture.WebP || in.Size() != c.want {
			t.Errorf("%s: %+v, %v", name, in, err)
		}
	}
}

// TestAPictureIsHeldAsTheCameraWas turns the green corner where the camera
// had it.
func TestAPictureIsHeldAsTheCameraWas(t *testing.T) {
	t.Parallel()
	corners := map[uint16][2]bool{1: {false, false}, 2: {true, false}, 3: {true, true}, 4: {false, true}, 5: {false, false}, 6: {true, false}, 7: {true, true}, 8: {false, true}}
	for turn, at := range corners {
		for mark, order := range map[string]binary.AppendByteOrder{"II": binary.LittleEndian, "MM": binary.BigEndian} {
			data := exif(t, encoded(t, picture.JPEG, flag(80, 40)), turn, order, mark)
			img, in, err := picture.Decode(t.Context(), data)
			if err != nil || in.Turn != picture.Turn(turn) {
				t.Fatalf("%d %s: %+v, %v", turn, mark, in, err)
			}
			small := picture.Shrink(img, in.Turn, 40)
			size := image.Pt(40, 20)
			if turn >= 5 {
				size = image.Pt(20, 40)
			}
			if small.Rect.Size() != size {
				t.Fatalf("%d: %v", turn, small.Rect)
			}
			p := image.Pt(1, 1)
			if at[0] {
				p.X = size.X - 2
			}
			if at[1] {
				p.Y = size.Y - 2
			}
			if c := small.NRGBAAt(p.X, p.Y); c.G < 200 || c.R > 60 || c.B > 60 {
				t.Errorf("%d: %v at %v", turn, c, p)
			}
			if g := picture.Grey(img, in.Turn, 40); g.Rect.Size() != size || g.GrayAt(p.X, p.Y).Y < 120 {
				t.Errorf("%d: grey %v, %d", turn, g.Rect, g.GrayAt(p.X, p.Y).Y)
			}
		}
	}
}

func TestABombIsNotDecoded(t *testing.T) {
	t.Parallel()
	data := encoded(t, picture.PNG, flag(2, 2))
	binary.BigEndian.PutUint32(data[16:], 8000)
	binary.BigEndian.PutUint32(data[20:], 5001)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	if _, _, err := picture.Decode(t.Context(), data); !errors.Is(err, picture.ErrTooLarge) {
		t.Error(err)
	}
	binary.BigEndian.PutUint32(data[20:], 5000) // allowed, and cut off
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	if _, _, err := picture.Decode(t.Context(), data); !errors.Is(err, picture.ErrUnknown) {
		t.Error(err)
	}
}

func TestNobodyWaitsForAPictureAnyMore(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := picture.Decode(ctx, encoded(t, picture.PNG, flag(20, 20))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestASmallPictureKeepsItsSize(t *testing.T) {
	t.Parallel()
	if r := picture.Shrink(flag(30, 10), picture.Upright, 100).Rect; r.Size() != image.Pt(30, 10) {
		t.Error(r)
	}
	if r := picture.Shrink(flag(3000, 1), picture.Upright, 100).Rect; r.Size() != image.Pt(100, 1) {
		t.Error(r)
	}
}

func FuzzLook(f *testing.F) {
	for _, kind := range []picture.Kind{picture.PNG, picture.JPEG, picture.GIF} {
		f.Add(encoded(f, kind, flag(8, 8)))
	}
	f.Add(exif(f, encoded(f, picture.JPEG, flag(8, 8)), 6, binary.LittleEndian, "II"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x3f\x01\x00\xef\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := picture.Look(data)
		if err != nil {
			return
		}
		if int64(in.Width)*int64(in.Height) > picture.MaxPixels || in.Width <= 0 || in.Height <= 0 || in.Turn < 1 || in.Turn > 8 {
			t.Errorf("%+v", in)
		}
	})
}
