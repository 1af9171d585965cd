// The sheet of hours: marks everybody present at once, and counts while it is filled in.
const form = document.querySelector('.hours-form')
const said = form?.querySelector('[data-present]')
if (said) {
  const count = () => {
    said.textContent = said.dataset.present.replace('#', form.querySelectorAll('input[value=attended]:checked').length)
  }
  form.addEventListener('change', count)
  form.addEventListener('submit', e => {
    if (e.submitter?.value !== 'all') return
    e.preventDefault()
    for (const radio of form.querySelectorAll('input[value=attended]')) radio.checked = true
    count()
  })
}
