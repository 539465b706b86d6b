import { resolve } from 'node:path'
import { type ExportFormat, exportCredentials } from '../../app/export-credentials.ts'
import { saveAttachments } from '../../app/save-attachments.ts'
import { RedomaError } from '../../core/errors.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { askSecret } from '../ask.ts'
import { count } from '../figures.ts'
import { printable } from '../printable.ts'
import type { Terminal } from '../terminal.ts'

export const exportFormats = ['csv', 'bitwarden', 'kdbx'] as const

export interface ExportOptions {
  readonly export?: ExportFormat['kind']
  readonly out?: string
  readonly exportPasswordFile?: string
}

/** Before anybody types a password. @throws RedomaError `USAGE` */
export function requireWhole(options: ExportOptions): void {
  if (options.export !== undefined && options.out === undefined) {
    throw new RedomaError('USAGE', '--export needs --out', { hint: '--export kdbx --out vault.kdbx' })
  }
  if (options.export === undefined && options.out !== undefined) {
    throw new RedomaError('USAGE', '--out needs --export', { hint: `--export ${exportFormats.join('|')}` })
  }
}

/** Writes credentials into a new file, and says what the format has no place for. */
export async function writeExport(
  terminal: Terminal,
  found: readonly CredentialRecord[],
  { export: kind = 'csv', out = '', exportPasswordFile }: ExportOptions,
): Promise<void> {
  const format: ExportFormat =
    kind === 'kdbx' ? { kind, password: await databasePassword(terminal, exportPasswordFile) } : { kind }
  const path = resolve(out)
  const leftOut = await exportCredentials(found, format, path)
  const { style, noteStyle } = terminal
  terminal.print(`${style.green('✓')} ${count(found.length, 'credential')} in ${printable(path)}`)
  if (leftOut.length > 0)
    terminal.note(noteStyle.dim(`Left out, as this format has no place for them: ${leftOut.join(', ')}.`))
  if (kind !== 'kdbx')
    terminal.note(noteStyle.yellow('All of it is in the clear there: destroy the file when it has served.'))
}

function databasePassword(terminal: Terminal, file: string | undefined) {
  return askSecret(terminal, { prompt: 'New password for the KeePass database', file, twice: true })
}

/** Writes the attachments of credentials below a folder. */
export async function saveFiles(
  terminal: Terminal,
  found: readonly CredentialRecord[],
  folder: string,
): Promise<void> {
  const paths = await saveAttachments(found, folder)
  for (const path of paths) terminal.print(printable(path))
  terminal.note(`${count(paths.length, 'attachment')}.`)
}
