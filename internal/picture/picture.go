// Package picture reads photographs that strangers send: it looks at a
// picture's head before it spends memory on its body, turns it the way the
// camera was held, and makes it small or grey.
//
// It holds no state and does no I/O of its own.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
)

// Kind is a form of picture.
type Kind string

// The kinds that are recognised. WebP is measured, not decoded.
const (
	PNG  Kind = "image/png"
	JPEG Kind = "image/jpeg"
	GIF  Kind = "image/gif"
	WebP Kind = "image/webp"
)

// Limits of what is decoded. A few kilobytes can claim any size, so they are
// compared with what the head says, before the body is read.
const (
	// MaxPixels is width × height of any picture: about the largest photograph
	// that a phone takes by itself.
	MaxPixels = 40_000_000
	// MaxProgressive is the same for a JPEG that comes in passes: its decoder
	// keeps four bytes per coefficient until the last pass.
	MaxProgressive = 16_000_000
	// MaxDeep is the same for a picture of 16 bits a channel.
	MaxDeep = 20_000_000
)

var (
	// ErrUnknown says that the bytes are none of the kinds, or broken.
	ErrUnknown = errors.New("picture: not a picture that can be read")
	// ErrTooLarge says that the picture has more pixels than are decoded.
	ErrTooLarge = errors.New("picture: too many pixels")
)

// Info is what a picture's head says of it.
type Info struct {
	Kind          Kind
	Width, Height int // as stored, before it is turned
	Turn          Turn
	progressive   bool
	deep          bool // 16 bits a channel
}

// Sniff recognises a picture by its first bytes; twelve are enough.
func Sniff(head []byte) (Kind, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG, true
	case bytes.HasPrefix(head, []byte{0xFF, 0xD8, 0xFF}):
		return JPEG, true
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return GIF, true
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return WebP, true
	}
	return "", false
}

// Look reads a picture's head: ErrUnknown when there is none that can be read,
// ErrTooLarge when it has more pixels than are ever decoded.
func Look(data []byte) (Info, error) {
	kind, ok := Sniff(data)
	if !ok {
		return Info{}, ErrUnknown
	}
	in := Info{Kind: kind, Turn: Upright}
	if kind == WebP {
		if in.Width, in.Height, ok = webpSize(data); !ok {
			return in, ErrUnknown
		}
		return in, in.check()
	}
	c, err := config(kind, bytes.NewReader(data))
	if err != nil {
		return in, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	in.Width, in.Height = c.Width, c.Height
	switch kind {
	case JPEG:
		in.progressive, in.Turn = jpegHead(data)
	case PNG:
		const depthAt = 24 // in the IHDR chunk, which comes first
		in.deep = data[depthAt] == 16
	case GIF, WebP:
	}
	return in, in.check()
}

func config(kind Kind, r io.Reader) (image.Config, error) {
	switch kind {
	case PNG:
		return png.DecodeConfig(r)
	case JPEG:
		return jpeg.DecodeConfig(r)
	default:
		return gif.DecodeConfig(r)
	}
}

func (in Info) check() error {
	limit := int64(MaxPixels)
	if in.progressive {
		limit = MaxProgressive
	} else if in.deep {
		limit = MaxDeep
	}
	if in.Width <= 0 || in.Height <= 0 {
		return ErrUnknown
	}
	if int64(in.Width)*int64(in.Height) > limit {
		return ErrTooLarge
	}
	return nil
}

// Decode reads a whole picture as it is stored: Info.Turn says how to hold it.
// Of a GIF it is the first frame. It stops soon after ctx ends. A WebP is
// ErrUnknown.
func Decode(ctx context.Context, data []byte) (image.Image, Info, error) {
	in, err := Look(data)
	if err != nil {
		return nil, in, err
	}
	r := &patient{ctx: ctx, r: bytes.NewReader(data)}
	var img image.Image
	switch in.Kind {
	case PNG:
		img, err = png.Decode(r)
	case JPEG:
		img, err = jpeg.Decode(r)
	case GIF:
		img, err = gif.Decode(r)
	default:
		return nil, in, ErrUnknown
	}
	switch {
	case ctx.Err() != nil:
		return nil, in, ctx.Err()
	case err != nil:
		return nil, in, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return img, in, nil
}

// patient hands out a picture in small pieces while somebody still waits for
// it: a JPEG may have thousands of passes over all its pixels.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	const piece = 512
	return p.r.Read(b[:min(len(b), piece)])
}
