// Package sheet reads and writes tables as spreadsheets: XLSX and CSV. The files that it reads come from
// strangers, so they are limited in bytes, unpacked bytes, rows, columns and cells before anything is done
// with them, and a file with formulas is refused.
package sheet

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"
)

// Sheet is one table. Cells are string, int, int64, float64, bool, time.Time or nil; a time is
// written as the clock of its own location shows it, one at midnight as a date.
type Sheet struct {
	Name string
	Head []string
	Rows [][]any
}

// Row is a row of a file that was read. Numbers, dates and times of an XLSX come as they are stored; Date and
// Clock read them.
type Row struct {
	Sheet  string
	Number int // from 1, with the head
	Cells  []string
}

// Cell is the i-th cell, empty beyond the last.
func (r Row) Cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// Problem is what is wrong with a file. Key is a key of the catalogue. Row and Column are 0 when the problem is
// not in one place.
type Problem struct {
	Key    string
	Sheet  string
	Row    int
	Column int // from 1
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%s: %s %s%d", p.Key, p.Sheet, Letter(p.Column), p.Row)
}

// Letter is the name of a column, from 1: A, B, ... AA; empty for 0.
func Letter(column int) string {
	s, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return ""
	}
	return s
}

// The media types of what is written.
const (
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	CSV  = "text/csv; charset=utf-8"
)

// The limits of a file that is read.
const (
	MaxBytes    = 10 << 20
	maxUnpacked = 64 << 20
	maxFiles    = 1000 // in the package that an XLSX is
	maxRows     = 100_000
	maxColumns  = 200
	maxCell     = 32 << 10 // bytes

	// Checked before the library reads the file: what it makes of it must fit in memory and time.
	maxPart       = 4 << 20   // unpacked bytes of a part that is neither a sheet nor the strings
	maxWork       = 6_000_000 // elements, those that cost more counted more than once
	maxCells      = 16_384    // in a row, empty ones included; a spreadsheet has no more columns
	maxSeparators = 4_000_000 // in a CSV
)

// day0 is the day 0 of a spreadsheet's calendar.
var day0 = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
