package field

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/fault"
	"shtab/internal/i18n"
)

// Text is a text in three languages of up to limit letters: one input a language, one jsonb column.
func Text[T any](name, label string, limit int, at func(*T) *i18n.Text) Field[T] {
	f := Field[T]{
		Name: name, Label: label, Text: at, Limit: limit,
		Columns: []Column[T]{{Name: name, Value: func(v *T) any { return *at(v) }}},
		Equal:   func(a, b *T) bool { return *at(a) == *at(b) },
	}
	for _, l := range i18n.Langs {
		f.Inputs = append(f.Inputs, name+"_"+string(l))
	}
	f.Show = func(v *T, _ *time.Location) (values []string) {
		for _, l := range i18n.Langs {
			values = append(values, at(v).Get(l))
		}
		return values
	}
	f.Read = func(v *T, value func(string) string, _ *time.Location, _ fault.Fields) {
		*at(v) = i18n.Text{KK: value(name + "_kk"), RU: value(name + "_ru"), EN: value(name + "_en")}
	}
	return f
}

// String is a text of one line, of up to limit letters (0: any), in one input and one column.
func String[T any, S ~string](name, label string, limit int, at func(*T) *S) Field[T] {
	return Field[T]{
		Name: name, Label: label, Limit: limit, Inputs: []string{name},
		Columns: []Column[T]{{Name: name, Value: func(v *T) any { return string(*at(v)) }}},
		Equal:   func(a, b *T) bool { return *at(a) == *at(b) },
		Show:    func(v *T, _ *time.Location) []string { return []string{string(*at(v))} },
		Read: func(v *T, value func(string) string, _ *time.Location, _ fault.Fields) {
			*at(v) = S(value(name))
		},
	}
}

// Number is a whole number of at least least; an empty input is 0. problem is the key for anything else.
func Number[T any](name, label string, least int, problem string, at func(*T) *int) Field[T] {
	return Field[T]{
		Name: name, Label: label, Inputs: []string{name},
		Columns: []Column[T]{{Name: name, Value: func(v *T) any { return *at(v) }}},
		Equal:   func(a, b *T) bool { return *at(a) == *at(b) },
		Show: func(v *T, _ *time.Location) []string {
			if n := *at(v); n != 0 || least == 0 {
				return []string{strconv.Itoa(n)}
			}
			return []string{""}
		},
		Read: func(v *T, value func(string) string, _ *time.Location, wrong fault.Fields) {
			*at(v) = Whole(name, value(name), least, problem, wrong)
		},
	}
}

// Whole reads a whole number of at least least; an empty one is 0, anything else adds problem to wrong
// under the input's name.
func Whole(input, s string, least int, problem string, wrong fault.Fields) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < least {
		wrong.Add(input, problem)
		return 0
	}
	return n
}

// ID is the id of a row of another table.
func ID[T any](name, label, column string, at func(*T) *int64) Field[T] {
	return Field[T]{
		Name: name, Label: label, Inputs: []string{name},
		Columns: []Column[T]{{Name: column, Value: func(v *T) any { return *at(v) }}},
		Equal:   func(a, b *T) bool { return *at(a) == *at(b) },
		Show:    func(v *T, _ *time.Location) []string { return []string{ShowID(*at(v))} },
		Read: func(v *T, value func(string) string, _ *time.Location, _ fault.Fields) {
			*at(v) = ReadID(value(name))
		},
	}
}

// ShowID is an id as a form holds it, empty for none.
func ShowID(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// ReadID is the id in a form: 0 for none, -1 for what no page of ours sends, which names nothing.
func ReadID(s string) int64 {
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// IDs are the ids of rows of another table, whose order does not matter. They are stored elsewhere, and
// a form has its own way with them.
func IDs[T any](name, label string, at func(*T) *[]int64) Field[T] {
	sorted := func(v *T) []int64 { return slices.Sorted(slices.Values(*at(v))) }
	return Field[T]{
		Name: name, Label: label,
		Equal: func(a, b *T) bool { return slices.Equal(sorted(a), sorted(b)) },
	}
}

// Date is a day of the calendar, midnight UTC; nil for none. problem is the key for what is no date.
func Date[T any](name, label, problem string, at func(*T) **time.Time) Field[T] {
	return Field[T]{
		Name: name, Label: label, Inputs: []string{name},
		Columns: []Column[T]{{Name: name, Value: func(v *T) any { return *at(v) }}},
		Equal:   func(a, b *T) bool { return SameTime(*at(a), *at(b)) },
		Show: func(v *T, _ *time.Location) []string {
			if t := *at(v); t != nil {
				return []string{t.Format(time.DateOnly)}
			}
			return []string{""}
		},
		Read: func(v *T, value func(string) string, _ *time.Location, wrong fault.Fields) {
			s := value(name)
			if s == "" {
				return
			}
			d, err := time.Parse(time.DateOnly, s)
			if err != nil {
				wrong.Add(name, problem)
				return
			}
			*at(v) = &d
		},
	}
}

// SameTime reports whether a and b are one instant, or both none.
func SameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// Nullable makes the only column of f null where it holds the zero value; zero is that as an SQL literal.
func Nullable[T any](f Field[T], zero string) Field[T] {
	c := f.Columns[0]
	value := c.Value
	c.Zero = zero
	c.Value = func(v *T) any {
		switch x := value(v); x {
		case "", 0:
			return nil
		default:
			return x
		}
	}
	f.Columns = []Column[T]{c}
	return f
}

// Clean is a typed text without the spaces around it, its lines ended as they are stored.
func Clean(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
