package events

import (
	"context"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"shtab/web/ui"
)

// words are the shifts as a person reads them, one a line.
func (f *eventForm) words() string {
	lines := make([]string, len(f.Shifts))
	for i, s := range f.Shifts {
		to := s.To
		if s.NextDay != "" {
			to += " (+1)"
		}
		line := strings.TrimSpace(s.Day + " " + s.From + "–" + to + " · " + s.Capacity)
		if s.MinAge != "" {
			line += " · " + s.MinAge + "+"
		}
		for _, title := range []string{s.TitleKK, s.TitleRU, s.TitleEN} {
			if title != "" {
				line += " · " + title
			}
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// eventField is a field of the form in its order: where its text stands, or how it is read and
// taken over when it is no single text.
type eventField struct {
	name  string
	label string // a key
	at    func(*eventForm) *string
	value func(*eventForm) string
	take  func(mine, theirs *eventForm)
}

func plain(name, label string, at func(*eventForm) *string) eventField {
	return eventField{name, label, at, func(f *eventForm) string { return *at(f) }, func(mine, theirs *eventForm) { *at(mine) = *at(theirs) }}
}

var eventFields = []eventField{
	plain("org", "publishing.host", func(f *eventForm) *string { return &f.Org }),
	plain("campaign", "publishing.campaign", func(f *eventForm) *string { return &f.Campaign }),
	plain("title_kk", "publishing.title", func(f *eventForm) *string { return &f.TitleKK }),
	plain("title_ru", "publishing.title", func(f *eventForm) *string { return &f.TitleRU }),
	plain("summary_kk", "publishing.summary", func(f *eventForm) *string { return &f.SummaryKK }),
	plain("summary_ru", "publishing.summary", func(f *eventForm) *string { return &f.SummaryRU }),
	plain("place_kk", "publishing.place", func(f *eventForm) *string { return &f.PlaceKK }),
	plain("place_ru", "publishing.place", func(f *eventForm) *string { return &f.PlaceRU }),
	plain("district", "publishing.district", func(f *eventForm) *string { return &f.District }),
	{
		name: "shifts", label: "publishing.shifts",
		value: (*eventForm).words,
		take:  func(mine, theirs *eventForm) { mine.Shifts = slices.Clone(theirs.Shifts) },
	},
	plain("body_kk", "publishing.body", func(f *eventForm) *string { return &f.BodyKK }),
	plain("body_ru", "publishing.body", func(f *eventForm) *string { return &f.BodyRU }),
	plain("bring_kk", "publishing.bring", func(f *eventForm) *string { return &f.BringKK }),
	plain("bring_ru", "publishing.bring", func(f *eventForm) *string { return &f.BringRU }),
	plain("adults_only", "publishing.adults_only", func(f *eventForm) *string { return &f.AdultsOnly }),
	plain("min_age", "publishing.min_age", func(f *eventForm) *string { return &f.MinAge }),
	plain("needs_kk", "publishing.needs", func(f *eventForm) *string { return &f.NeedsKK }),
	plain("needs_ru", "publishing.needs", func(f *eventForm) *string { return &f.NeedsRU }),
	plain("contact_name", "publishing.contact_name", func(f *eventForm) *string { return &f.ContactName }),
	plain("contact_phone", "publishing.contact_phone", func(f *eventForm) *string { return &f.ContactPhone }),
	plain("point", "publishing.point", func(f *eventForm) *string { return &f.Point }),
	plain("opens_day", "publishing.opens", func(f *eventForm) *string { return &f.OpensDay }),
	plain("opens_hour", "publishing.opens", func(f *eventForm) *string { return &f.OpensHour }),
	plain("closes_day", "publishing.closes", func(f *eventForm) *string { return &f.ClosesDay }),
	plain("closes_hour", "publishing.closes", func(f *eventForm) *string { return &f.ClosesHour }),
	plain("cutoff_minutes", "publishing.cutoff", func(f *eventForm) *string { return &f.Cutoff }),
	{
		name: "cohosts", label: "publishing.cohosts",
		value: func(f *eventForm) string { return strings.Join(f.Cohosts, " ") },
		take:  func(mine, theirs *eventForm) { mine.Cohosts = slices.Clone(theirs.Cohosts) },
	},
	plain("title_en", "publishing.title", func(f *eventForm) *string { return &f.TitleEN }),
	plain("summary_en", "publishing.summary", func(f *eventForm) *string { return &f.SummaryEN }),
	plain("place_en", "publishing.place", func(f *eventForm) *string { return &f.PlaceEN }),
	plain("body_en", "publishing.body", func(f *eventForm) *string { return &f.BodyEN }),
	plain("bring_en", "publishing.bring", func(f *eventForm) *string { return &f.BringEN }),
	plain("needs_en", "publishing.needs", func(f *eventForm) *string { return &f.NeedsEN }),
}

// Fingerprint is short for what every field holds. A form carries that of the event it was made
// from, so that it can be said later who changed what.
func (f *eventForm) Fingerprint() string {
	prints := make([]string, len(eventFields))
	for i, field := range eventFields {
		h := fnv.New32a()
		_, _ = h.Write([]byte(field.value(f)))
		prints[i] = strconv.FormatUint(uint64(h.Sum32()), 36)
	}
	return strings.Join(prints, ".")
}

// difference is one field of which somebody else has written another value meanwhile.
type difference struct {
	Name         string // of the field
	Label        string // a key
	Theirs, Mine string
	Both         bool // I changed it too: the form keeps mine; otherwise it has theirs now
}

// Merge brings f, which was made from an older version, up to theirs, the event as it is: what
// only they changed becomes theirs, what I changed stays mine. It returns what they changed, and
// whether anything of mine is left to save.
func (f *eventForm) Merge(theirs eventForm) (differences []difference, left bool) {
	mine, now, base := strings.Split(f.Fingerprint(), "."), strings.Split(theirs.Fingerprint(), "."), strings.Split(f.Base, ".")
	for i, field := range eventFields {
		was := ""
		if len(base) == len(eventFields) {
			was = base[i]
		}
		if mine[i] == now[i] {
			continue
		}
		if was == now[i] { // mine alone
			left = true
			continue
		}
		d := difference{Name: field.name, Label: field.label, Theirs: field.value(&theirs), Mine: field.value(f), Both: mine[i] != was}
		if d.Both {
			left = true
		} else {
			field.take(f, &theirs)
		}
		differences = append(differences, d)
	}
	for i := range f.Shifts { // a shift that they have removed would be a new one
		if known := slices.ContainsFunc(theirs.Shifts, func(s shiftForm) bool { return s.ID == f.Shifts[i].ID }); !known {
			f.Shifts[i].ID = ""
		}
	}
	f.Version, f.Base = theirs.Version, theirs.Base
	return differences, left
}

// fieldLabel is the name of a field as its problems say it, its language or shift included.
func fieldLabel(ctx context.Context, name string, shifts int) string {
	if rest, ok := strings.CutPrefix(name, "shift["); ok {
		n, field, _ := strings.Cut(rest, "].")
		i, _ := strconv.Atoi(n)
		label := map[string]string{"day": "day", "from": "from", "to": "to", "capacity": "capacity", "min_age": "shift_age"}[field]
		if strings.HasPrefix(field, "title") {
			label = "shift_title"
		}
		if shifts > 1 {
			return ui.T(ctx, "publishing.shift_n", "n", i+1) + ", " + lower(ui.T(ctx, "publishing."+label)) + tongue(ctx, field)
		}
		return ui.T(ctx, "publishing."+label) + tongue(ctx, field)
	}
	for _, f := range eventFields {
		if f.name == name {
			return ui.T(ctx, f.label) + tongue(ctx, name)
		}
	}
	return ui.T(ctx, "publishing.shifts")
}

// tongue says in which language a field is written, for the fields whose name ends in one.
func tongue(ctx context.Context, name string) string {
	switch {
	case strings.HasSuffix(name, "_kk"):
		return ", " + lower(ui.T(ctx, "publishing.kazakh"))
	case strings.HasSuffix(name, "_ru"):
		return ", " + lower(ui.T(ctx, "publishing.russian"))
	case strings.HasSuffix(name, "_en"):
		return ", " + lower(ui.T(ctx, "publishing.english"))
	}
	return ""
}

func lower(s string) string {
	if s == "Kazakh" || s == "Russian" || s == "English" {
		return s
	}
	r := []rune(s)
	return strings.ToLower(string(r[:1])) + string(r[1:])
}
