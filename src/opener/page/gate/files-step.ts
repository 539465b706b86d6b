import { h } from '../element.ts'
import { type IconName, icon } from '../icons.ts'
import type { Texts } from '../texts/english.ts'
import { wantedFiles } from './dropped-files.ts'
import { type FileRow, fileRows } from './file-rows.ts'
import type { GateFiles } from './gate-files.ts'
import type { FileRole, KnownFile } from './recognise-file.ts'

const icons: Record<FileRole, IconName> = {
  bundle: 'bundle',
  'password-identity': 'key',
  'quorum-identity': 'key',
  'plain-identity': 'key',
  'share-list': 'list',
  ledger: 'seal',
  drill: 'drill',
  unknown: 'file',
}

export interface FilesStepEvents {
  readonly add: (files: readonly File[]) => void
  readonly remove: (files: readonly KnownFile[]) => void
  readonly choose: (what: 'bundle' | 'identity', file: KnownFile) => void
}

/** The first step: where files are dropped or chosen, what they are, and which are still needed. */
export function filesStep(texts: Texts, files: GateFiles, events: FilesStepEvents): HTMLElement {
  const isEmpty = files.all.length === 0
  return h(
    'section',
    { class: 'step', 'aria-labelledby': 'files-step' },
    h('h2', { id: 'files-step' }, texts.filesStep),
    h(
      'div',
      { class: isEmpty ? 'drop' : 'drop small' },
      isEmpty ? icon('bundle') : undefined,
      isEmpty ? h('p', { class: 'drop-title' }, texts.drop) : undefined,
      isEmpty ? h('p', { class: 'quiet' }, texts.dropMore) : undefined,
      h('div', { class: 'buttons' }, ...choosers(texts, events)),
    ),
    isEmpty
      ? undefined
      : h('ul', { class: 'files' }, ...fileRows(texts, files).map((row) => fileItem(texts, row, events))),
    ...choices(texts, files, events),
    ...missing(texts, files).map((text) => h('p', { class: 'hint' }, text)),
  )
}

function choosers(texts: Texts, events: FilesStepEvents): HTMLElement[] {
  return [chooser(texts.chooseFiles, false, events.add), chooser(texts.chooseFolder, true, events.add)]
}

function chooser(label: string, isFolder: boolean, add: (files: readonly File[]) => void): HTMLElement {
  const input = h('input', {
    type: 'file',
    multiple: true,
    class: 'unseen',
    tabindex: -1,
    'aria-hidden': 'true',
    webkitdirectory: isFolder,
    'data-chooser': isFolder ? 'folder' : 'files',
    onchange: () => {
      const files = Array.from(input.files ?? [])
      input.value = ''
      add(isFolder ? wantedFiles(files) : files)
    },
  })
  const onclick = () => {
    input.click()
  }
  return h('span', {}, h('button', { type: 'button', class: isFolder ? 'plain' : '', onclick }, label), input)
}

function fileItem(texts: Texts, { role, title, name, files }: FileRow, events: FilesStepEvents): HTMLElement {
  const onclick = () => {
    events.remove(files)
  }
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0)
  return h(
    'li',
    { class: role === 'unknown' ? 'file muted' : 'file' },
    icon(icons[role]),
    h('span', { class: 'file-text' }, h('strong', {}, title), h('span', { class: 'file-name' }, name)),
    h('span', { class: 'quiet' }, texts.bytes(bytes)),
    h(
      'button',
      {
        type: 'button',
        class: 'icon-only',
        'aria-label': texts.remove(files.length === 1 ? name : title),
        onclick,
      },
      icon('remove'),
    ),
  )
}

function choices(texts: Texts, files: GateFiles, events: FilesStepEvents): (HTMLElement | undefined)[] {
  return [
    choice(texts.whichBundle, files.bundles, files.bundle, (file) => {
      events.choose('bundle', file)
    }),
    choice(texts.whichIdentity, files.generations, files.identity, (file) => {
      events.choose('identity', file)
    }),
  ]
}

function choice(
  label: string,
  files: readonly KnownFile[],
  chosen: KnownFile | undefined,
  choose: (file: KnownFile) => void,
): HTMLElement | undefined {
  if (files.length < 2) return undefined
  const select = h(
    'select',
    {
      onchange: () => {
        const file = files[select.selectedIndex]
        if (file !== undefined) choose(file)
      },
    },
    ...files.map((file) => h('option', { selected: file === chosen }, file.name)),
  )
  return h('label', { class: 'choice' }, label, select)
}

function missing(texts: Texts, files: GateFiles): string[] {
  // A drill asks one card alone.
  if (files.all.length === 0 || (files.drill !== undefined && files.bundle === undefined)) return []
  return [
    ...(files.bundle === undefined ? [texts.bundleMissing] : []),
    ...(files.identity === undefined ? [texts.identityMissing] : []),
  ]
}
