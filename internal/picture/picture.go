// Package picture reads pictures that come from strangers. A file that is no picture, or is too large, is
// refused before it is decoded; what is kept is drawn anew, without anything else that came with the file.
package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/jpeg" // decoders, by what the file is
	"image/png"
	"sync"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // likewise

	"shtab/internal/fault"
)

// The limits of a picture, and the size at which it is kept.
const (
	MaxBytes  = 4 << 20
	maxPixels = 25_000_000
	maxSide   = 20_000
	minSide   = 32
	side      = 512 // of the picture that is kept, at most
)

// decoding is held while a picture is decoded: the largest takes 200 MB for a moment.
var decoding sync.Mutex

// Logo makes a PNG of at most 512 pixels a side from a PNG, JPEG or WebP. A file that is none of them, or too
// large or too small, is Invalid on the field "logo".
func Logo(file []byte) ([]byte, error) {
	refuse := func(key string) ([]byte, error) {
		return nil, fault.Invalid(map[string]string{"logo": "picture." + key})
	}
	if len(file) > MaxBytes {
		return refuse("too_large")
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(file))
	switch {
	case err != nil || format != "png" && format != "jpeg" && format != "webp":
		return refuse("kind")
	case c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels:
		return refuse("too_many_pixels")
	case c.Width < minSide || c.Height < minSide:
		return refuse("too_small")
	}
	decoding.Lock()
	defer decoding.Unlock()
	img, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return refuse("broken")
	}
	small := shrink(img)
	if format == "jpeg" {
		small = upright(small, orientation(file))
	}
	var b bytes.Buffer
	if err := png.Encode(&b, small); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// shrink draws img so that it fits into a square of the size at which it is kept.
func shrink(img image.Image) *image.NRGBA {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// upright turns a picture the way the camera was held, a number from 1 to 8 in EXIF.
func upright(in *image.NRGBA, how int) *image.NRGBA {
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if how >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	from, known := map[int]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, h - 1 - x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return w - 1 - y, x },
	}[how]
	if !known {
		return in
	}
	out := image.NewNRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			sx, sy := from(x, y)
			out.SetNRGBA(x, y, in.NRGBAAt(sx, sy))
		}
	}
	return out
}

// orientation is how the camera was held, from a JPEG's EXIF; 1 when that does not say.
func orientation(file []byte) int {
	for at := 2; at+4 <= len(file) && file[at] == 0xff && file[at+1] != 0xda; {
		size := int(binary.BigEndian.Uint16(file[at+2:]))
		if size < 2 || at+2+size > len(file) {
			return 1
		}
		if body := file[at+4 : at+2+size]; file[at+1] == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return exifOrientation(body[6:])
		}
		at += 2 + size
	}
	return 1
}

// exifOrientation looks for the tag in the first directory of a TIFF.
func exifOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	if len(tiff) < 8 {
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	for i := range uint64(order.Uint16(tiff[at:])) {
		entry := at + 2 + i*12
		if entry+12 > uint64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return 1
}
