// Package uitest draws pages for their tests, in every language, and checks what every page
// promises. It has made-up events, campaigns and organisations to fill them with.
package uitest

import (
	"bytes"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/web/locale"
	"shtab/web/static"
	"shtab/web/ui"
)

// Now is when the pages are drawn: a Sunday noon in Astana's winter.
var Now = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)

// State is a page in one of its states.
type State struct {
	Name  string
	Path  string // without the language
	Query string
	Actor account.Actor // zero: a visitor
	Flash *ui.Flash
	Page  templ.Component
}

// Check draws each state in every language and checks what every page promises: no key instead of a
// text, nothing inline that the content security policy stops, one h1, every id once, every field
// with a label.
func Check(t *testing.T, states ...State) {
	t.Helper()
	city := City(t)
	catalogue, err := i18n.Load(locale.FS, city.Location())
	if err != nil {
		t.Fatal(err)
	}
	assets, err := static.NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Langs {
		for _, s := range states {
			t.Run(string(l)+"/"+s.Name, func(t *testing.T) {
				view := &ui.View{
					Printer: catalogue.For(l), Actor: s.Actor, City: city, Assets: assets, Now: Now,
					BaseURL: "http://localhost:8080", Path: s.Path, Query: s.Query, Flash: s.Flash, Demo: true,
				}
				var b bytes.Buffer
				if err := s.Page.Render(ui.With(context.Background(), view), &b); err != nil {
					t.Fatal(err)
				}
				check(t, b.Bytes(), catalogue)
			})
		}
	}
}

// Context is that of a page in a language.
func Context(t *testing.T, l i18n.Lang) context.Context {
	t.Helper()
	city := City(t)
	catalogue, err := i18n.Load(locale.FS, city.Location())
	if err != nil {
		t.Fatal(err)
	}
	return ui.With(context.Background(), &ui.View{Printer: catalogue.For(l), City: city, Now: Now})
}

// City is the city of the portal, as its file has it.
func City(t *testing.T) *config.City {
	t.Helper()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	return city
}

var keyLike = regexp.MustCompile(`^[a-z_]+(\.[a-z_0-9]+)+$`)

// check reads one page.
func check(t *testing.T, page []byte, catalogue *i18n.Catalogue) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, k := range catalogue.Keys() {
		keys[k] = true
	}
	c := checker{t: t, keys: keys, ids: map[string]int{}, labels: map[string]bool{}}
	for n := range doc.Descendants() {
		switch {
		case n.Type == html.TextNode && n.Parent.Data != "script":
			c.text(n.Data)
		case n.Type == html.ElementNode:
			c.element(n)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.ids)) {
		if c.ids[id] > 1 {
			t.Errorf("id %q stands %d times", id, c.ids[id])
		}
	}
	for _, f := range c.fields {
		if !c.labels[f] {
			t.Errorf("field %q has no label", f)
		}
	}
	if c.headings != 1 {
		t.Errorf("%d h1 on the page", c.headings)
	}
}

type checker struct {
	t        *testing.T
	keys     map[string]bool // of the catalogue
	ids      map[string]int
	labels   map[string]bool // ids of fields that have one
	fields   []string        // ids
	headings int             // of the first level
}

func (c *checker) text(s string) {
	c.t.Helper()
	s = strings.TrimSpace(s)
	if c.keys[s] || keyLike.MatchString(s) {
		c.t.Errorf("a key stands where a text should: %q", s)
	}
	if strings.Contains(s, "<no value>") || strings.Contains(s, "{{") {
		c.t.Errorf("a text lacks a value: %q", s)
	}
}

func (c *checker) element(n *html.Node) {
	c.t.Helper()
	attr := map[string]string{}
	for _, a := range n.Attr {
		attr[a.Key] = a.Val
		c.attribute(n.Data, a)
	}
	if id := attr["id"]; id != "" {
		c.ids[id]++
	}
	switch n.Data {
	case "style":
		c.t.Error("a <style> is stopped by the content security policy")
	case "h1":
		c.headings++
	case "label":
		c.labels[attr["for"]] = true
	case "input", "select", "textarea":
		if attr["type"] != "hidden" && attr["type"] != "radio" {
			c.fields = append(c.fields, attr["id"])
		}
	case "img":
		if _, ok := attr["alt"]; !ok {
			c.t.Error("an image without alt")
		}
	}
}

func (c *checker) attribute(element string, a html.Attribute) {
	c.t.Helper()
	if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
		c.t.Errorf("<%s %s> is stopped by the content security policy", element, a.Key)
	}
	switch a.Key {
	case "title", "aria-label", "placeholder", "content", "alt":
		c.text(a.Val)
	}
	switch a.Key {
	case "content":
		if strings.Contains(a.Val, "/static/missing/") {
			c.t.Errorf("%s is missing", a.Val)
		}
	case "href", "src", "action":
		if a.Val == "" || strings.Contains(a.Val, "missing") || strings.Contains(a.Val, "templ-invalid") {
			c.t.Errorf("<%s %s=%q>", element, a.Key, a.Val)
		}
	}
}
