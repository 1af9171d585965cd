package events

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"shtab/internal/event"
)

// part is a part of the form that two people may fill in differently: an input, or a list.
type part struct {
	name string
	get  func(*eventForm) string
	take func(mine, theirs *eventForm) // makes mine hold what theirs does
}

// lists are the parts of the form that are no single input.
var lists = []part{
	{
		name: "shifts",
		get:  (*eventForm).shiftLines,
		take: func(mine, theirs *eventForm) { mine.Shifts = slices.Clone(theirs.Shifts) },
	},
	{
		name: "cohosts",
		get:  func(f *eventForm) string { return strings.Join(f.Cohosts, " ") },
		take: func(mine, theirs *eventForm) { mine.Cohosts = slices.Clone(theirs.Cohosts) },
	},
}

// parts is every part in the order of the form.
func parts() (all []part) {
	for _, name := range event.Form().Order() {
		if i := slices.IndexFunc(lists, func(p part) bool { return p.name == name }); i >= 0 {
			all = append(all, lists[i])
			continue
		}
		all = append(all, part{
			name: name,
			get:  func(f *eventForm) string { return f.get(name) },
			take: func(mine, theirs *eventForm) { mine.inputs[name] = theirs.get(name) },
		})
	}
	return all
}

// shiftLines are the shifts as a person reads them, one a line.
func (f *eventForm) shiftLines() string {
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
		for _, title := range []string{s.Title.KK, s.Title.RU, s.Title.EN} {
			if title != "" {
				line += " · " + title
			}
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// fingerprint is short for what every part holds. A form carries that of the event it was made from, so
// that it can be said later who changed what.
func (f *eventForm) fingerprint() string {
	var prints []string
	for _, p := range parts() {
		h := fnv.New32a()
		_, _ = h.Write([]byte(p.get(f)))
		prints = append(prints, strconv.FormatUint(uint64(h.Sum32()), 36))
	}
	return strings.Join(prints, ".")
}

// difference is one part of which somebody else has written another value meanwhile.
type difference struct {
	Name         string // of the part
	Theirs, Mine string
	Both         bool // I changed it too: the form keeps mine; otherwise it has theirs now
}

// merge brings f, which was made from an older version, up to theirs, the event as it is: what only they
// changed becomes theirs, what I changed stays mine. It returns what they changed, and whether anything of
// mine is left to save.
func (f *eventForm) merge(theirs eventForm) (differences []difference, left bool) {
	all := parts()
	mine, now, base := strings.Split(f.fingerprint(), "."), strings.Split(theirs.fingerprint(), "."),
		strings.Split(f.Base, ".")
	for i, p := range all {
		was := ""
		if len(base) == len(all) {
			was = base[i]
		}
		if mine[i] == now[i] {
			continue
		}
		if was == now[i] { // mine alone
			left = true
			continue
		}
		d := difference{Name: p.name, Theirs: p.get(&theirs), Mine: p.get(f), Both: mine[i] != was}
		if d.Both {
			left = true
		} else {
			p.take(f, &theirs)
		}
		differences = append(differences, d)
	}
	for i := range f.Shifts { // a shift that they have removed would be a new one
		same := func(s shiftForm) bool { return s.ID == f.Shifts[i].ID }
		if !slices.ContainsFunc(theirs.Shifts, same) {
			f.Shifts[i].ID = ""
		}
	}
	f.Version, f.Base = theirs.Version, theirs.Base
	return differences, left
}
