import { resolve } from 'node:path'
import type { ExportFormat } from '../../app/export-credentials.ts'
import type { OpenGlass } from '../../app/open-glass.ts'
import { RedomaError } from '../../core/errors.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { askLine } from '../ask-line.ts'
import { describeFailure, failureLines } from '../failure.ts'
import { count } from '../figures.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import type { GlassContext } from './glass-context.ts'
import { exportFormats, saveFiles, writeExport } from './save.ts'
import { columns, linesOf, row, stateOf } from './show-found.ts'

const rowsShown = 40

const help = [
  'TEXT            search: title, user, host, URL, folder, owner, tags; several words must all fit',
  'NUMBER          show that one with its secrets; Enter hides it again',
  'files NUMBER [FOLDER]     write its attachments (below this folder)',
  'export FORMAT FILE        write what was found last: csv, bitwarden, kdbx',
  'q               close',
]

/** Searches and shows, as often as somebody likes: passwords and shares are typed once. */
export async function search(context: GlassContext, glass: OpenGlass): Promise<void> {
  const { terminal, signal } = context
  let found = glass.search('')
  terminal.note(
    ...stateOf(terminal, glass),
    `${count(found.length, 'credential')}. ${terminal.noteStyle.dim('Type what you look for; ? for help, q to close.')}`,
  )
  for (;;) {
    const line = (await askLine(terminal, 'search> ', signal))?.trim()
    if (line === undefined || line === 'q') return
    try {
      found = await answer(context, glass, found, line)
    } catch (error) {
      signal.throwIfAborted()
      terminal.note(...failureLines(describeFailure(error), terminal.noteStyle))
    }
  }
}

/** @returns what is found now */
async function answer(
  context: GlassContext,
  glass: OpenGlass,
  found: readonly CredentialRecord[],
  line: string,
): Promise<readonly CredentialRecord[]> {
  const { terminal } = context
  const [word = '', ...rest] = line.split(/\s+/)
  if (word === '?' || word === 'help') {
    terminal.print(...help)
    return found
  }
  if (word === 'files' && /^\d+$/.test(rest[0] ?? '')) {
    await saveFiles(terminal, [numbered(found, rest[0])], resolve(rest[1] ?? '.'))
    return found
  }
  if (word === 'export' && isFormat(rest[0]) && rest[1] !== undefined) {
    await writeExport(terminal, found, { export: rest[0], out: rest[1] })
    return found
  }
  if (/^\d{1,6}$/.test(line) && Number(line) <= found.length) {
    await reveal(context, glass, numbered(found, line))
    return found
  }
  const hits = glass.search(line)
  showNumbered(terminal, hits)
  return hits
}

function isFormat(word: string | undefined): word is ExportFormat['kind'] {
  return exportFormats.some((format) => format === word)
}

function numbered(found: readonly CredentialRecord[], number = ''): CredentialRecord {
  const record = found[Number(number) - 1]
  if (record === undefined) throw new RedomaError('NOT_FOUND', `there is no number ${number} in the list`)
  return record
}

function showNumbered(terminal: Terminal, hits: readonly CredentialRecord[]): void {
  const numberedColumns = [{ title: '#', align: 'right' } as const, ...columns]
  const rows = hits.slice(0, rowsShown).map((record, index) => [String(index + 1), ...row(record)])
  if (rows.length > 0) terminal.print(...table(numberedColumns, rows, terminal.style))
  const more = hits.length > rowsShown ? `, the first ${rowsShown} shown` : ''
  const next = hits.length === 0 ? '' : ' A number shows that one.'
  terminal.note(terminal.noteStyle.dim(`${count(hits.length, 'credential')}${more}.${next}`))
}

/** On the terminal's other screen, so that nothing of it stays when it is hidden again. */
async function reveal(
  { terminal, signal }: GlassContext,
  glass: OpenGlass,
  record: CredentialRecord,
): Promise<void> {
  terminal.stdout.write('\u001b[?1049h\u001b[H\u001b[2J')
  try {
    terminal.print(...linesOf(terminal, glass, record, true), '')
    await askLine(terminal, 'Enter hides it. ', signal)
  } finally {
    terminal.stdout.write('\u001b[2J\u001b[?1049l')
  }
}
