package demo

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestData checks that every template has its texts, and places of its kinds in every district.
func TestData(t *testing.T) {
	d, err := load()
	if err != nil {
		t.Fatal(err)
	}
	places := d.places(theCity(t))
	for _, c := range d.Campaigns {
		if len(c.templates) < 6 || len(c.Why) == 0 {
			t.Errorf("%s: %d kinds of event", c.Slug, len(c.templates))
		}
		for _, e := range c.templates {
			for _, text := range []struct{ kk, ru, en string }{
				{e.Title.KK, e.Title.RU, e.Title.EN},
				{e.Summary.KK, e.Summary.RU, e.Summary.EN},
				{e.What.KK, e.What.RU, e.What.EN},
			} {
				if text.kk == "" || text.ru == "" || text.en == "" || text.kk == text.ru {
					t.Errorf("%s: a text is missing: %v", c.Slug, text)
				}
			}
			for district, kinds := range places {
				for _, kind := range e.At {
					if len(kinds[kind]) == 0 {
						t.Errorf("%s: no %s in %s", e.Title.EN, kind, district)
					}
				}
			}
		}
		for m := time.January; m <= time.December; m++ {
			ok := c.Season[m-1] == 0
			for _, e := range c.templates {
				ok = ok || e.fits(m)
			}
			if !ok {
				t.Errorf("%s has nothing for %v", c.Slug, m)
			}
		}
	}
}

// TestOneDayOnePast checks that seeding at any hour of a day gives the same people and past events.
func TestOneDayOnePast(t *testing.T) {
	city := theCity(t)
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, city.Location())
	past := func(at time.Duration) string {
		b, err := build(city, day.Add(at))
		if err != nil {
			t.Fatal(err)
		}
		var s strings.Builder
		for _, p := range b.people {
			fmt.Fprintln(&s, p.email, p.given, p.family, p.birth.Unix(), p.joined.Unix())
		}
		for _, e := range b.events {
			if e.ends.Before(day) {
				fmt.Fprintln(&s, e.starts.Unix(), len(e.shifts))
				for _, h := range e.shifts {
					fmt.Fprintln(&s, h.capacity, len(h.signups))
				}
			}
		}
		return s.String()
	}
	morning := past(3*time.Hour + 40*time.Minute)
	for _, at := range []time.Duration{3*time.Hour + 48*time.Minute, 15 * time.Hour} {
		if past(at) != morning {
			t.Errorf("seeded at %v the past is another", at)
		}
	}
}
