package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"slices"

	"github.com/chromedp/cdproto/page"
)

// text is an element whose ground axe cannot see.
type text struct{ Target, HTML string }

// pale finds the texts that do not stand out from the ground they are drawn on: it takes a
// picture of the page without its letters and compares the colour of each text with it.
func (p *tab) pale(texts []text) (found []finding) {
	p.t.Helper()
	if len(texts) == 0 {
		return nil
	}
	targets, _ := json.Marshal(texts)
	measured := js[[]struct {
		Colour [4]float64 // red, green, blue, and how much of it
		Large  bool
		Boxes  [][4]float64 // of its lines: left, top, right, bottom
	}](p, string(targets)+`.map(({Target}) => {
		const e = document.querySelector(Target), s = getComputedStyle(e),
			c = document.createElement('canvas').getContext('2d', {willReadFrequently: true})
		c.fillStyle = e instanceof SVGElement ? s.fill : s.color
		c.fillRect(0, 0, 1, 1)
		const [r, g, b, a] = c.getImageData(0, 0, 1, 1).data
		const size = parseFloat(s.fontSize) * (e instanceof SVGElement ? e.getScreenCTM().a : 1)
		const range = document.createRange()
		range.selectNodeContents(e)
		const Boxes = [...range.getClientRects()].filter(r => r.width > 1 && r.height > 1)
			.map(r => [r.left + scrollX, r.top + scrollY + r.height * .2, r.right + scrollX,
				r.bottom + scrollY - r.height * .15]) // no letter reaches the edges of its line
		return {Colour: [r, g, b, a / 255], Large: size >= 24 || size >= 18.66 && s.fontWeight >= 700, Boxes}
	})`)
	js[bool](p, `(() => {
		const targets = `+string(targets)+`.map(({Target}) => document.querySelector(Target))
		const bare = new CSSStyleSheet()
		bare.replaceSync('[data-bar], [data-bar] * { visibility: hidden !important } * { color: transparent !important; text-decoration-color: transparent !important } text { visibility: hidden !important }')
		// A bar that is fixed to the screen lies over whatever the page has there at the moment: the
		// ground of a text is what is under it when one has scrolled past the bar.
		for (const e of document.body.querySelectorAll('*')) if (getComputedStyle(e).position === 'fixed' &&
			!targets.some(t => e.contains(t))) e.dataset.bar = ''
		window.clothed = [...document.adoptedStyleSheets]
		document.adoptedStyleSheets = [...window.clothed, bare]
		return true
	})()`)
	p.settle()
	shot := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format:                page.CaptureScreenshotFormatPng,
		CaptureBeyondViewport: new(true),
	})
	js[bool](p, `(() => {
		for (const e of document.querySelectorAll('[data-bar]')) delete e.dataset.bar
		document.adoptedStyleSheets = window.clothed
		return true
	})()`)
	ground, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		p.t.Fatal("the picture: ", err)
	}
	for i, m := range measured {
		need := 4.5
		if m.Large {
			need = 3
		}
		if got := standsOut(ground, m.Colour, m.Boxes); got < need {
			found = append(found, finding{
				Rule: "color-contrast", Impact: "serious",
				Help: "Text must stand out from the picture or gradient behind it", Target: texts[i].Target,
				HTML: texts[i].HTML,
				Summary: fmt.Sprintf("contrast %.2f where it is lowest, want %.1f; the text is rgb(%.0f %.0f %.0f)",
					got, need, m.Colour[0], m.Colour[1], m.Colour[2]),
			})
		}
	}
	return found
}

// standsOut is the contrast of a colour with the ground in boxes, where it is lowest; the
// hundredth part of the ground that is worst does not count: it is edges.
func standsOut(ground image.Image, colour [4]float64, boxes [][4]float64) float64 {
	var ratios []float64
	for _, b := range boxes {
		for y := int(b[1]); y < int(math.Ceil(b[3])); y++ {
			for x := int(b[0]); x < int(math.Ceil(b[2])); x++ {
				if !(image.Point{x, y}).In(ground.Bounds()) {
					continue
				}
				r, g, bl, _ := ground.At(x, y).RGBA()
				under := [3]float64{float64(r >> 8), float64(g >> 8), float64(bl >> 8)}
				var over [3]float64
				for i := range over {
					over[i] = colour[i]*colour[3] + under[i]*(1-colour[3])
				}
				l1, l2 := luminance(over), luminance(under)
				ratios = append(ratios, (max(l1, l2)+.05)/(min(l1, l2)+.05))
			}
		}
	}
	if len(ratios) == 0 {
		return 21 // nothing to read
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/100]
}

// luminance is WCAG's relative luminance.
func luminance(c [3]float64) float64 {
	var l float64
	for i, weight := range []float64{.2126, .7152, .0722} {
		v := c[i] / 255
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}
