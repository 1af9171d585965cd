package org

import (
	"slices"
	"strings"
	"time"

	"shtab/internal/fault"
	"shtab/internal/field"
	"shtab/internal/i18n"
)

// Bounds of texts, in characters.
const (
	NameMax      = 120
	SummaryMax   = 300
	BodyMax      = 6_000
	DocumentsMax = 4_000
	LinkMax      = 200
	LinksMax     = 3
	phoneMax     = 30
)

// Profile is what an organisation writes about itself. A new field is a line here and one in
// ProfileFields, a column of the table, its words and its place on the form.
type Profile struct {
	Summary i18n.Text
	Body    i18n.Text // Markdown
	Email   string    `db:"contact_email"`
	Phone   string    `db:"contact_phone"`
	Links   []string  // https, at most LinksMax
}

// ProfileFields is all of a Profile, in the order of its form.
var ProfileFields = field.List[Profile]{
	field.Text("summary", "team.field.summary", SummaryMax, func(p *Profile) *i18n.Text { return &p.Summary }),
	field.Text("body", "team.field.body", BodyMax, func(p *Profile) *i18n.Text { return &p.Body }),
	contact("email", func(p *Profile) *string { return &p.Email }),
	contact("phone", func(p *Profile) *string { return &p.Phone }),
	links,
}

// Details is what the register and an application record about an organisation. A new field is a line
// here and one in DetailFields, a column of the table, its words and its place on the form.
type Details struct {
	Kind      Kind
	Name      i18n.Text
	Summary   i18n.Text
	Email     string    `db:"contact_email"`
	Phone     string    `db:"contact_phone"`
	JoinedOn  time.Time // a date in the city; for an application, the date of its approval
	Documents string    // numbers and dates of its registration papers, free text; for staff
}

// DetailFields is all of Details, in the order of the form.
var DetailFields = field.List[Details]{
	field.String("kind", "bodies.field.kind", 0, func(d *Details) *Kind { return &d.Kind }),
	field.Text("name", "bodies.name", NameMax, func(d *Details) *i18n.Text { return &d.Name }),
	field.Text("summary", "team.field.summary", SummaryMax, func(d *Details) *i18n.Text { return &d.Summary }),
	contact("email", func(d *Details) *string { return &d.Email }),
	contact("phone", func(d *Details) *string { return &d.Phone }),
	joinedOn,
	field.String("documents", "bodies.field.documents", DocumentsMax,
		func(d *Details) *string { return &d.Documents }),
}

// contact is an address in a column of its own, null for none.
func contact[T any](name string, at func(*T) *string) field.Field[T] {
	f := field.String(name, "team.field."+name, 0, at)
	f.Columns[0].Name = "contact_" + name
	return field.Nullable(f, `''`)
}

// links are one a line.
var links = field.Field[Profile]{
	Name: "links", Label: "team.field.links", Inputs: []string{"links"},
	Columns: []field.Column[Profile]{{
		Name:  "links",
		Value: func(p *Profile) any { return append([]string{}, p.Links...) },
	}},
	Equal: func(a, b *Profile) bool { return slices.Equal(a.Links, b.Links) },
	Show:  func(p *Profile, _ *time.Location) []string { return []string{strings.Join(p.Links, "\n")} },
	Read: func(p *Profile, value func(string) string, _ *time.Location, _ fault.Fields) {
		p.Links = strings.Fields(value("links"))
	},
}

// joinedOn is a date; one that cannot be read is the zero time.
var joinedOn = field.Field[Details]{
	Name: "joined_on", Label: "bodies.field.joined_on", Inputs: []string{"joined_on"},
	Columns: []field.Column[Details]{{Name: "joined_on", Value: func(d *Details) any { return d.JoinedOn }}},
	Equal:   func(a, b *Details) bool { return a.JoinedOn.Equal(b.JoinedOn) },
	Show:    func(d *Details, _ *time.Location) []string { return []string{d.JoinedOn.Format(time.DateOnly)} },
	Read: func(d *Details, value func(string) string, _ *time.Location, _ fault.Fields) {
		d.JoinedOn, _ = time.Parse(time.DateOnly, value("joined_on"))
	},
}
