package ui

import (
	"maps"
	"slices"
)

// inOrder is the names in errors, those in order first.
func inOrder(errors map[string]string, order []string) []string {
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
