package people_test

import (
	"fmt"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestAdminResetsFactor: administrators help who has lost every factor; the page needs a fresh proof.
func TestAdminResetsFactor(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	admin, lost := h.Member("admin@shtab.test", "admin"), h.Member("lost@shtab.test", "staff")
	lostIn := h.As(lost)
	lostIn.AddApp("")
	path := fmt.Sprintf("/ru/hq/people/%d/factor/reset", lost)
	if a := lostIn.Post(path, nil); a.Status != 403 {
		t.Errorf("staff: %d", a.Status)
	}
	b, session := h.Session(admin)
	h.Exec(`update person_session set proved_at = now() - interval '1 hour' where id = $1`, session)
	b.Post(path, nil).WantRedirect(t, "/ru/again?unsent=1")
	b = h.As(admin)
	b.Post(path, nil).WantRedirect(t, "/ru/hq")
	b.Post(path, nil).WantRedirect(t, "/ru/hq")
	h.Mail("factor_reset", "lost@shtab.test")
	lostIn.Get("/ru/me").WantRedirect(t, "/ru/login?next=%2Fru%2Fme")
	h.Browser().LogIn("lost@shtab.test", "").WantRedirect(t, "/ru/me/security/factor")
	if a := b.Post(fmt.Sprintf("/ru/hq/people/%d/factor/reset", admin), nil); a.Status != 409 {
		t.Errorf("own: %d", a.Status)
	}
}
