package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"runtime"
	"strings"
	"testing"

	"shtab/internal/fault"
)

// drawn is a picture whose upper left quarter is red.
func drawn(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{0, 0, 255, 255}
			if x < w/2 && y < h/2 {
				c = color.NRGBA{255, 0, 0, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func encoded(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLogo(t *testing.T) {
	out, err := Logo(encoded(t, drawn(2000, 1000)))
	if err != nil {
		t.Fatal(err)
	}
	m, format, err := image.Decode(bytes.NewReader(out))
	if err != nil || format != "png" || m.Bounds() != image.Rect(0, 0, 512, 256) {
		t.Errorf("%s %v, %v", format, m.Bounds(), err)
	}
	if out, err = Logo(encoded(t, drawn(100, 90))); err != nil {
		t.Fatal(err)
	}
	if c, _ := png.DecodeConfig(bytes.NewReader(out)); c.Width != 100 || c.Height != 90 {
		t.Errorf("a small one became %d x %d", c.Width, c.Height)
	}
}

// withExif is a JPEG with the orientation and a place in its EXIF.
func withExif(t *testing.T, how byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(200, 100), nil); err != nil {
		t.Fatal(err)
	}
	tiff := append([]byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00"), how, 0, 0, 0, 0, 0, 0, 0)
	tiff = append(tiff, "51.1282 71.4306"...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	app1 := append([]byte{0xff, 0xe1, 0, 0}, body...)
	binary.BigEndian.PutUint16(app1[2:], uint16(len(body)+2))
	return append(append([]byte{0xff, 0xd8}, app1...), b.Bytes()[2:]...)
}

func TestPhotoStandsUprightAndTellsNothing(t *testing.T) {
	for how, red := range map[byte]image.Point{1: {10, 10}, 3: {190, 90}, 6: {90, 10}, 8: {10, 190}, 99: {10, 10}} {
		out, err := Logo(withExif(t, how))
		if err != nil {
			t.Fatal(err)
		}
		m, _, _ := image.Decode(bytes.NewReader(out))
		if r, _, b, _ := m.At(red.X, red.Y).RGBA(); r < b {
			t.Errorf("held as %d: the red quarter is not at %v of %v", how, red, m.Bounds())
		}
		if bytes.Contains(out, []byte("51.1282")) || bytes.Contains(out, []byte("Exif")) {
			t.Errorf("held as %d: what came with the file is kept", how)
		}
	}
}

// giant is the head of a PNG of so many pixels, whose size costs nothing to claim.
func giant(t *testing.T, w, h uint32) []byte {
	t.Helper()
	b := bytes.Clone(encoded(t, drawn(64, 64)))
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestHostilePictures(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	whole := encoded(t, drawn(300, 300))
	for what, c := range map[string]struct {
		file []byte
		key  string
	}{
		"30,000 x 30,000":  {giant(t, 30_000, 30_000), "too_many_pixels"},
		"1 x 2,000,000":    {giant(t, 1, 2_000_000), "too_many_pixels"},
		"7,000 x 7,000":    {giant(t, 7_000, 7_000), "too_many_pixels"},
		"a claim of 20 MP": {giant(t, 5_000, 4_000), "broken"},
		"a dot":            {encoded(t, drawn(1, 1)), "too_small"},
		"svg": {[]byte(
			`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "kind"},
		"html":                           {[]byte("<!doctype html><script>alert(1)</script>"), "kind"},
		"html after a PNG's first bytes": {append([]byte("\x89PNG\r\n\x1a\n"), "<script>"...), "kind"},
		"half a file":                    {whole[:len(whole)/2], "broken"},
		"nothing":                        {nil, "kind"},
		"4 MB and a byte":                {make([]byte, MaxBytes+1), "too_large"},
	} {
		var from, to runtime.MemStats
		runtime.ReadMemStats(&from)
		_, err := Logo(c.file)
		runtime.ReadMemStats(&to)
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.Fields["logo"] != "picture."+c.key {
			t.Errorf("%s: %v, want %s", what, err, c.key)
		}
		if took := (to.TotalAlloc - from.TotalAlloc) >> 20; took > 150 {
			t.Errorf("%s: refused after %d MB", what, took)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.Sys) - int64(before.Sys); grown > 250<<20 {
		t.Errorf("the refusals took %d MB", grown>>20)
	}
	if strings.Contains(string(whole), "tEXt") {
		t.Error("the test's own picture has text")
	}
}
