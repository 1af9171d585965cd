package totals

import (
	"testing"
	"time"

	"shtab/internal/totals"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	byCampaign := []totals.CampaignTotals{}
	for i, c := range uitest.Campaigns() {
		byCampaign = append(
			byCampaign,
			totals.CampaignTotals{
				Ref: c.Ref(),
				Sums: totals.Sums{
					totals.Events: 310 - i*30, totals.Participations: 6100 - 500*i,
					totals.Minutes: 60 * (18000 - 1500*i),
				},
			},
		)
	}
	var years, months []totals.MonthSums
	for y := 2019; y <= 2026; y++ {
		years = append(
			years,
			totals.MonthSums{
				Month: time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC),
				Sums:  totals.Sums{totals.Events: 60 + (y-2019)*31},
			},
		)
	}
	for m := 1; m <= 11; m++ {
		months = append(
			months,
			totals.MonthSums{
				Month: time.Date(2026, time.Month(m), 1, 0, 0, 0, 0, time.UTC),
				Sums:  totals.Sums{totals.Events: 9 + m*m%17},
			},
		)
	}
	uitest.Check(t,
		uitest.State{
			Name: "totals", Path: "/totals",
			Page: page(totals.PublicTotals{
				City: uitest.CityTotals, Years: []int{2026, 2025, 2024, 2023, 2022, 2021, 2020, 2019},
				Selected: uitest.Sums, Months: years, Campaigns: byCampaign,
			}),
		},
		uitest.State{
			Name: "totals-year", Path: "/totals", Query: "year=2026",
			Page: page(totals.PublicTotals{
				City: uitest.CityTotals, Year: 2026, Years: []int{2026, 2025, 2024},
				Selected: totals.Sums{totals.Events: 142, totals.Participations: 2810, totals.Minutes: 60 * 9120},
				Months:   months, Campaigns: byCampaign,
			}),
		},
	)
}
