package campaign

import (
	"context"
	"strconv"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// freeSlug is the name's slug, with a number where another campaign has it.
func freeSlug(ctx context.Context, db postgres.DB, name i18n.Text) (string, error) {
	slug := i18n.Slug(name)
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
