package eventimport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/internal/sheet"
)

// HistoryColumns are the columns of a file of the years before the portal, in the order of the
// template; after them comes one for each kind of things delivered, by its name.
var HistoryColumns = []string{
	"number", "date", "title_kk", "title_ru", "title_en", "organization", "campaign",
	"district", "participants", "hours",
}

var historyNeeded = []string{"date", "title_kk", "title_ru", "organization", "campaign", "participants", "hours"}

// DeliveryColumn is a kind of things delivered, by the names that a file may give its column.
type DeliveryColumn struct {
	Slug string
	Name i18n.Text
}

// ReadHistory reads a file of events of the years before the portal, with totals only, and changes
// nothing but keeping it, when it is clean: every problem is returned. Staff may; for anybody
// else it is Forbidden.
func (s *Store) ReadHistory(ctx context.Context, actor account.Actor, file []byte, now time.Time) (ReadResult, error) {
	if !actor.Can(account.ImportHistory) {
		return ReadResult{}, fault.Forbidden()
	}
	p := historyParser{city: s.city, words: s.words, now: now, seen: map[string]bool{}}
	var err error
	rows, _ := s.db.Query(ctx, `select id, name from org where state <> 'applied' and merged_into is null`)
	if p.orgs, err = pgx.CollectRows(rows, pgx.RowToStructByPos[named]); err != nil {
		return ReadResult{}, postgres.Fault(err)
	}
	rows, _ = s.db.Query(ctx, `select id, name from campaign where state <> 'draft'`)
	if p.campaigns, err = pgx.CollectRows(rows, pgx.RowToStructByPos[named]); err != nil {
		return ReadResult{}, postgres.Fault(err)
	}
	rows, _ = s.db.Query(ctx, `select slug, name from delivery_kind order by position`)
	if p.things, err = pgx.CollectRows(rows, pgx.RowToStructByPos[DeliveryColumn]); err != nil {
		return ReadResult{}, postgres.Fault(err)
	}
	err = sheet.Read(file, p.row)
	if broken, ok := errors.AsType[*sheet.Problem](err); ok {
		p.wrong(Problem{broken.Sheet, broken.Row, broken.Column, broken.Key})
	} else if err != nil {
		return ReadResult{}, err
	} else if len(p.pasts) == 0 && p.count == 0 {
		p.wrong(Problem{Key: "intake.error.nothing"})
	}
	if p.count > 0 {
		return ReadResult{Problems: p.problems, Wrong: p.count}, nil
	}
	text, err := json.Marshal(p.pasts)
	if err != nil {
		return ReadResult{}, err
	}
	r := ReadResult{}
	err = s.db.QueryRow(ctx,
		`insert into history_file (person_id, pasts, created_at) values ($1, $2, $3) returning id`, actor.PersonID,
		string(text), now).Scan(&r.ID)
	return r, postgres.Fault(err)
}

// PendingHistory is a clean file of past events that waits for who sent it.
type PendingHistory struct {
	ID    int64
	Pasts []event.PastEvent
	Done  bool
	Made  int
}

// History is a clean file of the actor's own; NotFound for anybody else's, and after an hour.
func (s *Store) History(ctx context.Context, actor account.Actor, id int64, now time.Time) (PendingHistory, error) {
	return history(ctx, s.db, actor, id, now, "")
}

func history(ctx context.Context, db postgres.DB, actor account.Actor, id int64, now time.Time,
	lock string,
) (k PendingHistory, err error) {
	var pasts []byte
	err = db.QueryRow(ctx,
		`select id, pasts, done_at is not null, coalesce(made, 0) from history_file where id = $1 and person_id = $2
			and created_at > $3 and $4`+lock,
		id, actor.PersonID, now.Add(-life), actor.Can(account.ImportHistory)).Scan(&k.ID, &pasts, &k.Done, &k.Made)
	if err == nil {
		err = json.Unmarshal(pasts, &k.Pasts)
	}
	return k, postgres.Fault(err)
}

// ConfirmHistory makes the events of a clean file, all or none, and returns how many are new. A
// repeat changes nothing and gives the same answer. The errors are those of History.
func (s *Store) ConfirmHistory(ctx context.Context, actor account.Actor, id int64,
	now time.Time,
) (made int, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		k, err := history(ctx, tx, actor, id, now, ` for update`)
		if err != nil || k.Done {
			made = k.Made
			return err
		}
		if made, err = event.ImportHistory(ctx, tx, s.city, actor, k.Pasts, now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update history_file set done_at = $2, made = $3 where id = $1`, id, now,
			made); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "intake.history",
			Object: "org", ObjectID: 0,
		})
	})
	return made, err
}

type named struct {
	ID   int64
	Name i18n.Text
}

// historyParser makes past events of rows and gathers what is wrong with them.
type historyParser struct {
	city      *config.City
	words     vocabulary
	orgs      []named
	campaigns []named
	things    []DeliveryColumn
	now       time.Time

	columns  map[string]int // from 0; a thing's by its slug, after a colon
	pasts    []event.PastEvent
	seen     map[string]bool
	problems []Problem
	count    int
}

func (p *historyParser) wrong(w Problem) {
	if p.count++; len(p.problems) < maxProblems {
		p.problems = append(p.problems, w)
	}
}

// row takes the head first, then events; the template's example is none.
func (p *historyParser) row(r sheet.Row) error {
	if p.columns == nil {
		p.head(r)
		return nil
	}
	if p.words.examples[strings.ToLower(p.cell(r, "number"))] {
		return nil
	}
	if len(p.pasts) == MaxEvents {
		return &sheet.Problem{Key: "intake.error.too_many", Sheet: r.Sheet, Row: r.Number}
	}
	if p.count > 20*maxProblems {
		return &sheet.Problem{Key: "intake.error.hopeless", Sheet: r.Sheet, Row: r.Number}
	}
	before := p.count
	past := p.past(r)
	if p.count > before {
		return nil
	}
	if p.seen[past.Key] {
		p.wrong(Problem{r.Sheet, r.Number, 0, "intake.error.twice"})
		return nil
	}
	p.seen[past.Key] = true
	p.pasts = append(p.pasts, past)
	return nil
}

func (p *historyParser) head(r sheet.Row) {
	p.columns = map[string]int{}
	for i, cell := range r.Cells {
		if cell == "" {
			continue
		}
		text := strings.Trim(cell, " *")
		name := p.words.history[strings.ToLower(text)]
		if j := slices.IndexFunc(p.things, func(t DeliveryColumn) bool { return among(text, t.Name) }); name == "" &&
			j >= 0 {
			name = ":" + p.things[j].Slug
		}
		_, twice := p.columns[name]
		switch {
		case name == "":
			p.wrong(Problem{r.Sheet, r.Number, i + 1, "intake.error.column"})
		case twice:
			p.wrong(Problem{r.Sheet, r.Number, i + 1, "intake.error.column_twice"})
		default:
			p.columns[name] = i
		}
	}
	for _, name := range historyNeeded {
		if _, ok := p.columns[name]; !ok {
			p.wrong(Problem{r.Sheet, r.Number, 0, "history.missing." + name})
		}
	}
}

func (p *historyParser) cell(r sheet.Row, column string) string {
	if i, ok := p.columns[column]; ok {
		return strings.TrimSpace(r.Cell(i))
	}
	return ""
}

// past makes an event of a row. Everything that is wrong with it is noted, one problem a cell.
func (p *historyParser) past(r sheet.Row) event.PastEvent {
	at := func(column, key string) {
		n := 0
		if i, ok := p.columns[column]; ok {
			n = i + 1
		}
		p.wrong(Problem{r.Sheet, r.Number, n, key})
	}
	get := func(column string) string { return p.cell(r, column) }
	past := event.PastEvent{
		Title:     i18n.Text{KK: get("title_kk"), RU: get("title_ru"), EN: get("title_en")},
		Delivered: map[string]int{},
	}
	for _, l := range i18n.Langs {
		if s := past.Title.Get(l); utf8.RuneCountInString(s) > event.MaxTitle {
			at("title_"+string(l), "publishing.problem.long_text")
		} else if s == "" && l != i18n.EN {
			at("title_"+string(l), "publishing.problem."+string(l))
		}
	}
	if day, ok := sheet.Date(get("date")); !ok {
		at("date", "publishing.problem.day")
	} else {
		y, m, d := p.now.In(p.city.Location()).Date()
		if past.Day = day.Format(time.DateOnly); day.Year() < p.city.Since ||
			!day.Before(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) {
			at("date", "history.error.date")
		}
	}
	choose := func(column string, list []named, key string) int64 {
		s := get(column)
		if i := slices.IndexFunc(list, func(n named) bool { return among(s, n.Name) }); s != "" && i >= 0 {
			return list[i].ID
		}
		at(column, key)
		return 0
	}
	past.OrgID = choose("organization", p.orgs, "history.error.organization")
	past.CampaignID = choose("campaign", p.campaigns, "history.error.campaign")
	if s := get("district"); s != "" {
		if i := slices.IndexFunc(p.city.Districts,
			func(d config.District) bool { return strings.EqualFold(s, d.Slug) || among(s, d.Name) }); i >= 0 {
			past.District = p.city.Districts[i].Slug
		} else {
			at("district", "intake.error.district")
		}
	}
	n, err := strconv.Atoi(get("participants"))
	if past.Participations = n; err != nil || n < 0 || n > 1_000_000 {
		at("participants", "history.error.participants")
	}
	hours, err := strconv.ParseFloat(strings.ReplaceAll(get("hours"), ",", "."), 64)
	if past.Minutes = int(math.Round(hours * 60)); err != nil || !(hours >= 0 && hours <= 1_000_000) {
		at("hours", "history.error.hours")
	}
	if past.Participations == 0 && past.Minutes > 0 {
		at("participants", "history.error.nobody")
	}
	for _, t := range p.things {
		s := get(":" + t.Slug)
		if s == "" {
			continue
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > 1_000_000 {
			at(":"+t.Slug, "intake.error.number")
		}
		past.Delivered[t.Slug] = n
	}
	past.Key = get("number")
	if past.Key == "" {
		same := []string{past.Title.KK, past.Title.RU, past.Day, strconv.FormatInt(past.OrgID, 10)}
		sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(same, "\x00"))))
		past.Key = hex.EncodeToString(sum[:16])
	}
	return past
}

// HistoryWords are what a file may say, for the template: organisations, campaigns and things.
func (s *Store) HistoryWords(ctx context.Context,
	l i18n.Lang,
) (orgs []org.Org, campaigns []campaign.Choice, things []DeliveryColumn, err error) {
	if orgs, err = org.List(ctx, s.db, l); err != nil {
		return nil, nil, nil, err
	}
	if campaigns, err = campaign.Choices(ctx, s.db, nil, true, 0); err != nil {
		return nil, nil, nil, err
	}
	rows, _ := s.db.Query(ctx, `select slug, name from delivery_kind where retired_at is null order by position`)
	things, err = pgx.CollectRows(rows, pgx.RowToStructByPos[DeliveryColumn])
	return orgs, campaigns, things, postgres.Fault(err)
}
