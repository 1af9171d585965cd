// Shows whom the rules of an event exclude while its form is filled in. The server decides; without
// scripts a button asks it.
const form = document.getElementById('event-form')
const watched = /^(adults_only|min_age|shift\[\d+\]\.(day|from|to|next_day|min_age))$/
let turn = 0
form.addEventListener('change', async e => {
  if (!watched.test(e.target.name)) return
  const mine = ++turn, data = new URLSearchParams(new FormData(form))
  data.set('op', 'look')
  try {
    const r = await fetch(form.action, { method: 'POST', body: data })
    if (!r.ok || mine !== turn) return
    const page = new DOMParser().parseFromString(await r.text(), 'text/html')
    const said = page.getElementById(form.dataset.look)
    said.querySelector('noscript')?.remove()
    if (mine === turn) document.getElementById(form.dataset.look).replaceChildren(...document.adoptNode(said).childNodes)
  } catch { /* the button that saves says it too */ }
})
