package ui

import (
	"bytes"
	"context"
	"html"
	"io"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"shtab/internal/i18n"
)

// S is t in the page's language or the next best, where the language cannot be marked: titles,
// attributes.
func S(ctx context.Context, t i18n.Text) string { return i18n.From(ctx).Text(t) }

// TextIn writes t; where only another language has it, that is marked for voices and hyphens.
func TextIn(t i18n.Text) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		s, l := t.In(L(ctx))
		s = html.EscapeString(s)
		if l != L(ctx) {
			s = `<span lang="` + string(l) + `">` + s + `</span>`
		}
		_, err := io.WriteString(w, s)
		return err
	})
}

// markdown renders what organisers write. It is made once: both parts are costly and safe for
// many goroutines.
var markdown = sync.OnceValue(func() func(string) (string, error) {
	md := goldmark.New(goldmark.WithExtensions(extension.Linkify))
	policy := bluemonday.NewPolicy()
	policy.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote", "hr")
	policy.AllowAttrs("href").OnElements("a")
	policy.AllowURLSchemes("https", "http", "mailto", "tel")
	policy.AllowRelativeURLs(true)
	policy.RequireParseableURLs(true)
	policy.RequireNoFollowOnLinks(true)
	// The page has its h1 and h2 already.
	belowPage := strings.NewReplacer("<h1", "<h3", "</h1>", "</h3>", "<h2", "<h3", "</h2>", "</h3>")
	return func(s string) (string, error) {
		var b bytes.Buffer
		if err := md.Convert([]byte(s), &b); err != nil {
			return "", err
		}
		return policy.Sanitize(belowPage.Replace(b.String())), nil
	}
})

// Markdown writes t as paragraphs, lists and links; raw HTML in it is dropped.
func Markdown(t i18n.Text) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		s, l := t.In(L(ctx))
		if s == "" {
			return nil
		}
		out, err := markdown()(s)
		if err != nil {
			return err
		}
		open := `<div class="prose">`
		if l != L(ctx) {
			open = `<div class="prose" lang="` + string(l) + `">`
		}
		_, err = io.WriteString(w, open+out+`</div>`)
		return err
	})
}
