import type { PageContext, Session } from '../context.ts'
import { h } from '../element.ts'
import { startVault, type VaultClient } from '../vault-client.ts'
import { pictureText } from './cards/scan-card.ts'
import { answerCode, DrillStep } from './drill-step.ts'
import { takeEmbeddedFiles } from './embedded-files.ts'
import { explain } from './explain.ts'
import { fileRows } from './file-rows.ts'
import { filesStep } from './files-step.ts'
import { GateFiles } from './gate-files.ts'
import { KeyStep } from './key-step.ts'

/** The page while nothing is open: files, key, and the way in. */
export class Gate {
  readonly #context: PageContext
  readonly #opened: (session: Session) => void
  readonly #holdCeremony: () => void
  readonly #files = new GateFiles()
  readonly #key: KeyStep
  readonly #heading = h('h1', { tabindex: -1 })
  readonly #filesPlace = h('div')
  readonly #keyPlace = h('div')
  readonly #status = h('div', { class: 'opening', 'aria-live': 'polite' })
  readonly #button = h('button', { class: 'primary wide' })
  #client: VaultClient | undefined

  constructor(context: PageContext, opened: (session: Session) => void, holdCeremony: () => void) {
    this.#context = context
    this.#opened = opened
    this.#holdCeremony = holdCeremony
    this.#key = new KeyStep(context, this.#files, () => {
      this.#refresh()
    })
  }

  /** `notice`: why the page is here again. */
  render(notice?: string): HTMLElement {
    const { texts } = this.#context
    this.#showFiles()
    this.#showKey()
    return h(
      'div',
      { class: 'gate' },
      notice === undefined ? undefined : h('p', { class: 'notice', role: 'status' }, notice),
      this.#heading,
      h('p', { class: 'lead' }, texts.lead),
      h(
        'form',
        {
          class: 'steps',
          onsubmit: (event: Event) => {
            event.preventDefault()
            void this.#open()
          },
        },
        this.#filesPlace,
        this.#keyPlace,
      ),
      h(
        'p',
        { class: 'other-way' },
        h('span', { class: 'quiet' }, texts.ceremony.enterLead),
        h(
          'button',
          {
            type: 'button',
            class: 'plain',
            onclick: () => {
              this.#holdCeremony()
            },
          },
          texts.ceremony.enter,
        ),
      ),
    )
  }

  /** The files that the page came with, if any. */
  async takeEmbedded(): Promise<void> {
    const files = takeEmbeddedFiles()
    if (files.length > 0) await this.add(files)
  }

  /** Leaves nothing of what was typed; `isLeft`: nor of what is being opened with it. */
  forget(isLeft: boolean): void {
    if (this.#client !== undefined && !isLeft) return
    this.#client?.close()
    this.#client = undefined
    this.#key.wipe()
    this.#refresh()
  }

  async add(files: readonly File[]): Promise<void> {
    const { texts, announce } = this.#context
    const pictures = files.filter(({ type }) => type.startsWith('image/'))
    await this.#files.add(files.filter((file) => !pictures.includes(file)))
    await this.#key.readLists()
    this.#refresh()
    for (const picture of pictures) await this.#takePicture(picture)
    announce(
      fileRows(texts, this.#files)
        .map(({ title, name }) => `${title}: ${name}`)
        .join('. '),
    )
    if (this.#files.bundle !== undefined && this.#files.identity !== undefined) this.#key.focus()
  }

  /** Of a card. */
  async #takePicture(picture: File): Promise<void> {
    const text = await pictureText(picture)
    if (text === undefined) this.#showProblem(this.#context.texts.scanNothing, picture.name)
    else this.#key.takeCard(text)
  }

  #refresh(): void {
    this.#clearStatus()
    this.#showFiles()
    this.#showKey()
  }

  #showFiles(): void {
    const events = {
      add: (files: readonly File[]) => void this.add(files),
      remove: (files: Parameters<GateFiles['remove']>[0]) => {
        this.#files.remove(files)
        this.#refresh()
      },
      choose: (...[what, file]: Parameters<GateFiles['choose']>) => {
        this.#files.choose(what, file)
        this.#refresh()
      },
    }
    this.#filesPlace.replaceChildren(filesStep(this.#context.texts, this.#files, events))
  }

  #showKey(): void {
    const { texts } = this.#context
    const { bundle, identity, drill } = this.#files
    const isDrill = bundle === undefined && drill !== undefined
    this.#heading.textContent = isDrill ? texts.drillTitle : texts.title
    this.#button.textContent = isDrill ? texts.drillTitle : texts.open
    if (isDrill && identity === undefined) {
      this.#keyPlace.replaceChildren(new DrillStep(this.#context, drill.file).render())
      return
    }
    const isReady = (bundle ?? drill) !== undefined && identity !== undefined
    this.#keyPlace.replaceChildren(
      h(
        'section',
        { class: isReady ? 'step' : 'step waiting', 'aria-labelledby': 'key-step' },
        h('h2', { id: 'key-step' }, texts.keyStep),
        ...(isReady ? this.#key.render() : [h('p', { class: 'quiet' }, texts.filesFirst)]),
        isReady ? this.#status : undefined,
        isReady ? this.#button : undefined,
      ),
    )
  }

  async #open(): Promise<void> {
    const { bundle, identity, ledger, drill } = this.#files
    if (identity === undefined || this.#client !== undefined) return
    const { key } = this.#key
    if (key === undefined) {
      this.#status.replaceChildren(h('p', {}, this.#key.missing()))
      return
    }
    const client = startVault(this.#showProgress(key.kind === 'cards'))
    this.#client = client
    try {
      if (bundle === undefined) {
        if (drill === undefined) return
        const answer = await client.call('answerByKey', drill.file, identity.file, key)
        client.close()
        this.#clearStatus()
        this.#status.replaceChildren(answerCode(this.#context, answer))
        this.#status.scrollIntoView({ block: 'nearest' })
        return
      }
      const opened = await client.call('open', {
        bundle: bundle.file,
        identity: identity.file,
        key,
      })
      if (this.#client !== client) return
      this.#key.wipe()
      this.#clearStatus()
      this.#opened({ client, opened, bundleName: bundle.name, ledger: ledger?.file })
    } catch (error) {
      client.close()
      this.#showError(error)
    } finally {
      if (this.#client === client) this.#client = undefined
    }
  }

  #showProgress(isByCards: boolean): (done: number) => void {
    const { texts, announce } = this.#context
    const label = h('p', {}, isByCards ? texts.derivingCards : texts.deriving)
    const bar = h('progress', { max: 1, value: 0, 'aria-label': texts.derivingShort })
    const stop = h(
      'button',
      {
        type: 'button',
        class: 'plain',
        onclick: () => {
          this.#client?.close()
          this.#client = undefined
          this.#clearStatus()
          announce(texts.stopped)
          this.#key.focus()
        },
      },
      texts.stop,
    )
    this.#status.replaceChildren(h('div', { class: 'progress' }, label, bar, stop))
    this.#button.hidden = true
    return (done) => {
      bar.value = done
      if (done < 1) return
      bar.removeAttribute('value')
      label.textContent = texts.reading
    }
  }

  #showError(error: unknown): void {
    const { text, detail } = explain(error, this.#context.texts)
    this.#showProblem(text, detail)
    this.#key.focus()
  }

  #showProblem(text: string, detail: string): void {
    const { texts } = this.#context
    this.#button.hidden = false
    this.#status.replaceChildren(
      h(
        'div',
        { class: 'problem', role: 'alert' },
        h('p', {}, text),
        h('details', {}, h('summary', {}, texts.details), h('code', {}, detail)),
      ),
    )
  }

  #clearStatus(): void {
    this.#status.replaceChildren()
    this.#button.hidden = false
  }
}
