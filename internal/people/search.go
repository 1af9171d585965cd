package people

import (
	"context"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// Query is what people are looked for; empty fields ask for nothing.
type Query struct {
	Text      string       // of a name in whatever spelling, the beginning of an e-mail, or a phone
	Role      account.Role // or Coordinators
	Suspended bool         // only those
}

// Coordinators stands for a role in a Search: everybody who acts for an organisation.
const Coordinators account.Role = "coordinator"

// PerPage is how many people a page of the register holds.
const PerPage = 50

const lineColumns = `p.id, p.given_name, p.family_name, coalesce(p.email, '') as email, coalesce(p.phone, '') as phone,
	coalesce(p.birth_date, '0001-01-01') as birth_date, p.role, p.joined_at, p.suspended_at is not null as suspended,
	(select count(*)::int from coordinator c where c.person_id = p.id) as orgs`

// Search is a page of the register, 0 the first, and whether there are more. Names hold every word, in any
// order, those that begin with the first before others; where there is none, the names that are spelt most
// like it. Without a text: the newest. It takes ManagePeople; for anybody else it is Forbidden.
func (s *Store) Search(ctx context.Context, actor account.Actor, q Query, page int) ([]Summary, bool, error) {
	if !actor.Can(account.ManagePeople) {
		return nil, false, fault.Forbidden()
	}
	sql, args := q.statement(page)
	found, err := list[Summary](ctx, s.db, sql, postgres.Pick(sql, args))
	if err == nil && len(found) == 0 && args["w0"] != "" {
		found, err = list[Summary](ctx, s.db, q.closest(), postgres.Pick(q.closest(), args))
	}
	if err != nil {
		return nil, false, postgres.Fault(err)
	}
	if len(found) > PerPage {
		return found[:PerPage], true, nil
	}
	return found, false, nil
}

// named is somebody's name as the index person_name has it.
const named = `fold(p.family_name || ' ' || p.given_name)`

// statement finds whom q means exactly, with the arguments that it or closest names. Each way has an index
// of its own.
func (q Query) statement(page int) (string, pgx.StrictNamedArgs) {
	text := strings.TrimSpace(q.Text)
	args := pgx.StrictNamedArgs{
		"role": q.Role, "coordinators": Coordinators, "suspended": q.Suspended, "text": text,
		"limit": PerPage + 1, "offset": max(page, 0) * PerPage,
		"email": likeLiteral(strings.ToLower(text)) + "%", "digits": "", "w0": "", "w1": "", "w2": "",
	}
	where, order := `true`, newest
	switch digits := phoneDigits(text); {
	case text == "":
	case strings.Contains(text, "@"):
		where = `p.email like @email`
	case digits != "":
		args["digits"] = likeLiteral(digits) + "%"
		where = `right(p.phone, 10) like @digits`
	default:
		words := strings.Fields(likeLiteral(text))
		for i, name := range []string{"w0", "w1", "w2"} { // a name has three words; the first stands for none
			args[name] = words[0]
			if i < len(words) {
				args[name] = words[i]
			}
		}
		where = `(` + named + ` like '%' || fold(@w0) || '%' and ` + named + ` like '%' || fold(@w1) || '%'
			and ` + named + ` like '%' || fold(@w2) || '%'
			or p.email like @email)`
		order = `' ' || ` + named + ` like '% ' || fold(@w0) || '%' desc, p.family_name, p.given_name, p.id`
	}
	return q.lines(where, order), args
}

// newest is the register's order without a search.
const newest = `p.joined_at desc, p.id desc`

// closest finds the names that are spelt most like what q looks for.
func (q Query) closest() string {
	return q.lines(named+` %> fold(@text)`, `word_similarity(fold(@text), `+named+`) desc, p.family_name, p.id`)
}

// lines is the statement of the register's page.
func (q Query) lines(where, order string) string {
	return `select ` + lineColumns + ` from person p
		where ` + where + ` and p.erased_at is null and p.merged_into is null
			and (@role = '' or p.role = @role or @role = @coordinators and exists (
				select from coordinator c where c.person_id = p.id))
			and (not @suspended or p.suspended_at is not null)
		order by ` + order + ` limit @limit offset @offset`
}

// phoneDigits are the digits of a phone as it is kept, without the country's; empty when the text
// is none.
func phoneDigits(s string) string {
	var digits strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !unicode.IsSpace(r) && !strings.ContainsRune("+-()", r):
			return ""
		}
	}
	d := digits.String()
	if len(d) == 11 && (d[0] == '7' || d[0] == '8') {
		d = d[1:]
	}
	if len(d) < 4 || len(d) > 10 {
		return ""
	}
	return d
}

func likeLiteral(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
