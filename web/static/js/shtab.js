// Improves pages where scripts run; nothing depends on it.

// A form with data-refresh redraws the part of the page it names, in place.
const form = document.querySelector('form[data-refresh]')
if (form) {
  const target = () => document.getElementById(form.dataset.refresh)
  let turn = 0, wait
  const load = async (url, push) => {
    const mine = ++turn
    target().setAttribute('aria-busy', 'true')
    try {
      const r = await fetch(url, { headers: { Accept: 'text/html' } })
      if (!r.ok) throw r.status
      const page = new DOMParser().parseFromString(await r.text(), 'text/html')
      if (mine !== turn) return
      target().replaceWith(document.adoptNode(page.getElementById(form.dataset.refresh)))
      form.querySelector('summary').replaceChildren(...page.querySelector('form[data-refresh] summary').childNodes)
      if (push) history.replaceState(null, '', url)
      for (const a of document.querySelectorAll('.langs a')) {
        const now = page.querySelector(`.langs a[lang=${a.lang}]`)
        if (now) a.setAttribute('href', now.getAttribute('href'))
      }
      const heard = document.getElementById('heard')
      if (heard) heard.textContent = target().querySelector('[data-heard]')?.textContent ?? ''
    } catch {
      if (mine === turn) location.assign(url)
    }
  }
  const address = () => {
    const q = new URLSearchParams()
    const data = new FormData(form), dated = data.get('when') === 'dates'
    for (const [k, v] of data) {
      if (v === '' || v === 'any' || ((k === 'from' || k === 'to') && !dated)) continue
      q.append(k, v)
    }
    const s = q.toString()
    return form.getAttribute('action') + (s ? '?' + s : '')
  }
  const soon = ms => { clearTimeout(wait); wait = setTimeout(() => load(address(), true), ms) }
  form.addEventListener('change', () => soon(0))
  form.addEventListener('input', e => { if (e.target.type === 'search') soon(300) })
  form.addEventListener('submit', e => { e.preventDefault(); soon(0) })
}

// Scrolls a confirmation that opens into view: a bar at the bottom of the screen could cover its end.
for (const d of document.querySelectorAll('details.sure')) {
  const show = () => { if (d.open) d.scrollIntoView({ block: 'nearest' }) }
  d.querySelector('summary').addEventListener('click', () => d.addEventListener('toggle', show, { once: true }))
}

// A button with data-share opens the phone's share sheet for the page, or copies its URL; one with
// data-copy copies its text. They stay hidden where neither works.
for (const b of document.querySelectorAll('button[data-share], button[data-copy]')) {
  if (!navigator.share && !navigator.clipboard) continue
  b.hidden = false
  b.addEventListener('click', async () => {
    const said = b.querySelector('[data-said]')
    try {
      if (b.dataset.share !== undefined && navigator.share) {
        await navigator.share({ title: document.title, url: location.href.split('#')[0] })
        return
      }
      await navigator.clipboard.writeText(b.dataset.copy ?? location.href.split('#')[0])
      const before = said.textContent
      said.textContent = b.dataset.done
      setTimeout(() => { said.textContent = before }, 2500)
    } catch { /* the person closed the sheet */ }
  })
}
