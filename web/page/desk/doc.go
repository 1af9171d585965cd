// Package desk holds the coordinators' pages. Their words stand in web/locale.
package desk
