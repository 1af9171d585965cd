package home

import (
	"fmt"
	"math"
	"strings"
)

// The picture of the first page is drawn from a few rules, so that it stays small and the same.

// rays are the sun's, shaped like grains of wheat, around (0,0).
func rays() []string {
	var turns []string
	for i := range 32 {
		turns = append(turns, fmt.Sprintf("rotate(%g)", float64(i)*11.25))
	}
	return turns
}

// grass is the feather grass in front of the hills.
var grass = feathers(96, 404, 150, 9) + feathers(236, 412, 96, 7) + feathers(1180, 408, 130, 9) +
	feathers(1330, 404, 176, 11) + feathers(604, 412, 62, 6) + feathers(1000, 414, 84, 7)

// feathers is one tuft of feather grass, the steppe's own, rooted at (x, y): stems bend with
// the wind and end in a plume.
func feathers(x, y, height float64, stems int) string {
	var b strings.Builder
	for i := range stems {
		f := float64(i)/float64(stems-1)*2 - 1 // -1 at the left, 1 at the right
		h := height * (0.72 + 0.28*math.Cos(f*1.3+float64(i%3)))
		lean := h * (0.28 + 0.3*f)
		fmt.Fprintf(&b, "M%.0f %.0fq%.0f %.0f %.0f %.0f", x+f*height*0.16, y, lean*0.15, -h*0.65, lean, -h)
	}
	return b.String()
}

// stars are spread by the golden angle, so that no two fall together; they show at night only.
func stars() [][3]string {
	var s [][3]string
	for i := range 42 {
		x := math.Mod(float64(i)*0.618034, 1) * 1440
		y := math.Mod(float64(i)*0.754878, 1) * 300
		if x < 900 && y < 90 {
			continue // there the words stand
		}
		s = append(s, [3]string{fmt.Sprintf("%.0f", x), fmt.Sprintf("%.0f", y), []string{"1", "1.4", "2"}[i%3]})
	}
	return s
}
