package portal_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"shtab/web/portal/portaltest"
)

var invitationLink = regexp.MustCompile(`/(?:kk|ru|en)/invitations/([A-Za-z0-9_-]{43})`)

// team is two organisations with a coordinator each.
type team struct {
	*portaltest.Server
	ours, theirs int64
	us, them     *portaltest.Browser
	me, other    int64
}

func newTeam(t *testing.T, with ...portaltest.Option) *team {
	t.Helper()
	h := &team{Server: portaltest.Start(t, with...)}
	w := h.World()
	h.ours = w.Org
	h.Scan(`insert into org (slug, kind, name, joined_on) values ('theirs', 'ngo', '{"ru":"Другие"}', '2020-01-01') returning id`, nil, &h.theirs)
	h.me, h.other = h.Person("me@shtab.test", 30), h.Person("other@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2), ($3, $4)`, h.me, h.ours, h.other, h.theirs)
	h.us, h.them = h.As(h.me), h.As(h.other)
	return h
}

func (h *team) path(org int64, rest string) string {
	return fmt.Sprintf("/ru/desk/organizations/%d%s", org, rest)
}

func TestOrganizationPage(t *testing.T) {
	t.Parallel()
	h := newTeam(t, portaltest.WithoutWorker)
	if a := h.us.Get("/ru/desk/organizations"); a.Header.Get("Location") != h.path(h.ours, "") {
		t.Errorf("the only organisation is not opened at once: %d", a.Status)
	}
	form := url.Values{
		"version": {"1"}, "summary_ru": {"Мы сажаем деревья"}, "summary_kk": {"Ағаш егеміз"}, "body_ru": {"**Приходите**"},
		"email": {"hello@shtab.test"}, "phone": {"+7 701 123 45 67"}, "links": {"https://a.example/x\r\nhttps://b.example"},
	}
	for range 2 { // a repeat changes nothing
		if a := h.us.Post(h.path(h.ours, ""), form); a.Status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", a.Status, a.Body)
		}
	}
	if n := h.Count(`select version from org where id = $1`, h.ours) + h.Count(`select count(*) from audit where verb = 'org.change'`); n != 3 {
		t.Errorf("saved twice: version and audit make %d", n)
	}
	page := h.Browser().Get("/ru/organizations/jastar")
	for _, want := range []string{"Мы сажаем деревья", "<strong>Приходите</strong>", "https://a.example/x", "hello@shtab.test"} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the public page does not say %q", want)
		}
	}
	form.Set("summary_ru", "Другое")
	a := h.us.Post(h.path(h.ours, ""), form)
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "Мы сажаем деревья") || !strings.Contains(a.Body, "Другое") {
		t.Errorf("an older form: %d", a.Status)
	}
	for field, value := range map[string]string{"links": "javascript:alert(1)", "email": "x", "summary_kk": strings.Repeat("ә", 301)} {
		bad := url.Values{"version": {"2"}, field: {value}}
		if a := h.us.Post(h.path(h.ours, ""), bad); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-`+field) {
			t.Errorf("%s: %d", field, a.Status)
		}
	}
}

// TestOrganizationIsNobodyElses swaps ids between two organisations on every route.
func TestOrganizationIsNobodyElses(t *testing.T) {
	t.Parallel()
	h := newTeam(t, portaltest.WithoutWorker)
	h.us.Post(h.path(h.ours, "/people"), url.Values{"email": {"new@shtab.test"}})
	invitation := h.Count(`select id from org_invite`)
	for _, path := range []string{"", "/people", "/totals", "/totals/xlsx", "/totals/csv"} {
		if a := h.them.Get(h.path(h.ours, path)); a.Status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, a.Status)
		}
	}
	for path, form := range map[string]url.Values{
		"": {"version": {"1"}, "summary_ru": {"взлом"}}, "/logo": {}, "/logo/remove": {}, "/people": {"email": {"x@shtab.test"}},
		fmt.Sprintf("/people/%d/remove", h.me): {}, fmt.Sprintf("/invitations/%d/cancel", invitation): {},
	} {
		if a := h.them.Post(h.path(h.ours, path), form); a.Status != http.StatusNotFound {
			t.Errorf("POST %s: %d", path, a.Status)
		}
	}
	// Their own organisation in the path, our invitation behind it.
	if a := h.them.Post(h.path(h.theirs, fmt.Sprintf("/invitations/%d/cancel", invitation)), url.Values{}); a.Status != http.StatusNotFound {
		t.Errorf("our invitation under their organisation: %d", a.Status)
	}
	h.them.Post(h.path(h.theirs, fmt.Sprintf("/people/%d/remove", h.me)), url.Values{})
	if n := h.Count(`select count(*) from coordinator`) + h.Count(`select count(*) from org_invite where cancelled_at is null`); n != 3 {
		t.Errorf("something has changed: %d", n)
	}
}

func TestCoordinatorIsInvited(t *testing.T) {
	t.Parallel()
	h := newTeam(t)
	for range 2 {
		if a := h.us.Post(h.path(h.ours, "/people"), url.Values{"email": {" New@shtab.test "}}); a.Status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", a.Status, a.Body)
		}
	}
	m := invitationLink.FindStringSubmatch(h.Mail("coordinator_invite", "new@shtab.test"))
	if m == nil {
		t.Fatal("the mail holds no link")
	}
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'coordinator_invite'`); n != 1 {
		t.Errorf("%d mails", n)
	}
	path := "/ru/invitations/" + m[1]
	visitor := h.Browser().Get(path)
	if visitor.Status != 200 || visitor.Header.Get("Referrer-Policy") != "no-referrer" || visitor.Header.Get("Cache-Control") != "no-store" || strings.Contains(visitor.Body, "new@shtab.test") {
		t.Errorf("a visitor: %d %v", visitor.Status, visitor.Header)
	}
	// Somebody else with the link gets nothing.
	if a := h.them.Get(path); !strings.Contains(a.Body, "другой почтой") {
		t.Errorf("another account: %d", a.Status)
	}
	h.them.Post(path, url.Values{})
	if h.Count(`select count(*) from coordinator where person_id = $1`, h.other) != 1 {
		t.Error("another account accepted")
	}
	id := h.Person("new@shtab.test", 25)
	b := h.As(id)
	if a := b.Get(h.path(h.ours, "")); a.Status != http.StatusForbidden {
		t.Errorf("before accepting: %d", a.Status)
	}
	if a := b.Post(path, url.Values{}); a.Header.Get("Location") != h.path(h.ours, "") {
		t.Fatalf("accepting: %d to %s", a.Status, a.Header.Get("Location"))
	}
	if a := b.Get(h.path(h.ours, "")); a.Status != 200 {
		t.Errorf("after accepting: %d", a.Status)
	}
	for what, link := range map[string]string{"used": m[1], "guessed": strings.Repeat("A", 43), "cut off": m[1][:20]} {
		if a := h.Browser().Get("/ru/invitations/" + link); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", what, a.Status)
		}
		if a := b.Post("/ru/invitations/"+link, url.Values{}); a.Status != http.StatusNotFound {
			t.Errorf("%s, accepting: %d", what, a.Status)
		}
	}
	// The role taken away ends with the next request, and the person is told.
	if a := h.us.Post(h.path(h.ours, fmt.Sprintf("/people/%d/remove", id)), url.Values{}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	if a := b.Get(h.path(h.ours, "")); a.Status != http.StatusForbidden {
		t.Errorf("after the role was taken away: %d", a.Status)
	}
	h.Mail("coordinator_removed", "new@shtab.test")
	// The last one stays.
	h.us.Post(h.path(h.ours, fmt.Sprintf("/people/%d/remove", h.me)), url.Values{})
	if page := h.us.Get(h.path(h.ours, "/people")); page.Status != 200 || !strings.Contains(page.Body, "последний координатор") {
		t.Errorf("the last coordinator: %d", page.Status)
	}
	// Expired and cancelled invitations lead nowhere.
	h.us.Post(h.path(h.ours, "/people"), url.Values{"email": {"late@shtab.test"}})
	late := invitationLink.FindStringSubmatch(h.Mail("coordinator_invite", "late@shtab.test"))[1]
	h.Exec(`update org_invite set expires_at = now() where email = 'late@shtab.test'`)
	if a := h.Browser().Get("/ru/invitations/" + late); a.Status != http.StatusNotFound {
		t.Errorf("expired: %d", a.Status)
	}
	h.Exec(`update org_invite set expires_at = now() + interval '1 day' where email = 'late@shtab.test'`)
	cancel := h.path(h.ours, fmt.Sprintf("/invitations/%d/cancel", h.Count(`select id from org_invite where email = 'late@shtab.test'`)))
	for range 2 {
		if a := h.us.Post(cancel, url.Values{}); a.Status != http.StatusSeeOther {
			t.Errorf("cancelling: %d", a.Status)
		}
	}
	if a := h.Browser().Get("/ru/invitations/" + late); a.Status != http.StatusNotFound {
		t.Errorf("cancelled: %d", a.Status)
	}
	if n := h.Count(`select count(*) from audit where verb = 'org.cancel_invite'`); n != 1 {
		t.Errorf("cancelled twice, noted %d times", n)
	}
	// Inviting and cancelling over and over does not flood anybody.
	for range 6 {
		h.us.Post(h.path(h.ours, "/people"), url.Values{"email": {"flood@shtab.test"}})
		h.Exec(`update org_invite set cancelled_at = now() where email = 'flood@shtab.test' and cancelled_at is null`)
	}
	if n := h.Count(`select count(*) from org_invite where email = 'flood@shtab.test'`); n > 4 {
		t.Errorf("%d invitations to one e-mail", n)
	}
}

func (h *team) upload(b *portaltest.Browser, org int64, file []byte) int {
	h.T.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	w, _ := m.CreateFormFile("logo", "x.png")
	_, _ = w.Write(file)
	_ = m.Close()
	r, _ := http.NewRequest(http.MethodPost, h.URL+h.path(org, "/logo"), &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	resp, err := b.Client.Do(r)
	if err != nil {
		h.T.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestLogo(t *testing.T) {
	t.Parallel()
	h := newTeam(t, portaltest.WithoutWorker)
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 800, 400)))
	if s := h.upload(h.us, h.ours, b.Bytes()); s != http.StatusSeeOther {
		t.Fatalf("%d", s)
	}
	src := regexp.MustCompile(`/logos/[0-9a-f]{24}\.png`).FindString(h.Browser().Get("/ru/organizations/jastar").Body)
	a := h.Browser().Get(src)
	if a.Status != 200 || a.Header.Get("Content-Type") != "image/png" || a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d %v", src, a.Status, a.Header)
	}
	if c, err := png.DecodeConfig(strings.NewReader(a.Body)); err != nil || c.Width != 512 {
		t.Errorf("%+v, %v", c, err)
	}
	for what, file := range map[string][]byte{"svg": []byte("<svg><script>1</script></svg>"), "html": []byte("<html>"), "nothing": nil, "large": make([]byte, 6<<20)} {
		want := http.StatusUnprocessableEntity
		if what == "large" {
			want = http.StatusRequestEntityTooLarge
		}
		if s := h.upload(h.us, h.ours, file); s != want {
			t.Errorf("%s: %d", what, s)
		}
	}
	if s := h.upload(h.them, h.ours, b.Bytes()); s != http.StatusNotFound {
		t.Errorf("another organisation's: %d", s)
	}
	h.us.Post(h.path(h.ours, "/logo/remove"), url.Values{})
	if a := h.Browser().Get(src); a.Status != http.StatusNotFound {
		t.Errorf("removed: %d", a.Status)
	}
}

// TestOrganizationTotals holds that page, file and public page say the same.
func TestOrganizationTotals(t *testing.T) {
	t.Parallel()
	h := newTeam(t, portaltest.WithoutWorker)
	held := func(org int64, day string, people, minutes int, cohosts ...int64) {
		id, _ := h.Event(portaltest.World{Org: org, Campaign: 1}, 48*time.Hour, 5)
		for _, c := range cohosts {
			h.Exec(`insert into event_cohost values ($1, $2)`, id, c)
		}
		h.Exec(`update event set closed_at = now(), held_on = $2::date, imported = true, brought_participations = $3, brought_minutes = $4 where id = $1`, id, day, people, minutes)
	}
	today := h.Now().UTC().Add(5 * time.Hour).Format(time.DateOnly) // in Astana
	held(h.ours, today, 20, 3000)
	held(h.ours, today, 20, 3000)
	held(h.theirs, today, 9, 600, h.ours)
	held(h.theirs, today, 7, 60)
	held(h.ours, "2024-02-03", 50, 9000)
	all := h.us.Get(h.path(h.ours, "/totals"))
	public := h.Browser().Get("/ru/organizations/jastar")
	for _, want := range []string{">4<", ">99<", ">260<"} {
		if !strings.Contains(all.Body, want) || !strings.Contains(public.Body, want) {
			t.Errorf("%s stands not on both pages", want)
		}
	}
	if month := h.us.Get(h.path(h.ours, "/totals?period=month")); !strings.Contains(month.Body, ">49<") || strings.Contains(month.Body, "2024") {
		t.Error("this month")
	}
	f, err := excelize.OpenReader(strings.NewReader(h.us.Get(h.path(h.ours, "/totals/xlsx")).Body))
	if err != nil {
		t.Fatal(err)
	}
	lines, _ := f.GetRows(f.GetSheetName(0))
	if len(lines) != 3 || lines[1][1] != "3" || lines[1][3] != "49" || lines[2][4] != "150" {
		t.Errorf("%v", lines)
	}
}
