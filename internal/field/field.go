// Package field declares what is written of an event, a campaign, an organisation or a city, one field
// at a time: how it is stored, compared, shown in a form and read from one. Statements, differences,
// forms and files follow the declaration, so that a new field is one line in it.
package field

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"shtab/internal/fault"
	"shtab/internal/i18n"
)

// Field is one field of a T.
type Field[T any] struct {
	Name    string      // in the audit and among differences
	Label   string      // the key of its name in the catalogue
	Inputs  []string    // of a form; none: the form has its own way
	Columns []Column[T] // of the table; none: it is stored elsewhere

	// Text is where a text in three languages stands; nil: the field is something else.
	Text  func(*T) *i18n.Text
	Limit int // letters of each input; 0: none

	Equal func(a, b *T) bool
	// Show is what the inputs hold, one value each.
	Show func(v *T, zone *time.Location) []string
	// Read takes the inputs' values into v and adds what cannot be read to wrong, by input.
	Read func(v *T, value func(input string) string, zone *time.Location, wrong fault.Fields)
}

// Column is a column of the table of a T.
type Column[T any] struct {
	Name  string
	Value func(*T) any // as it is written
	Zero  string       // the SQL literal that is read where the column is null; empty: it is read as it is
}

// List is the fields of a T in the order of its form.
type List[T any] []Field[T]

// Diff is the names of the fields in which now is not was.
func (l List[T]) Diff(now, was *T) (names []string) {
	for _, f := range l {
		if !f.Equal(now, was) {
			names = append(names, f.Name)
		}
	}
	return names
}

// Read is a T with what the inputs say, and what in them cannot be read, by input.
func (l List[T]) Read(value func(input string) string, zone *time.Location) (v T, wrong fault.Fields) {
	wrong = fault.Fields{}
	for _, f := range l {
		if f.Read != nil {
			f.Read(&v, value, zone, wrong)
		}
	}
	return v, wrong
}

// Show is what the inputs hold for v, by input.
func (l List[T]) Show(v *T, zone *time.Location) map[string]string {
	values := map[string]string{}
	for _, f := range l {
		if f.Show == nil {
			continue
		}
		for i, s := range f.Show(v, zone) {
			values[f.Inputs[i]] = s
		}
	}
	return values
}

// Inputs is every input in the order of the form: English is optional and comes last.
func (l List[T]) Inputs() (names []string) {
	return slices.DeleteFunc(l.Order(), func(name string) bool {
		f, _ := l.Of(name)
		return len(f.Inputs) == 0
	})
}

// Order is Inputs with the names of the fields that have none in their places.
func (l List[T]) Order() (names []string) {
	var english []string
	for _, f := range l {
		if len(f.Inputs) == 0 {
			names = append(names, f.Name)
		}
		for _, in := range f.Inputs {
			if f.Text != nil && strings.HasSuffix(in, "_en") {
				english = append(english, in)
			} else {
				names = append(names, in)
			}
		}
	}
	return append(names, english...)
}

// Of is the field of an input, or the one of that name.
func (l List[T]) Of(name string) (Field[T], bool) {
	for _, f := range l {
		if f.Name == name {
			return f, true
		}
		for _, in := range f.Inputs {
			if in == name {
				return f, true
			}
		}
	}
	return Field[T]{}, false
}

// CheckLengths adds the inputs of v that are longer than their limit to wrong, as key.
func (l List[T]) CheckLengths(v *T, key string, wrong fault.Fields) {
	for _, f := range l {
		if f.Limit == 0 {
			continue
		}
		for i, s := range f.Show(v, time.UTC) {
			if utf8.RuneCountInString(s) > f.Limit {
				wrong.Add(f.Inputs[i], key)
			}
		}
	}
}

// Columns are the names of the columns.
func (l List[T]) Columns() (names []string) {
	for _, f := range l {
		for _, c := range f.Columns {
			names = append(names, c.Name)
		}
	}
	return names
}

// Select is what a statement selects of the table called alias to read the columns by their names.
func (l List[T]) Select(alias string) string {
	var columns []string
	for _, f := range l {
		for _, c := range f.Columns {
			s := alias + "." + c.Name
			if c.Zero != "" {
				s = "coalesce(" + s + ", " + c.Zero + ") as " + c.Name
			}
			columns = append(columns, s)
		}
	}
	return strings.Join(columns, ", ")
}

// Set is the assignments of an update; its arguments are Values.
func (l List[T]) Set() string {
	var set []string
	for _, name := range l.Columns() {
		set = append(set, name+" = @"+name)
	}
	return strings.Join(set, ", ")
}

// Params are the columns' arguments for an insert.
func (l List[T]) Params() string { return "@" + strings.Join(l.Columns(), ", @") }

// Values are the columns of v as they are written, by name.
func (l List[T]) Values(v *T) map[string]any {
	values := map[string]any{}
	for _, f := range l {
		for _, c := range f.Columns {
			values[c.Name] = c.Value(v)
		}
	}
	return values
}
