// Package eventtest makes events for the tests of other packages.
package eventtest

import (
	"fmt"
	"reflect"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
)

// Filled is details in which every field holds something that can be published, of a host, a campaign and
// a co-host, on a day. Two words give details that differ in every field but these. A field of a kind that
// it does not know makes it panic.
func Filled(word string, org, campaign, cohost int64, day string) event.Details {
	d := event.Details{
		OrgID: org, CampaignID: campaign, Cohosts: []int64{cohost}, District: "yesil", AdultsOnly: event.Hazard,
	}
	number := 20 + len(word) // differs with the length of the word
	d.Slots = []event.Slot{{Day: day, From: "10:00", To: "13:00", Capacity: number}}
	date, _ := time.Parse(time.DateOnly, day)
	opens, closes := date.AddDate(0, 0, -number), date.Add(-time.Duration(number)*time.Minute)
	d.SignupOpensAt, d.SignupClosesAt = &opens, &closes
	v := reflect.ValueOf(&d).Elem()
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		if !f.IsZero() {
			continue
		}
		switch x := f.Addr().Interface().(type) {
		case *i18n.Text:
			*x = i18n.Text{KK: name + " " + word + " kk", RU: name + " " + word + " ru", EN: name + " " + word + " en"}
		case *string:
			*x = name + " " + word
		case *int:
			*x = number
		case **float64:
			degrees := float64(number)
			*x = &degrees
		default:
			panic(fmt.Sprintf("eventtest: nothing fills %s", name))
		}
	}
	return d
}
