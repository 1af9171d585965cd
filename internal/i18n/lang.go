// Package i18n is about the three languages of the portal: the catalogue with plurals, dates and numbers, and
// texts that are stored in three languages. The texts of the catalogue are in web/locale.
package i18n

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Lang is a language of the portal, as in its URLs.
type Lang string

// The languages; the state language first.
const (
	KK Lang = "kk"
	RU Lang = "ru"
	EN Lang = "en"
)

// Langs are all languages in the order in which pages offer them.
var Langs = []Lang{KK, RU, EN}

// Parse reads a language from a URL.
func Parse(s string) (Lang, bool) {
	l := Lang(s)
	return l, slices.Contains(Langs, l)
}

// ParseOr reads a language; anything else is Kazakh.
func ParseOr(s string) Lang {
	if l, ok := Parse(s); ok {
		return l
	}
	return KK
}

// Name is the language's own name.
func (l Lang) Name() string {
	return map[Lang]string{KK: "Қазақша", RU: "Русский", EN: "English"}[l]
}

var matcher = language.NewMatcher([]language.Tag{language.Kazakh, language.Russian, language.English})

// Match chooses a language for an Accept-Language header; Kazakh when nothing fits.
func Match(acceptLanguage string) Lang {
	if strings.TrimSpace(acceptLanguage) == "" {
		return KK
	}
	_, i := language.MatchStrings(matcher, acceptLanguage)
	return Langs[i]
}
