package roster

import (
	"testing"
	"time"

	"shtab/internal/config"
)

// TestAgeAndConsent: the age group and the consent follow from the rules at the start of the shift.
func TestAgeAndConsent(t *testing.T) {
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	s := &Store{city: city}
	day := time.Date(2026, 6, 1, 5, 0, 0, 0, time.UTC)     // ten in the morning
	night := time.Date(2026, 6, 1, 17, 30, 0, 0, time.UTC) // half past ten in the evening
	for _, c := range []struct {
		age                    int
		at                     time.Time
		consented, accompanied bool
		group                  Age
		consent                Consent
	}{
		{6, day, false, false, Age{0, 14}, Missing},
		{13, day, true, false, Age{0, 14}, Given},
		{14, day, false, false, Age{14, 16}, Missing},
		{15, day, true, true, Age{14, 16}, Accompanied},
		{17, night, false, false, Age{16, 18}, Missing},
		{17, night, true, false, Age{16, 18}, Missing},
		{17, night, true, true, Age{16, 18}, Accompanied},
		{18, night, false, false, Age{18, 0}, NotNeeded},
		{40, day, true, false, Age{18, 0}, NotNeeded},
	} {
		born := time.Date(2026-c.age, 6, 1, 0, 0, 0, 0, time.UTC)
		r := record{BirthDate: born, Consented: c.consented, Accompanied: c.accompanied}
		r.StartsAt, r.EndsAt = c.at, c.at.Add(2*time.Hour)
		if p := s.person(r); p.Age != c.group || p.Consent != c.consent {
			t.Errorf("%d at %v, consented %v, accompanied %v: %v, %s; want %v, %s",
				c.age, c.at, c.consented, c.accompanied, p.Age, p.Consent, c.group, c.consent)
		}
		r.BirthDate = r.BirthDate.AddDate(0, 0, 1) // the birthday is tomorrow
		if p := s.person(r); c.group.From == c.age && p.Age == c.group {
			t.Errorf("a day before %d: %v", c.age, p.Age)
		}
	}
}
