// Check-in: a scanned ticket checks its holder in by itself, and marks in the list survive a lost network.

// A valid ticket is checked in as soon as the page is visible: a page that the browser prerenders waits
// until then.
const scan = document.querySelector('form[data-now]')
if (scan) {
  if (document.prerendering) document.addEventListener('prerenderingchange', () => scan.requestSubmit(), { once: true })
  else scan.requestSubmit()
}

// Marks in the list are kept on the phone, as ids and times, until the portal has answered.
const list = document.querySelector('[data-marks]')
if (list) {
  const kept = document.getElementById('kept'), here = document.getElementById('here')
  const name = 'shtab.marks.' + list.dataset.marks, maxAge = 12 * 3600e3 // milliseconds, as attendance.MaxMarkAge
  let busy = false, wait

  // clock is the city's time of day at an instant of the phone, whose own clock and zone may be wrong:
  // data-clock is the city's, in seconds, when the page was made.
  const opened = Date.now()
  const clock = at => {
    const minute = Math.floor((Number(list.dataset.clock) + (at - opened) / 1000) / 60)
    const day = (minute % 1440 + 1440) % 1440
    return [Math.floor(day / 60), day % 60].map(n => String(n).padStart(2, '0')).join(':')
  }

  const load = () => {
    try {
      return JSON.parse(localStorage.getItem(name) ?? '[]').filter(t => Date.now() - t.at < maxAge)
    } catch { return [] }
  }
  const save = marks => {
    try {
      if (marks.length) localStorage.setItem(name, JSON.stringify(marks))
      else localStorage.removeItem(name)
      return true
    } catch { return false }
  }
  const say = (marks, why) => {
    kept.hidden = !marks.length && !why
    kept.textContent = why ?? kept.dataset.text.replace('#', marks.length)
  }
  // show updates a row after a mark.
  const show = (id, isHere, at, mine = true) => {
    const row = document.getElementById('p-' + id)
    const [button, done] = row?.querySelectorAll('.door-tap') ?? []
    if (!done) return
    const focus = row.contains(document.activeElement)
    button.hidden = isHere
    done.hidden = !isHere
    done.querySelector('[data-since]').textContent = at
    const undo = done.querySelector('.door-undo')
    undo.hidden = !mine
    if (focus) (isHere ? undo : button).focus({ preventScroll: true })
  }

  const send = async () => {
    if (busy) return
    busy = true
    clearTimeout(wait)
    for (let marks = load(); marks.length; marks = load()) {
      const t = marks[0]
      const row = document.getElementById('p-' + t.id), q = new URLSearchParams(location.search)
      const body = new URLSearchParams({ signup: t.id, deed: t.action, ago: Date.now() - t.at })
      if (q.get('shift')) body.set('shift', q.get('shift'))
      let answer
      try {
        const r = await fetch(list.querySelector('form')?.getAttribute('action') ?? location.pathname, { method: 'POST', body, headers: { Accept: 'application/json' } })
        if (r.status >= 500 || r.status === 429) throw r.status
        if (r.ok && !r.headers.get('Content-Type')?.includes('json')) { // signed out meanwhile
          say(marks, kept.dataset.login)
          busy = false
          return
        }
        answer = r.ok ? await r.json() : null
      } catch { // no network: try again later
        say(marks)
        wait = setTimeout(send, 15e3)
        busy = false
        return
      }
      save(load().filter(o => o.key !== t.key))
      if (!answer) { location.reload(); return } // refused: the reloaded page says why
      if (!load().some(o => o.id === t.id)) show(t.id, answer.here, answer.at, answer.mine)
      here.textContent = answer.count
      say(load(), answer.why || undefined)
      row?.classList.remove('is-kept')
    }
    busy = false
  }

  list.addEventListener('submit', e => {
    const action = e.submitter?.value
    if (!action) return
    const id = e.target.elements.namedItem('signup').value
    const marks = [...load(), { id, action, at: Date.now(), key: crypto.getRandomValues(new Uint32Array(1))[0] }]
    if (!save(marks)) return // the phone cannot store it: the browser sends the form
    e.preventDefault()
    document.getElementById('p-' + id).classList.add('is-kept')
    show(id, action === 'in', clock(Date.now()))
    send()
  })
  for (const t of load()) show(t.id, t.action === 'in', clock(t.at))
  addEventListener('online', send)
  document.addEventListener('visibilitychange', () => { if (!document.hidden) send() })
  if (load().length) { say(load()); send() }
}
