package organizations_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// invitationLink is the page of an invitation, as a mail names it.
var invitationLink = regexp.MustCompile(`/(?:kk|ru|en)/invitations/([A-Za-z0-9_-]{43})`)

// invite invites somebody to the organisation of h.Mine and returns the page of the invitation.
func (h *desk) invite(email string) (page string) {
	h.T.Helper()
	h.Mine.Post(h.path(h.Org, "/people"), url.Values{"email": {email}}).Want(h.T, http.StatusSeeOther)
	m := invitationLink.FindStringSubmatch(h.Mail("coordinator_invite", strings.ToLower(strings.TrimSpace(email))))
	if m == nil {
		h.T.Fatal("the mail holds no link")
	}
	return "/ru/invitations/" + m[1]
}

// TestInvitePerson invites somebody, who accepts, works, and is removed.
func TestInvitePerson(t *testing.T) {
	t.Parallel()
	h := startDesk(t)
	page := h.invite(" New@shtab.test ")
	newcomerID := h.Person("new@shtab.test", 25)
	newcomer, profile := h.As(newcomerID), h.path(h.Org, "")
	t.Run("one mail", func(t *testing.T) {
		h.invite("new@shtab.test")
		if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'coordinator_invite'`); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
	t.Run("a visitor", func(t *testing.T) {
		a := h.Browser().Get(page).Want(t, http.StatusOK)
		a.WantWithout(t, "new@shtab.test")
		if a.Header.Get("Referrer-Policy") != "no-referrer" || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v", a.Header)
		}
	})
	t.Run("another account", func(t *testing.T) {
		h.Theirs.Get(page).Want(t, http.StatusOK, "другой почтой")
		h.Theirs.Post(page, url.Values{})
		if h.Count(`select count(*) from coordinator where person_id = $1`, h.theirsID) != 1 {
			t.Error("accepted")
		}
	})
	t.Run("accept", func(t *testing.T) {
		newcomer.Get(profile).Want(t, http.StatusForbidden)
		newcomer.Post(page, url.Values{}).WantRedirect(t, profile)
		newcomer.Get(profile).Want(t, http.StatusOK)
	})
	t.Run("links that lead nowhere", func(t *testing.T) {
		for what, link := range map[string]string{
			"used": page, "guessed": "/ru/invitations/" + strings.Repeat("A", 43), "cut off": page[:len(page)-23],
		} {
			if a := h.Browser().Get(link); a.Status != http.StatusNotFound {
				t.Errorf("%s: %d", what, a.Status)
			}
			if a := newcomer.Post(link, url.Values{}); a.Status != http.StatusNotFound {
				t.Errorf("%s, accepting: %d", what, a.Status)
			}
		}
	})
	t.Run("remove", func(t *testing.T) { // takes effect with the next request, and the person is told
		h.Mine.Post(h.path(h.Org, fmt.Sprintf("/people/%d/remove", newcomerID)), url.Values{}).
			Want(t, http.StatusSeeOther)
		newcomer.Get(profile).Want(t, http.StatusForbidden)
		h.Mail("coordinator_removed", "new@shtab.test")
	})
	t.Run("the last coordinator stays", func(t *testing.T) {
		h.Mine.Post(h.path(h.Org, fmt.Sprintf("/people/%d/remove", h.mineID)), url.Values{})
		h.Mine.Get(h.path(h.Org, "/people")).Want(t, http.StatusOK, "последний координатор")
	})
}

// TestCancelInvitation checks that an invitation that has expired or was cancelled leads nowhere.
func TestCancelInvitation(t *testing.T) {
	t.Parallel()
	h := startDesk(t)
	page := h.invite("late@shtab.test")
	h.Exec(`update org_invite set expires_at = now()`)
	h.Browser().Get(page).Want(t, http.StatusNotFound)
	h.Exec(`update org_invite set expires_at = now() + interval '1 day'`)
	h.Browser().Get(page).Want(t, http.StatusOK)
	cancel := h.path(h.Org, fmt.Sprintf("/invitations/%d/cancel", h.Count(`select id from org_invite`)))
	for range 2 {
		h.Mine.Post(cancel, url.Values{}).Want(t, http.StatusSeeOther)
	}
	h.Browser().Get(page).Want(t, http.StatusNotFound)
	if n := h.Count(`select count(*) from audit where verb = 'org.cancel_invite'`); n != 1 {
		t.Errorf("cancelled twice, %d times in the audit", n)
	}
}

// TestRepeatedInvitations checks that nobody gets mail after mail by invitations that are cancelled again.
func TestRepeatedInvitations(t *testing.T) {
	t.Parallel()
	h := startDesk(t, portaltest.WithoutWorker)
	for range 6 {
		h.Mine.Post(h.path(h.Org, "/people"), url.Values{"email": {"flood@shtab.test"}})
		h.Exec(`update org_invite set cancelled_at = now() where cancelled_at is null`)
	}
	if n := h.Count(`select count(*) from org_invite`); n == 0 || n > 4 {
		t.Errorf("%d invitations to one e-mail", n)
	}
}
