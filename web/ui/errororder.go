package ui

import (
	"maps"
	"slices"
)

// errorOrder is the names of the fields with errors: those in order first, as the form has them.
func errorOrder(errors map[string]string, order []string) []string {
	var names []string
	for _, n := range order {
		if _, ok := errors[n]; ok {
			names = append(names, n)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(errors)) {
		if !slices.Contains(order, n) {
			names = append(names, n)
		}
	}
	return names
}
