// Shows the passkey forms where the browser supports passkeys. data-passkey says whether to "create" or
// to "get" one, data-ask is the URL of the challenge. The answer is sent as a form.

const known = 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential

for (const form of known ? document.querySelectorAll('form[data-passkey]') : []) {
  form.hidden = false
  for (const p of document.querySelectorAll('[data-no-passkey]')) p.hidden = true
  const failed = form.querySelector('[data-failed]')
  form.addEventListener('submit', async e => {
    e.preventDefault()
    failed.hidden = true
    try {
      const r = await fetch(form.dataset.ask, { method: 'POST', headers: { Accept: 'application/json' } })
      if (r.redirected) { // must authenticate again
        const to = new URL(r.url)
        to.searchParams.set('next', location.pathname)
        location.assign(to)
        return
      }
      if (!r.ok) throw r.status
      const { publicKey } = await r.json()
      const answer = form.dataset.passkey === 'create'
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) })
      form.elements.credential.value = JSON.stringify(answer)
      form.submit()
    } catch {
      failed.hidden = false
    }
  })
}
