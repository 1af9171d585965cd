package i18n

import "strings"

// Text is something written in up to three languages, stored as one jsonb column.
type Text struct {
	KK string `json:"kk,omitempty"`
	RU string `json:"ru,omitempty"`
	EN string `json:"en,omitempty"`
}

// Get is the text in l, empty when there is none.
func (t Text) Get(l Lang) string {
	switch l {
	case RU:
		return t.RU
	case EN:
		return t.EN
	default:
		return t.KK
	}
}

// In is the text in l or, when there is none, in the next best language, and which language that is, so that the
// page can mark it. For Kazakh the next best is Russian, for Russian it is Kazakh, for English Russian.
func (t Text) In(l Lang) (string, Lang) {
	order := [...]Lang{l, RU, KK, EN}
	for _, o := range order {
		if s := strings.TrimSpace(t.Get(o)); s != "" {
			return s, o
		}
	}
	return "", l
}

// Str is the text in l or the next best language, where the language cannot be marked.
func (t Text) Str(l Lang) string {
	s, _ := t.In(l)
	return s
}

// IsZero reports whether there is no text in any language.
func (t Text) IsZero() bool { return t == Text{} }
