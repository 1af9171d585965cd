package uitest

import (
	"time"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/totals"
)

// Text is a text in three languages.
func Text(kk, ru, en string) i18n.Text { return i18n.Text{KK: kk, RU: ru, EN: en} }

// Campaigns are nine, as in the demonstration.
func Campaigns() []campaign.Campaign {
	row := func(id int64, slug, colour, emblem string, name, about i18n.Text) campaign.Campaign {
		body := Text("Біз **бірге** көмектесеміз.\n\n- бірінші\n- екінші",
			"Мы помогаем **вместе**.\n\n- первое\n- второе",
			"We help **together**.\n\n- one\n- two")
		return campaign.Campaign{
			ID: id, Slug: slug, Colour: colour, Emblem: emblem, Name: name, Summary: about, Body: body,
		}
	}
	return []campaign.Campaign{
		row(1, "bizbirgemiz", "gold", "basket", Text("Bizbirgemiz", "Bizbirgemiz", "Bizbirgemiz"),
			Text(
				"Мұқтаж отбасыларға азық-түлік себеттері", "Продуктовые корзины семьям, которым трудно",
				"Food baskets for families in need",
			)),
		row(2, "bezopasny-gorod", "coral", "shield", Text("Қауіпсіз қала", "Безопасный город", "Safe City"),
			Text(
				"Жылыту маусымы, су тасқыны, шомылу кезіндегі қауіпсіздік рейдтері",
				"Рейды и памятки: отопительный сезон, паводки, купание", "Safety raids and leaflets",
			)),
		row(3, "adresa-zaboty", "brick", "house-heart", Text(
			"Қамқорлық мекенжайлары", "Адреса заботы", "Addresses of Care",
		),
			Text(
				"Жалғызбасты қарттар мен ардагерлерге үй шаруасына көмек",
				"Помощь по дому одиноким пенсионерам и ветеранам",
				"Help at home for lonely pensioners and veterans",
			)),
		row(4, "ardagerlerdi-ardaqtaiyq", "plum", "star", Text(
			"Ардагерлерді ардақтайық", "Ардагерлерді ардақтайық", "Ардагерлерді ардақтайық",
		),
			Text("Ардагерлерге құрмет пен көмек", "Забота о ветеранах", "Honouring and helping veterans")),
		row(5, "taza-alem", "leaf", "leaf", Text("Taza Alem", "Taza Alem", "Taza Alem"),
			Text(
				"Экология: тазалау, сұрыптау, ағаш отырғызу", "Экология: уборка, сортировка, посадка деревьев",
				"Ecology: clean-ups, sorting, trees",
			)),
		row(6, "taza-qazaqstan", "river", "tree", Text("Taza Qazaqstan", "Taza Qazaqstan", "Taza Qazaqstan"),
			Text("Аулалар, саябақтар, өзен жағалары", "Дворы, парки, берега рек", "Yards, parks, river banks")),
		row(7, "stop-vandal", "night", "brush", Text("Stop Vandal", "Stop Vandal", "Stop Vandal"),
			Text("Қоғамдық орындарды жөндеу", "Чиним испорченное в общественных местах", "Repairing public places")),
		row(8, "marafon", "sky", "mittens", Text(
			"Ізгі істер марафоны", "Марафон добрых дел", "Marathon of Good Deeds",
		),
			Text(
				"Қысқы көмек: қар күреу, себет, сапар", "Зимняя помощь: снег, корзины, визиты",
				"Winter help: snow, baskets, visits",
			)),
		row(9, "esirtkisiz-elorda", "steppe", "sun", Text(
			"Есірткісіз елорда", "Есірткісіз елорда", "Есірткісіз елорда",
		),
			Text("Нашақорлықтың алдын алу", "Профилактика наркомании", "Preventing drug use")),
	}
}

// Host runs the events, Cohost helps; Cohost has no English name.
var (
	Host = org.Ref{
		Slug: "meirim",
		Name: Text("«Мейірім» еріктілер тобы", "Волонтёрская группа «Мейірім»", "Meirim volunteer group"),
		Demo: true,
	}
	Cohost = org.Ref{
		Slug: "jas-qanat", Name: Text("«Жас қанат» бастамашыл тобы", "Инициативная группа «Жас қанат»", ""),
		Demo: true,
	}
)

// At is a moment of the city, so many days after Now's.
func At(days, hour, minute int) time.Time {
	zone, _ := time.LoadLocation("Asia/Almaty")
	return time.Date(2026, 11, 22+days, hour, minute, 0, 0, zone)
}

// EventCards are eight events in the states that a list shows: full, nearly full, adults only,
// not open yet, cancelled, and one in Kazakh alone.
func EventCards() []event.Card {
	c := Campaigns()
	titles := []i18n.Text{
		Text(
			"Жалғызбасты қарттардың ауласын қардан тазалаймыз", "Убираем снег во дворах одиноких пенсионеров",
			"Clearing snow for older neighbours",
		),
		Text("Азық-түлік себеттерін жинау", "Собираем продуктовые корзины", "Packing food baskets"),
		Text("Есіл жағасындағы сенбілік", "Субботник на берегу Есиля", "Clean-up on the Yesil bank"),
		Text("Ардагерлерге қонаққа барамыз", "Едем в гости к ветеранам", "Visiting veterans"),
		Text(
			"Ауладағы суреттерді бояп жабамыз", "Закрашиваем надписи во дворах",
			"Painting over graffiti in the yards",
		),
		Text(
			"Түнгі кезекшілік: жылыту пункті", "Ночное дежурство: пункт обогрева",
			"Night duty at the warming point",
		),
		Text("Су тасқынына қарсы бөгет", "Дамба против паводка", "Flood barrier"),
		Text("Кітап оқып береміз", "", ""),
	}
	districts := []string{"yesil", "almaty", "nura", "saryarka", "baikonyr", "saraishyk", "yesil", "almaty"}
	starts := []time.Time{
		At(0, 15, 0), At(0, 18, 30), At(1, 10, 0), At(1, 12, 0), At(3, 9, 30), At(6, 22, 0), At(6, 9, 0),
		At(13, 11, 0),
	}
	free := []int{7, 0, 24, 2, 12, 5, 40, 1}
	waiting := []int{0, 12, 0, 0, 0, 0, 0, 0}
	var cards []event.Card
	for i, title := range titles {
		k := event.Card{
			ID: int64(i + 1), State: event.Published, Title: title, Place: Text(
				"Кенесары көшесі, 40", "ул. Кенесары, 40", "40 Kenesary Street",
			),
			District: districts[i], StartsAt: starts[i], EndsAt: starts[i].Add(3 * time.Hour),
			Campaign: c[(i+7)%9].Ref(), Org: Host,
			Shifts: 1, Capacity: 40, Free: free[i], Waiting: waiting[i],
		}
		switch i {
		case 3:
			k.MinAge, k.Shifts = 14, 3
		case 4:
			opens := At(2, 9, 0)
			k.SignupOpensAt = &opens
		case 6:
			k.AdultsOnly = event.Emergency
		case 7:
			k.State = event.Cancelled
		}
		cards = append(cards, k)
	}
	return cards
}

// Event is one with everything that its page can show, and one shift.
func Event() event.Full {
	lat, lng := 51.1605, 71.4704
	shift := event.Shift{
		ID: 11, EventID: 1, StartsAt: At(6, 10, 0), EndsAt: At(6, 13, 0), Capacity: 20, Confirmed: 13,
	}
	return event.Full{
		Event: event.Event{
			ID: 1, State: event.Published,
			Details: event.Details{
				Title: Text(
					"Жалғызбасты қарттардың ауласын қардан тазалаймыз",
					"Убираем снег во дворах одиноких пенсионеров", "Clearing snow for older neighbours",
				),
				Summary: Text(
					"Үш мекенжай, жиырма ерікті, бір таң.", "Три адреса, двадцать волонтёров, одно утро.",
					"Three addresses, twenty volunteers, one morning.",
				),
				Body: Text(
					"Сағат онда жиналып, топтарға бөлінеміз. Күректер мен қолғап береміз.\n\nЖұмыстан кейін – ыстық шай.",
					"Собираемся в десять, делимся на группы. Лопаты и рукавицы дадим.\n\nПосле работы горячий чай.",
					"We meet at ten and split into groups. Shovels and gloves are provided.\n\nHot tea afterwards.",
				),
				Bring: Text(
					"- жылы киім\n- су\n- жақсы көңіл күй", "- тёплую одежду\n- воду\n- хорошее настроение",
					"- warm clothes\n- water\n- a good mood",
				),
				Place: Text(
					"Кенесары көшесі, 40, кіреберіс алдында", "ул. Кенесары, 40, у входа",
					"40 Kenesary Street, at the entrance",
				),
				Accessibility: Text(
					"Пандус бар, дәретхана бірінші қабатта", "Есть пандус, туалет на первом этаже",
					"A ramp, a toilet on the ground floor",
				),
				District: "saryarka", Lat: &lat, Lng: &lng, ContactName: "Айгерім Сәтқызы",
				ContactPhone: "+7 700 000 12 34", CutoffMinutes: 180,
			},
			StartsAt: shift.StartsAt, EndsAt: shift.EndsAt,
		},
		Campaign: Campaigns()[2].Ref(), Org: Host, Cohosts: []org.Ref{Cohost}, Shifts: []event.Shift{shift},
	}
}

// Organizations are of every kind.
func Organizations() (orgs []org.Org) {
	kinds := []org.Kind{
		org.Headquarters, org.Volunteers, org.Volunteers, org.Volunteers, org.Initiative, org.Initiative, org.NGO,
	}
	for i, k := range kinds {
		orgs = append(orgs, org.Org{
			ID: int64(i), Slug: "org-" + string(rune('a'+i)), Kind: k, Name: []i18n.Text{Host.Name, Cohost.Name}[i%2],
			Summary: Text(
				"Қарттарға көмек, қысқы рейдтер", "Помощь пожилым, зимние рейды", "Help for older people",
			), Year: 2019 + i,
			Demo: true, Phone: "+7 717 200 00 01", Email: "org@shtab.test",
		})
	}
	return orgs
}

// Sums are what was done in all the years.
var Sums = totals.Sums{totals.Events: 1310, totals.Participations: 26480, totals.Minutes: 60 * 81240}

// CityTotals are the headquarters' figures.
var CityTotals = totals.CityTotals{Sums: Sums, People: 8214, Organizations: 54}

// Volunteer and Staff are people who are signed in.
var (
	Volunteer = account.Actor{PersonID: 7, GivenName: "Айгерім", FamilyName: "Сәтқызы", Role: account.Volunteer}
	Staff     = account.Actor{PersonID: 8, GivenName: "Дана", FamilyName: "Ж.", Role: account.Staff, Orgs: []int64{1}}
)
