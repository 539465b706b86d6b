import type { ExportForm } from '../../protocol.ts'
import type { PageContext, Session } from '../context.ts'
import { type Child, h } from '../element.ts'
import { explain } from '../gate/explain.ts'
import { icon } from '../icons.ts'
import { openDialog } from '../open-dialog.ts'
import { saveFile } from '../save-file.ts'
import { type Health, integrityLine, type Line, ledgerLine, otherKeyLine } from './health.ts'

/** All that is known of the bundle; `chooseLedger` where none was looked at yet. */
export function showAbout(
  context: PageContext,
  { opened }: Session,
  health: Health,
  takeLedger: (file: File) => void,
): void {
  const { texts } = context
  const otherKey = otherKeyLine(context, opened, health)
  const fingerprint = opened.fingerprint.match(/.{4}/g) ?? []
  const dialog = openDialog(
    texts.about,
    texts.close,
    h(
      'dl',
      { class: 'facts' },
      fact(texts.instance, opened.instance.name, h('div', { class: 'quiet' }, opened.instance.id)),
      fact(texts.madeAt, `${texts.time(opened.time)} (${opened.time})`),
      fact(texts.contents, texts.holds(opened.credentials, opened.formerSecrets, opened.attachments)),
      fact(
        `${texts.fingerprint} (${texts.generation(opened.generation)})`,
        h('code', { class: 'fingerprint' }, ...fingerprint.map((group) => h('span', {}, group))),
        otherKey && h('p', { class: otherKey.verdict === 'bad' ? 'warning' : 'quiet' }, otherKey.text),
      ),
      fact(texts.integrity, ...lineOf(integrityLine(context, health))),
      fact(
        texts.ledger,
        ...lineOf(ledgerLine(context, health, opened.sequence)),
        health.ledger === 'none'
          ? ledgerChooser(texts.ledgerAdd, (file) => {
              dialog.close()
              takeLedger(file)
            })
          : undefined,
      ),
      fact(
        texts.leftOut,
        h(
          'ul',
          { class: 'plain-list' },
          ...opened.leftOut.map(({ what, why }) => h('li', {}, what, h('div', { class: 'quiet' }, why))),
        ),
      ),
    ),
  )
}

function lineOf({ text, more }: Line): Child[] {
  return [text, ...more.map((line) => h('div', { class: 'quiet' }, line))]
}

function ledgerChooser(label: string, take: (file: File) => void): HTMLElement {
  const input = h('input', {
    type: 'file',
    class: 'unseen',
    tabindex: -1,
    'aria-hidden': 'true',
    'data-chooser': 'ledger',
    onchange: () => {
      const [file] = Array.from(input.files ?? [])
      if (file !== undefined) take(file)
    },
  })
  return h(
    'div',
    {},
    h(
      'button',
      {
        type: 'button',
        class: 'small',
        onclick: () => {
          input.click()
        },
      },
      label,
    ),
    input,
  )
}

export function showSave({ texts }: PageContext, { client, opened }: Session): void {
  const problem = h('p', { class: 'hint', role: 'alert' })
  const saveWhenRead = (name: string, reading: Promise<Blob>) => {
    problem.textContent = ''
    reading.then(
      (content) => {
        saveFile(name, content)
      },
      (error: unknown) => {
        problem.textContent = explain(error, texts).text
      },
    )
  }
  const save = (form: ExportForm, name: string) => {
    saveWhenRead(name, client.call('exportAs', form))
  }
  openDialog(
    texts.save,
    texts.close,
    h('p', { class: 'warning' }, icon('bad'), h('span', {}, texts.exportLead)),
    h(
      'ul',
      { class: 'files' },
      saveItem(texts.exportCsv, texts.exportCsvHint, texts.download, texts.saveWhat(texts.exportCsv), () => {
        save('csv', 'secrets.csv')
      }),
      saveItem(
        texts.exportBitwarden,
        texts.exportBitwardenHint,
        texts.download,
        texts.saveWhat(texts.exportBitwarden),
        () => {
          save('bitwarden', 'bitwarden.json')
        },
      ),
    ),
    h('p', { class: 'quiet' }, texts.exportKdbx),
    problem,
    h('h3', {}, texts.filesInBundle),
    h('p', { class: 'quiet' }, texts.filesHint),
    h(
      'ul',
      { class: 'files' },
      ...opened.files.map(({ path, bytes }) =>
        saveItem(path, texts.bytes(bytes), texts.download, texts.saveWhat(path), () => {
          saveWhenRead(path.slice(path.lastIndexOf('/') + 1), client.call('file', path))
        }),
      ),
    ),
  )
}

function saveItem(
  name: string,
  hint: string,
  action: string,
  label: string,
  onclick: () => void,
): HTMLElement {
  return h(
    'li',
    { class: 'file' },
    icon('file'),
    h('span', { class: 'file-text' }, h('strong', {}, name), h('span', { class: 'quiet' }, hint)),
    h('button', { type: 'button', class: 'small', 'aria-label': label, onclick }, icon('download'), action),
  )
}

function fact(name: string, ...value: readonly Child[]): HTMLElement {
  return h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, ...value))
}
