import { createHash } from 'node:crypto'

/*
 * The one page that the API has: where who was invited sets a password. The invitation stands behind the #, which no browser sends to
 * anybody, and is taken out of the address at once.
 */

const style = `
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 4rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
label { display: block; margin: 1rem 0 0.25rem }
input { font: inherit; width: 100%; box-sizing: border-box; padding: 0.4rem; border: 1px solid #767676; border-radius: 4px }
button { font: inherit; margin-top: 1.5rem; padding: 0.5rem 1rem }
p[role=status] { min-height: 3rem; font-weight: 600 }
`

const script = `
const invitation = location.hash.slice(1)
history.replaceState(null, '', location.pathname)
const form = document.querySelector('form')
const status = document.querySelector('[role=status]')
const say = (text) => { status.textContent = text }
if (invitation === '') say('Open this page by the whole link that you were given.')
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const { name, password, again } = form.elements
  if (password.value !== again.value) return say('The two passwords are not the same.')
  say('One moment.')
  const words = { invitation, password: password.value }
  if (name.value !== '') words.name = name.value
  try {
    const answer = await fetch('/api/v1/invitations/acceptance', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(words),
    })
    const told = await answer.json()
    if (!answer.ok) return say([told.detail + '.', told.hint ?? ''].join(' '))
    form.remove()
    say('The password is set. You sign in as ' + told.name + '.')
  } catch {
    say('The instance does not answer.')
  }
})
`

export const invitationPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Redoma: set your password</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Set your password</h1>
<p>15 characters at least. Several words that have nothing to do with each other are best.</p>
<form>
<label for="name">Your name here, if you are the first administrator</label>
<input id="name" name="name" autocomplete="username" maxlength="32">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required minlength="15">
<label for="again">Password, again</label>
<input id="again" name="again" type="password" autocomplete="new-password" required>
<button>Set it</button>
</form>
<p role="status"></p>
</main>
<script>${script}</script>
</body>
</html>
`

/** It may do what it is made for: run its own script, and ask this instance. */
export const invitationPolicy = [
  "default-src 'none'",
  `script-src '${hashOf(script)}'`,
  `style-src '${hashOf(style)}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
