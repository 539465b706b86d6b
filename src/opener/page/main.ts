import '../platform/no-compiling.ts'
import { Ceremony } from './ceremony/ceremony.ts'
import type { PageContext, Session } from './context.ts'
import { h } from './element.ts'
import { filesOf } from './gate/dropped-files.ts'
import { Gate } from './gate/gate.ts'
import { Glass } from './glass/glass.ts'
import { watchIdle } from './glass/idle-lock.ts'
import { ownHash } from './own-hash.ts'
import { english, type Texts } from './texts/english.ts'
import { portuguese } from './texts/portuguese.ts'
import { topBar } from './top-bar.ts'

/** How long a live region keeps what it said: some of it is secret. */
const saidMs = 4000

const languages: readonly Texts[] = [english, portuguese]
let texts: Texts = navigator.language.startsWith('pt') ? portuguese : english
let glass: Glass | undefined
let ceremony: Ceremony | undefined
// Before anything is added to the page.
const openerSha256 = ownHash()

const said = h('div', { class: 'unseen', 'aria-live': 'polite' })
const barPlace = h('header', { class: 'top' })
const main = h('main', { id: 'main', tabindex: -1 })

let forgetting: ReturnType<typeof setTimeout> | undefined
const context: PageContext = {
  get texts() {
    return texts
  },
  now: () => Date.now(),
  announce(text) {
    clearTimeout(forgetting)
    said.textContent = text
    forgetting = setTimeout(() => {
      said.textContent = ''
    }, saidMs)
  },
}
const gate = new Gate(context, open, holdCeremony)

document.body.append(barPlace, main, said)
render()
void gate.takeEmbedded()
// Files may be dropped anywhere: a browser would show them in place of the page.
document.addEventListener('dragover', (event) => {
  event.preventDefault()
  document.body.classList.add('dragging')
})
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) document.body.classList.remove('dragging')
})
document.addEventListener('drop', (event) => {
  event.preventDefault()
  document.body.classList.remove('dragging')
  if (event.dataTransfer !== null) void takeDropped(event.dataTransfer)
})
// Also when the browser keeps the page for the way back.
addEventListener('pagehide', () => {
  lock(false)
  gate.forget(true)
  ceremony?.stop()
  ceremony = undefined
  render()
})
addEventListener('beforeunload', (event) => {
  if (ceremony?.isHeld === true) event.preventDefault()
})
// Longer than an open bundle waits: between two cards a guardian may have to be fetched.
watchIdle(
  context.now,
  {
    warn: () => undefined,
    calm: () => undefined,
    lock() {
      if (glass === undefined) gate.forget(false)
      ceremony?.cover()
    },
  },
  15 * 60 * 1000,
)

async function takeDropped(transfer: DataTransfer): Promise<void> {
  const files = await filesOf(transfer)
  if (ceremony !== undefined) return
  const ledger = files.find(({ name }) => name.endsWith('.jsonl'))
  if (glass === undefined) await gate.add(files)
  else if (ledger !== undefined) glass.takeLedger(ledger)
}

function open(session: Session): void {
  glass = new Glass(context, session, lock)
  render()
  glass.focus()
  context.announce(`${session.opened.instance.name}: ${texts.results(session.opened.credentials)}`)
}

function holdCeremony(): void {
  gate.forget(true)
  ceremony = new Ceremony(context, openerSha256, {
    end(notice) {
      ceremony = undefined
      render(notice)
      main.querySelector<HTMLElement>('h1')?.focus()
    },
    redraw: render,
  })
  render()
  ceremony.focus()
}

function lock(isIdle: boolean): void {
  if (glass === undefined) return
  glass.close()
  glass = undefined
  // It may have said a secret to who does not see it.
  said.textContent = ''
  render(isIdle ? texts.lockedIdle : texts.locked)
  main.querySelector<HTMLElement>('h1')?.focus()
}

function render(notice?: string): void {
  document.documentElement.lang = texts.language
  document.title = `Redoma · ${ceremony === undefined ? texts.title : texts.ceremony.title}`
  barPlace.replaceChildren(
    ...topBar(texts, languages, (language) => {
      texts = language
      render()
      barPlace.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus()
    }),
  )
  document.body.classList.toggle('open', glass !== undefined)
  main.replaceChildren(glass?.render() ?? ceremony?.render() ?? gate.render(notice))
}
