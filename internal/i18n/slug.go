package i18n

import "strings"

// latin transliterates Kazakh and Russian letters.
var latin = strings.NewReplacer(
	"ә", "a", "ғ", "g", "қ", "q", "ң", "n", "ө", "o", "ұ", "u", "ү", "u", "һ", "h", "і", "i",
	"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "i", "к",
	"k",
	"л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц",
	"ts",
	"ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "iu", "я", "ia",
)

// Slug is a name as part of an address: lower-case Latin letters, digits and hyphens, 60 at most. It is empty when
// nothing of the name can be written so.
func Slug(name Text) string {
	for _, s := range []string{name.KK, name.RU, name.EN} {
		s = latin.Replace(strings.ToLower(s))
		words := strings.FieldsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
		slug := strings.Join(words, "-")
		if len(slug) > 60 {
			slug = strings.TrimRight(slug[:60], "-")
		}
		if slug != "" {
			return slug
		}
	}
	return ""
}
