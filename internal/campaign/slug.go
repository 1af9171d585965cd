package campaign

import (
	"context"
	"strconv"
	"strings"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// latin writes Kazakh and Russian letters as addresses here have them.
var latin = strings.NewReplacer(
	"ә", "a", "ғ", "g", "қ", "q", "ң", "n", "ө", "o", "ұ", "u", "ү", "u", "һ", "h", "і", "i",
	"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "i", "к", "k",
	"л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц", "ts",
	"ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "iu", "я", "ia",
)

// slugOf is a name as a part of an address: lower-case Latin letters, digits and hyphens, at most
// 60; empty when nothing of the name can be written so.
func slugOf(name i18n.Text) string {
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

// freeSlug is the name's slug, with a number where another campaign has it.
func freeSlug(ctx context.Context, db postgres.DB, name i18n.Text) (string, error) {
	slug := slugOf(name)
	if slug == "" {
		slug = "campaign"
	}
	rows, _ := db.Query(ctx, `select slug from campaign where slug = $1 or slug like $1 || '-%'`, slug)
	taken := map[string]bool{}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return "", err
		}
		taken[s] = true
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	free := slug
	for n := 2; taken[free]; n++ {
		free = slug + "-" + strconv.Itoa(n)
	}
	return free, nil
}
