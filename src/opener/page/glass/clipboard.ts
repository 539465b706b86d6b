import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { icon } from '../icons.ts'

const keptSeconds = 30

/**
 * Copies secrets, and takes them out of the clipboard again. Where the browser allows that only while a person does something, the
 * next click or key does it.
 */
export class Clipboard {
  readonly #context: PageContext
  readonly bar = h('div', { class: 'clipboard-bar', hidden: true })
  #stop: (() => void) | undefined

  constructor(context: PageContext) {
    this.#context = context
  }

  async copy(what: string, text: string): Promise<void> {
    const { texts, announce } = this.#context
    this.#stop?.()
    if (!(await write(text))) {
      announce(texts.copyFailed)
      this.#show(texts.copyFailed)
      return
    }
    announce(`${texts.copied(what)} ${texts.clearsIn(keptSeconds)}`)
    this.#count(what)
  }

  /** At once, as far as the browser lets. */
  async clear(): Promise<void> {
    if (this.#stop === undefined) return
    this.#stop()
    // A clipboard that takes nothing takes a blank.
    if (!(await write('')) && !(await write(' '))) {
      this.#clearAtNextAct()
      return
    }
    this.#context.announce(this.#context.texts.cleared)
  }

  #count(what: string): void {
    const { texts, now } = this.#context
    const end = now() + keptSeconds * 1000
    const left = h('span', { class: 'quiet', 'aria-hidden': 'true' })
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((end - now()) / 1000))
      left.textContent = texts.clearsIn(seconds)
      if (seconds === 0) void this.clear()
    }
    const timer = setInterval(tick, 250)
    this.#stop = () => {
      clearInterval(timer)
      this.#stop = undefined
      this.bar.hidden = true
    }
    const onclick = () => void this.clear()
    this.#show(
      texts.copied(what),
      left,
      h('button', { type: 'button', class: 'plain', onclick }, texts.clearNow),
    )
    tick()
  }

  #clearAtNextAct(): void {
    const { texts, announce } = this.#context
    const act = new AbortController()
    const clear = () => {
      act.abort()
      this.#stop?.()
      void write('').then(async (isDone) => isDone || write(' '))
      announce(texts.cleared)
    }
    this.#stop = () => {
      act.abort()
      this.#stop = undefined
      this.bar.hidden = true
    }
    for (const kind of ['pointerup', 'keydown'])
      document.addEventListener(kind, clear, { signal: act.signal })
    this.#show(texts.clearsAtClick)
    announce(texts.clearsAtClick)
  }

  #show(text: string, ...more: readonly HTMLElement[]): void {
    this.bar.replaceChildren(icon('copy'), h('span', {}, text), ...more)
    this.bar.hidden = false
  }
}

/** Whether it went. On plain http://, or where the browser refuses, there is no clipboard but the one of old. */
async function write(text: string): Promise<boolean> {
  const { clipboard } = navigator as { readonly clipboard?: Pick<globalThis.Clipboard, 'writeText'> }
  try {
    if (clipboard === undefined) return writeAsOfOld(text)
    await clipboard.writeText(text)
    return true
  } catch {
    return writeAsOfOld(text)
  }
}

function writeAsOfOld(text: string): boolean {
  const set = (event: ClipboardEvent) => {
    event.preventDefault()
    event.clipboardData?.setData('text/plain', text)
  }
  document.addEventListener('copy', set)
  try {
    // The only way without a secure context.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand('copy')
  } finally {
    document.removeEventListener('copy', set)
  }
}
