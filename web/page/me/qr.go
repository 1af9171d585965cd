package me

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// qrCode is text as a QR code: the side of its square in modules, quiet zone included, and the
// dark modules as the path of an SVG. An empty path means that text is too long.
func qrCode(text string) (side int, path string) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return 1, ""
	}
	const quiet = 4
	b := code.Bounds()
	var d strings.Builder
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&d, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return b.Dx() + 2*quiet, d.String()
}
