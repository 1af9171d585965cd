// Package hq holds the staff's pages. Their words stand in web/locale.
package hq
