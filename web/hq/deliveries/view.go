package deliveries

import "shtab/internal/attendance"

// view is the list of things that events deliver, and the form of another kind.
type view struct {
	Kinds    []attendance.DeliveryKind
	New      attendance.DeliveryKind
	Changed  attendance.DeliveryKind // as it was sent, when it has Problems
	Problems map[string]string
}

// fieldOrder is the order of the fields in the summary of what is wrong.
var fieldOrder = []string{"name_kk", "name_ru", "name_en", "unit_kk", "unit_ru", "unit_en"}

// problem is what is wrong with a field of the new kind.
func (v view) problem(name string) string {
	if v.Changed.Slug != "" {
		return ""
	}
	return v.Problems[name]
}

// shown is a kind as its form has it.
func (v view) shown(k attendance.DeliveryKind) attendance.DeliveryKind {
	if v.Changed.Slug == k.Slug {
		return v.Changed
	}
	return k
}
