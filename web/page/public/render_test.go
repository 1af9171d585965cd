package public_test

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/signup"
	"shtab/internal/totals"
	"shtab/web/locale"
	"shtab/web/page/public"
	"shtab/web/static"
	"shtab/web/ui"
)

// now is a Sunday noon in Astana's winter.
var now = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)

type shown struct {
	name  string
	path  string
	query string
	actor account.Actor
	page  templ.Component
}

// TestPages draws every page in every language and state and holds it against what every page
// promises: no key instead of a text, nothing inline that the content security policy stops, one
// h1, every id once, every field with a label. With PREVIEW_DIR set the pages stay there to look at.
func TestPages(t *testing.T) {
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := i18n.Load(locale.FS, city.Location())
	if err != nil {
		t.Fatal(err)
	}
	assets, err := static.NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("PREVIEW_DIR")
	if dir != "" {
		keepAssets(t, assets, dir)
	}
	for _, l := range i18n.Langs {
		for _, s := range pages() {
			t.Run(string(l)+"/"+s.name, func(t *testing.T) {
				view := &ui.View{Printer: catalogue.For(l), Actor: s.actor, City: city, Assets: assets, Now: now, BaseURL: "http://localhost:8080", Path: s.path, Query: s.query, Demo: true}
				if s.name == "event-in" {
					view.Flash = &ui.Flash{Tone: "good", Key: "flash.signup_confirmed"}
				}
				var b bytes.Buffer
				if err := s.page.Render(ui.With(context.Background(), view), &b); err != nil {
					t.Fatal(err)
				}
				check(t, b.Bytes(), catalogue)
				if dir != "" {
					name := filepath.Join(dir, string(l), s.name+".html")
					if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}

func keepAssets(t *testing.T, assets *static.Assets, dir string) {
	static := os.DirFS("../../static")
	err := fs.WalkDir(static, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		to := filepath.Join(dir, assets.URL(name))
		b, err := fs.ReadFile(static, name)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, b, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, page []byte, catalogue *i18n.Catalogue) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, k := range catalogue.Keys() {
		keys[k] = true
	}
	keyLike := regexp.MustCompile(`^[a-z_]+(\.[a-z_0-9]+)+$`)
	ids, labels, fields, headings := map[string]int{}, map[string]bool{}, []string{}, 0
	text := func(s string) {
		s = strings.TrimSpace(s)
		if keys[s] || keyLike.MatchString(s) {
			t.Errorf("a key stands where a text should: %q", s)
		}
		if strings.Contains(s, "<no value>") || strings.Contains(s, "{{") {
			t.Errorf("a text lacks a value: %q", s)
		}
	}
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" {
			text(n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s %s> is stopped by the content security policy", n.Data, a.Key)
			}
			switch a.Key {
			case "title", "aria-label", "placeholder", "content", "alt":
				text(a.Val)
			}
			if a.Key == "content" && strings.Contains(a.Val, "/static/missing/") {
				t.Errorf("%s is missing", a.Val)
			}
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && (strings.Contains(a.Val, "missing") || strings.Contains(a.Val, "templ-invalid") || a.Val == "") {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
		if id := attr["id"]; id != "" {
			ids[id]++
		}
		switch n.Data {
		case "style":
			t.Error("a <style> is stopped by the content security policy")
		case "h1":
			headings++
		case "label":
			labels[attr["for"]] = true
		case "input", "select", "textarea":
			if attr["type"] != "hidden" && attr["type"] != "radio" {
				fields = append(fields, attr["id"])
			}
		case "img":
			if _, ok := attr["alt"]; !ok {
				t.Error("an image without alt")
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if ids[id] > 1 {
			t.Errorf("id %q stands %d times", id, ids[id])
		}
	}
	for _, f := range fields {
		if !labels[f] {
			t.Errorf("field %q has no label", f)
		}
	}
	if headings != 1 {
		t.Errorf("%d h1 on the page", headings)
	}
}

func text(kk, ru, en string) i18n.Text { return i18n.Text{KK: kk, RU: ru, EN: en} }

func campaigns() []campaign.Campaign {
	row := func(id int64, slug, colour, emblem string, name, about i18n.Text) campaign.Campaign {
		return campaign.Campaign{ID: id, Slug: slug, Colour: colour, Emblem: emblem, Name: name, Summary: about, Body: text("Біз **бірге** көмектесеміз.\n\n- бірінші\n- екінші", "Мы помогаем **вместе**.\n\n- первое\n- второе", "We help **together**.\n\n- one\n- two")}
	}
	return []campaign.Campaign{
		row(1, "bizbirgemiz", "gold", "basket", text("Bizbirgemiz", "Bizbirgemiz", "Bizbirgemiz"), text("Мұқтаж отбасыларға азық-түлік себеттері", "Продуктовые корзины семьям, которым трудно", "Food baskets for families in need")),
		row(2, "bezopasny-gorod", "coral", "shield", text("Қауіпсіз қала", "Безопасный город", "Safe City"), text("Жылыту маусымы, су тасқыны, шомылу кезіндегі қауіпсіздік рейдтері", "Рейды и памятки: отопительный сезон, паводки, купание", "Safety raids and leaflets")),
		row(3, "adresa-zaboty", "brick", "house-heart", text("Қамқорлық мекенжайлары", "Адреса заботы", "Addresses of Care"), text("Жалғызбасты қарттар мен ардагерлерге үй шаруасына көмек", "Помощь по дому одиноким пенсионерам и ветеранам", "Help at home for lonely pensioners and veterans")),
		row(4, "ardagerlerdi-ardaqtaiyq", "plum", "star", text("Ардагерлерді ардақтайық", "Ардагерлерді ардақтайық", "Ардагерлерді ардақтайық"), text("Ардагерлерге құрмет пен көмек", "Забота о ветеранах", "Honouring and helping veterans")),
		row(5, "taza-alem", "leaf", "leaf", text("Taza Alem", "Taza Alem", "Taza Alem"), text("Экология: тазалау, сұрыптау, ағаш отырғызу", "Экология: уборка, сортировка, посадка деревьев", "Ecology: clean-ups, sorting, trees")),
		row(6, "taza-qazaqstan", "river", "tree", text("Taza Qazaqstan", "Taza Qazaqstan", "Taza Qazaqstan"), text("Аулалар, саябақтар, өзен жағалары", "Дворы, парки, берега рек", "Yards, parks, river banks")),
		row(7, "stop-vandal", "night", "brush", text("Stop Vandal", "Stop Vandal", "Stop Vandal"), text("Қоғамдық орындарды жөндеу", "Чиним испорченное в общественных местах", "Repairing public places")),
		row(8, "marafon", "sky", "mittens", text("Ізгі істер марафоны", "Марафон добрых дел", "Marathon of Good Deeds"), text("Қысқы көмек: қар күреу, себет, сапар", "Зимняя помощь: снег, корзины, визиты", "Winter help: snow, baskets, visits")),
		row(9, "esirtkisiz-elorda", "steppe", "sun", text("Есірткісіз елорда", "Есірткісіз елорда", "Есірткісіз елорда"), text("Нашақорлықтың алдын алу", "Профилактика наркомании", "Preventing drug use")),
	}
}

var (
	host   = org.Ref{Slug: "meirim", Name: text("«Мейірім» еріктілер тобы", "Волонтёрская группа «Мейірім»", "Meirim volunteer group"), Demo: true}
	cohost = org.Ref{Slug: "jas-qanat", Name: text("«Жас қанат» бастамашыл тобы", "Инициативная группа «Жас қанат»", ""), Demo: true}
)

func at(days, hour, minute int) time.Time {
	zone, _ := time.LoadLocation("Asia/Almaty")
	return time.Date(2026, 11, 22+days, hour, minute, 0, 0, zone)
}

func eventCards() []event.Card {
	c := campaigns()
	titles := []i18n.Text{
		text("Жалғызбасты қарттардың ауласын қардан тазалаймыз", "Убираем снег во дворах одиноких пенсионеров", "Clearing snow for older neighbours"),
		text("Азық-түлік себеттерін жинау", "Собираем продуктовые корзины", "Packing food baskets"),
		text("Есіл жағасындағы сенбілік", "Субботник на берегу Есиля", "Clean-up on the Yesil bank"),
		text("Ардагерлерге қонаққа барамыз", "Едем в гости к ветеранам", "Visiting veterans"),
		text("Ауладағы суреттерді бояп жабамыз", "Закрашиваем надписи во дворах", "Painting over graffiti in the yards"),
		text("Түнгі кезекшілік: жылыту пункті", "Ночное дежурство: пункт обогрева", "Night duty at the warming point"),
		text("Су тасқынына қарсы бөгет", "Дамба против паводка", "Flood barrier"),
		text("Кітап оқып береміз", "", ""),
	}
	districts := []string{"yesil", "almaty", "nura", "saryarka", "baikonyr", "saraishyk", "yesil", "almaty"}
	starts := []time.Time{at(0, 15, 0), at(0, 18, 30), at(1, 10, 0), at(1, 12, 0), at(3, 9, 30), at(6, 22, 0), at(6, 9, 0), at(13, 11, 0)}
	free := []int{7, 0, 24, 2, 12, 5, 40, 1}
	waiting := []int{0, 12, 0, 0, 0, 0, 0, 0}
	var cards []event.Card
	for i, title := range titles {
		k := event.Card{
			ID: int64(i + 1), State: event.Published, Title: title, Place: text("Кенесары көшесі, 40", "ул. Кенесары, 40", "40 Kenesary Street"),
			District: districts[i], StartsAt: starts[i], EndsAt: starts[i].Add(3 * time.Hour), Campaign: c[(i+7)%9].Ref(), Org: host,
			Shifts: 1, Capacity: 40, Free: free[i], Waiting: waiting[i],
		}
		switch i {
		case 3:
			k.MinAge, k.Shifts = 14, 3
		case 4:
			opens := at(2, 9, 0)
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

func full() event.Full {
	lat, lng := 51.1605, 71.4704
	shift := event.Shift{ID: 11, EventID: 1, StartsAt: at(6, 10, 0), EndsAt: at(6, 13, 0), Capacity: 20, Confirmed: 13}
	return event.Full{
		Event: event.Event{
			ID: 1, State: event.Published,
			Title:    text("Жалғызбасты қарттардың ауласын қардан тазалаймыз", "Убираем снег во дворах одиноких пенсионеров", "Clearing snow for older neighbours"),
			Summary:  text("Үш мекенжай, жиырма ерікті, бір таң.", "Три адреса, двадцать волонтёров, одно утро.", "Three addresses, twenty volunteers, one morning."),
			Body:     text("Сағат онда жиналып, топтарға бөлінеміз. Күректер мен қолғап береміз.\n\nЖұмыстан кейін – ыстық шай.", "Собираемся в десять, делимся на группы. Лопаты и рукавицы дадим.\n\nПосле работы горячий чай.", "We meet at ten and split into groups. Shovels and gloves are provided.\n\nHot tea afterwards."),
			Bring:    text("- жылы киім\n- су\n- жақсы көңіл күй", "- тёплую одежду\n- воду\n- хорошее настроение", "- warm clothes\n- water\n- a good mood"),
			Place:    text("Кенесары көшесі, 40, кіреберіс алдында", "ул. Кенесары, 40, у входа", "40 Kenesary Street, at the entrance"),
			District: "saryarka", Lat: &lat, Lng: &lng, ContactName: "Айгерім Сәтқызы", ContactPhone: "+7 700 000 12 34", CutoffMinutes: 180,
			StartsAt: shift.StartsAt, EndsAt: shift.EndsAt,
		},
		Campaign: campaigns()[2].Ref(), Org: host, Cohosts: []org.Ref{cohost}, Shifts: []event.Shift{shift},
	}
}

// one is the event with a single shift, changed by f.
func one(signed bool, standing *signup.Standing, f func(*event.Full)) public.EventView {
	e := full()
	if f != nil {
		f(&e)
	}
	v := public.EventView{Event: e, Signed: signed}
	for _, s := range e.Shifts {
		v.Choices = append(v.Choices, public.Choice{Shift: s, Standing: standing})
	}
	return v
}

func several() public.EventView {
	v := one(true, nil, nil)
	s := v.Event.Shifts[0]
	v.Choices = nil
	names := []i18n.Text{text("Қар күреу", "Уборка снега", "Clearing snow"), text("Шай дайындау", "Горячий чай", "Making tea"), text("Кешкі топ", "Вечерняя группа", "Evening group"), text("Түнгі топ", "Ночная группа", "Night group")}
	for i, n := range names {
		c := s
		c.ID, c.Title = int64(11+i), n
		st := &signup.Standing{}
		switch i {
		case 0:
			st = &signup.Standing{SignupID: 5, State: signup.Waitlisted, Position: 4}
			c.Confirmed, c.Waiting = 20, 12
		case 1:
			c.Confirmed = 18
			st.Reasons = []event.Reason{{Cause: event.ConsentNeeded, Age: 16}}
		case 2:
			c.StartsAt, c.EndsAt, c.Confirmed, c.Waiting = at(6, 18, 0), at(6, 21, 0), 20, 3
		case 3:
			c.StartsAt, c.EndsAt = at(6, 21, 0), at(7, 1, 0)
			st.Reasons = []event.Reason{{Cause: event.Night, Age: 18}}
		}
		v.Choices = append(v.Choices, public.Choice{Shift: c, Standing: st})
	}
	return v
}

func pages() []shown {
	me := account.Actor{PersonID: 7, GivenName: "Айгерім", FamilyName: "Сәтқызы", Role: account.Volunteer}
	staff := account.Actor{PersonID: 8, GivenName: "Дана", FamilyName: "Ж.", Role: account.Staff, Orgs: []int64{1}}
	cs, cards := campaigns(), eventCards()
	var orgs []org.Org
	for i, k := range []org.Kind{org.Headquarters, org.Volunteers, org.Volunteers, org.Volunteers, org.Initiative, org.Initiative, org.NGO} {
		orgs = append(orgs, org.Org{ID: int64(i), Slug: "org-" + string(rune('a'+i)), Kind: k, Name: []i18n.Text{host.Name, cohost.Name}[i%2], Summary: text("Қарттарға көмек, қысқы рейдтер", "Помощь пожилым, зимние рейды", "Help for older people"), Year: 2019 + i, Demo: true, Phone: "+7 717 200 00 01", Email: "org@shtab.test"})
	}
	byCampaign := []totals.CampaignTotals{}
	for i, c := range cs {
		byCampaign = append(byCampaign, totals.CampaignTotals{Ref: c.Ref(), Sums: totals.Sums{totals.Events: 310 - i*30, totals.Participations: 6100 - 500*i, totals.Minutes: 60 * (18000 - 1500*i)}})
	}
	var years, months []totals.MonthSums
	for y := 2019; y <= 2026; y++ {
		years = append(years, totals.MonthSums{Month: time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), Sums: totals.Sums{totals.Events: 60 + (y-2019)*31}})
	}
	for m := 1; m <= 11; m++ {
		months = append(months, totals.MonthSums{Month: time.Date(2026, time.Month(m), 1, 0, 0, 0, 0, time.UTC), Sums: totals.Sums{totals.Events: 9 + m*m%17}})
	}
	sum := totals.Sums{totals.Events: 1310, totals.Participations: 26480, totals.Minutes: 60 * 81240}
	of := totals.CityTotals{Sums: sum, People: 8214, Organizations: 54}
	hold := at(2, 12, 0)
	city, _ := config.LoadCity("")
	filter := event.FilterFrom(map[string][]string{"campaign": {"taza-alem"}, "when": {"weekend"}, "age": {"15"}, "open": {"1"}, "q": {"қар"}}, city, now)
	against := func(r event.Reason) *signup.Standing { return &signup.Standing{Reasons: []event.Reason{r}} }

	p := []shown{
		{"home", "", "", account.Actor{}, public.Home(public.HomeView{City: of, Next: cards[:6], Campaigns: cs})},
		{"home-in", "", "", me, public.Home(public.HomeView{City: of, Campaigns: cs})},
		{"events", "/events", "", account.Actor{}, public.Events(public.EventsView{Page: event.Page{Cards: cards, Total: 60, Next: event.Cursor{StartsAt: now, ID: 9}}, Campaigns: cs, Orgs: orgs})},
		{"events-filtered", "/events", "campaign=taza-alem", me, public.Events(public.EventsView{Filter: filter, Page: event.Page{Cards: cards[:2], Total: 2}, Campaigns: cs, Orgs: orgs})},
		{"events-nothing", "/events", "q=x", account.Actor{}, public.Events(public.EventsView{Filter: filter, Campaigns: cs, Orgs: orgs})},
		{"events-none", "/events", "", account.Actor{}, public.Events(public.EventsView{Campaigns: cs, Orgs: orgs})},
		{"event", "/events/1", "", account.Actor{}, public.Event(one(false, nil, nil))},
		{"event-in", "/events/1", "", me, public.Event(one(true, &signup.Standing{SignupID: 5, State: signup.Confirmed, CanCancel: true}, nil))},
		{"event-waiting", "/events/1", "", me, public.Event(one(true, &signup.Standing{SignupID: 5, State: signup.Waitlisted, Position: 4, CanCancel: true}, func(e *event.Full) { e.Shifts[0].Confirmed, e.Shifts[0].Waiting = 20, 12 }))},
		{"event-consent", "/events/1", "", me, public.Event(one(true, &signup.Standing{SignupID: 5, State: signup.AwaitingConsent, HoldUntil: &hold, CanCancel: true}, nil))},
		{"event-full", "/events/1", "", account.Actor{}, public.Event(one(false, nil, func(e *event.Full) { e.Shifts[0].Confirmed, e.Shifts[0].Waiting = 20, 12 }))},
		{"event-late", "/events/1", "", me, public.Event(one(true, nil, func(e *event.Full) {
			e.Shifts[0].StartsAt, e.Shifts[0].EndsAt, e.Shifts[0].Waiting = now.Add(time.Hour), now.Add(4*time.Hour), 3
		}))},
		{"event-several", "/events/1", "", me, public.Event(several())},
		{"event-adults", "/events/1", "", me, public.Event(one(true, against(event.Reason{Cause: event.AdultsOnly, Age: 18, Ground: event.Emergency}), func(e *event.Full) { e.AdultsOnly = event.Emergency }))},
		{"event-young", "/events/1", "", me, public.Event(one(true, against(event.Reason{Cause: event.TooYoung, Age: 16}), func(e *event.Full) { e.MinAge = 16 }))},
		{"event-clash", "/events/1", "", me, public.Event(one(true, against(event.Reason{Cause: event.Clash, Other: event.Commitment{EventID: 2, ShiftID: 22, Title: cards[1].Title, StartsAt: at(6, 11, 0), EndsAt: at(6, 14, 0)}}), nil))},
		{"event-many", "/events/1", "", me, public.Event(one(true, against(event.Reason{Cause: event.TooMany, Age: 50}), nil))},
		{"event-missed", "/events/1", "", me, public.Event(one(true, against(event.Reason{Cause: event.NoShows, Age: 2}), nil))},
		{"event-notopen", "/events/1", "", account.Actor{}, public.Event(one(false, nil, func(e *event.Full) { o := at(2, 9, 0); e.SignupOpensAt = &o }))},
		{"event-closed", "/events/1", "", account.Actor{}, public.Event(one(false, nil, func(e *event.Full) { o := at(-1, 9, 0); e.SignupClosesAt = &o }))},
		{"event-cancelled", "/events/1", "", account.Actor{}, public.Event(one(false, nil, func(e *event.Full) {
			e.State, e.CancelReason = event.Cancelled, text("Боран күтіледі.", "Ожидается буран.", "A snowstorm is expected.")
		}))},
		{"event-past", "/events/1", "", account.Actor{}, public.Event(one(false, nil, func(e *event.Full) {
			e.StartsAt, e.EndsAt = at(-3, 10, 0), at(-3, 13, 0)
			e.Shifts[0].StartsAt, e.Shifts[0].EndsAt = e.StartsAt, e.EndsAt
		}))},
		{"event-draft", "/events/1", "", staff, public.Event(one(true, nil, func(e *event.Full) { e.State = event.Draft }))},
		{"campaigns", "/campaigns", "", account.Actor{}, public.Campaigns(cs)},
		{"campaign", "/campaigns/taza-alem", "", account.Actor{}, public.Campaign(public.CampaignView{Campaign: cs[4], Sums: sum, Coming: event.Page{Cards: cards[:3], Total: 12}, Past: cards[:2]})},
		{"organizations", "/organizations", "", account.Actor{}, public.Organizations(public.OrganizationsView{Orgs: orgs})},
		{"organization", "/organizations/org-b", "", staff, public.Organization(public.OrganizationView{Org: orgs[1], Sums: sum, Past: cards[:2]})},
		{"totals", "/totals", "", account.Actor{}, public.Totals(totals.PublicTotals{City: of, Years: []int{2026, 2025, 2024, 2023, 2022, 2021, 2020, 2019}, Selected: sum, Months: years, Campaigns: byCampaign})},
		{"totals-year", "/totals", "year=2026", account.Actor{}, public.Totals(totals.PublicTotals{City: of, Year: 2026, Years: []int{2026, 2025, 2024}, Selected: totals.Sums{totals.Events: 142, totals.Participations: 2810, totals.Minutes: 60 * 9120}, Months: months, Campaigns: byCampaign})},
		{"register", "/register", "", account.Actor{}, public.Register(public.RegisterView{Next: "/kk/events/1", Problems: map[string]string{"email": "fault.email_taken"}})},
		{"login", "/login", "", account.Actor{}, public.Login(public.LoginView{})},
		{"code", "/register/code", "", account.Actor{}, public.Code(public.CodeView{})},
		{"help", "/help", "", account.Actor{}, public.Help()},
		{"privacy", "/privacy", "", account.Actor{}, public.Privacy(config.Consent{Version: "2026-11-22"})},
		{"error-404", "/nowhere", "", account.Actor{}, ui.ErrorPage(404, "fault.not_found", "")},
		{"error-503", "/events", "", account.Actor{}, ui.ErrorPage(503, "fault.unavailable", "host/abc-000123")},
	}
	for _, cause := range []event.Cause{event.EventOver, event.EventCancelled} {
		p = append(p, shown{"event-" + string(cause), "/events/1", "", me, public.Event(one(true, against(event.Reason{Cause: cause}), nil))})
	}
	return p
}
