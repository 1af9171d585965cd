package e2e_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

var guardianPath = regexp.MustCompile(`/(?:kk|ru|en)/guardian/\S+`)

// A fifteen-year-old presses "I'm in", names a parent, the parent at hand reads, agrees with a
// mailed code, and the place is theirs; on a phone, with and without scripts.
func TestGuardianAtHand(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	for i, c := range []struct {
		lang    i18n.Lang
		scripts bool
		scope   int // which of the answers: all, this event, coming along
	}{
		{i18n.KK, true, 0}, {i18n.KK, false, 1}, {i18n.RU, true, 1}, {i18n.RU, false, 2},
	} {
		name := fmt.Sprintf("%s scripts %v", c.lang, c.scripts)
		event, shift := h.Event(w, h.Morning(4+i), 5)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			child, parent := fmt.Sprintf("child%d@shtab.test", i), fmt.Sprintf("parent%d@shtab.test", i)
			p := open(t, h.URL)
			p.as(h, h.Person(child, 15))
			mum := open(t, h.URL)
			if !c.scripts {
				p.scriptsOff()
				mum.scriptsOff()
			}
			p.visit(link.Event(c.lang, event), 200)

			began := time.Now()
			p.press(`.bar form button`)
			p.expect(200)
			if at := p.where(); at != link.MyGuardian(c.lang) {
				t.Fatalf("signing up led to %s", at)
			}
			p.touch(`#f-relation`)
			p.fill("name", "Гүлнар Серікқызы")
			p.fill("email", parent)
			p.press(`main form.form button[type=submit]`)
			p.expect(200)
			p.mustSee(`#asked + article`)

			mum.visit(guardianPath.FindString(h.Mail("guardian_ask", parent)), 200)
			mum.touch(fmt.Sprintf(`.radios .check:nth-of-type(%d) input`, c.scope+1))
			mum.fill("name", "Гүлнар Серікқызы")
			mum.press(`form[action$="/choose"] button`)
			mum.expect(200)
			mum.await(`document.activeElement.id === 'f-code'`) // a busy browser moves the focus a moment later
			mum.fill("code", sixDigits.FindString(h.Mail("guardian_code", parent)))
			mum.press(`form[action$="/agree"] button`)
			mum.expect(200)
			mum.mustSee(`#given + article`)

			p.visit(link.Event(c.lang, event), 200)
			p.mustSee(fmt.Sprintf(`#shift-%d.is-in .notice-gold`, shift))
			t.Logf(
				"%s: from “I'm in” to a confirmed place %d taps and %d fields of the volunteer, %d taps and %d fields of the parent, %v at a machine's pace",
				name, p.taps, p.fields, mum.taps, mum.fields, time.Since(began).Round(10*time.Millisecond))
		})
	}
}

// A parent says no, takes a word back, or is not a parent at all; on a phone, without scripts.
func TestGuardianSaysNo(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	ask := func(t *testing.T, i int, l i18n.Lang) (p, mum *tab, event int64) {
		t.Helper()
		child, parent := fmt.Sprintf("c%d@shtab.test", i), fmt.Sprintf("p%d@shtab.test", i)
		event, _ = h.Event(w, h.Morning(10+i), 5)
		p = open(t, h.URL)
		p.as(h, h.Person(child, 14))
		p.scriptsOff()
		p.visit(link.Event(l, event), 200)
		p.press(`.bar form button`)
		p.expect(200)
		p.touch(`#f-relation`)
		p.fill("name", "Серік Ахметов")
		p.fill("email", parent)
		p.press(`main form.form button[type=submit]`)
		p.expect(200)
		mum = open(t, h.URL)
		mum.scriptsOff()
		mum.visit(guardianPath.FindString(h.Mail("guardian_ask", parent)), 200)
		return p, mum, event
	}
	sure := func(p *tab, deed string) {
		p.t.Helper()
		p.touch(`details.sure:has(form[action$="/` + deed + `"]) > summary`)
		p.press(`form[action$="/` + deed + `"] button`)
		p.expect(200)
	}
	t.Run("refuses", func(t *testing.T) {
		t.Parallel()
		p, mum, event := ask(t, 0, i18n.KK)
		sure(mum, "refuse")
		p.visit(link.MyGuardian(i18n.KK), 200)
		if p.sees(`#waiting`) {
			t.Error("the sign-up still waits")
		}
		p.visit(link.Event(i18n.KK, event), 200)
		p.mustSee(`.shift.is-join`)
	})
	t.Run("withdraws", func(t *testing.T) {
		t.Parallel()
		p, mum, event := ask(t, 1, i18n.RU)
		mum.touch(`#f-scope`)
		mum.fill("name", "Серік Ахметов")
		mum.press(`form[action$="/choose"] button`)
		mum.expect(200)
		mum.fill("code", sixDigits.FindString(h.Mail("guardian_code", "p1@shtab.test")))
		mum.press(`form[action$="/agree"] button`)
		mum.expect(200)
		mum.press(`form[action$="/copies"] button`)
		mum.expect(200)
		sure(mum, "withdraw")
		p.visit(link.Event(i18n.RU, event), 200)
		if p.sees(`.shift.is-in`) {
			t.Error("the place is still theirs")
		}
	})
	t.Run("stranger", func(t *testing.T) {
		t.Parallel()
		p, mum, _ := ask(t, 2, i18n.EN)
		sure(mum, "disown")
		p.visit(link.MyGuardian(i18n.EN), 200)
		p.mustSee(`#f-email`)
		if p.sees(`#asked`) {
			t.Error("the stranger is still asked")
		}
	})
}
