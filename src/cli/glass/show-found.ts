import type { OpenGlass } from '../../app/open-glass.ts'
import { isRedomaError, messageOf } from '../../core/errors.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { factsOfCredential, jsonOfCredential } from '../credential/facts.ts'
import { count, formatSpan } from '../figures.ts'
import { printable } from '../printable.ts'
import { type Style, unbroken } from '../style.ts'
import { type Column, facts, table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { fingerprintLines } from './fingerprint-lines.ts'

export interface ShowOptions {
  readonly search?: string
  readonly reveal?: true
  readonly totp?: true
  readonly json?: true
}

/** Prints what was found: a table, all of each where it is to be revealed, or JSON. */
export async function showFound(
  terminal: Terminal,
  glass: OpenGlass,
  found: readonly CredentialRecord[],
  options: ShowOptions,
): Promise<void> {
  const reveal = options.reveal === true
  if (options.json) {
    const credentials = await Promise.all(
      found.map(async (record) => ({
        ...((await jsonOfCredential(record, reveal)) as object),
        ...(options.totp === true ? { totpCode: codeOf(glass, record) } : {}),
      })),
    )
    const { manifest, keyFingerprint, ledger } = glass
    terminal.printJson({ manifest, keyFingerprint, ledger, credentials })
    return
  }
  const { noteStyle } = terminal
  terminal.note(...stateOf(terminal, glass))
  if (reveal || options.totp) {
    for (const record of found) terminal.print('', ...linesOf(terminal, glass, record, reveal))
    return
  }
  terminal.print(...table(columns, found.map(row), terminal.style))
  terminal.note(
    `${count(found.length, 'credential')}. ${noteStyle.dim('--search TEXT --reveal shows secrets, --to DIR writes everything.')}`,
  )
}

/** Whether it is whole, whose it is, how old, and what the ledger says of it. */
export function stateOf({ noteStyle }: Terminal, glass: OpenGlass): string[] {
  const { damaged, manifest, ageMs } = glass
  const state = damaged.length === 0 ? 'The bundle is whole' : 'The bundle is damaged'
  const { instance, scope, sequence, generation } = manifest
  const age = ageMs < 0 ? 'made in the future, by this clock' : `made ${spanOf(ageMs)} ago`
  const part = scope === undefined ? '' : `the scope ${printable(scope)} of `
  const whose = `number ${sequence} of ${part}${printable(instance.name)}, generation ${generation.number}`
  return [
    `${state}; ${whose}; it was ${age}.`,
    ...(manifest.doubts ?? []).map((doubt) =>
      noteStyle.yellow(`Its instance doubted it: ${printable(doubt)}`),
    ),
    ...ledgerLines(noteStyle, glass),
    ...toCompare(noteStyle, glass),
  ]
}

/** What a copy says of itself, its maker says: no tick stands before what nobody has compared. */
function toCompare(style: Style, { manifest, keyFingerprint, ledger }: OpenGlass): string[] {
  const { bold, red } = style
  return [
    ...sealedTo({ red }, manifest, keyFingerprint, ledger),
    'Compare with your card before you use anything of it; whoever made up a copy has other fingerprints:',
    ...fingerprintLines('  recovery key  ', keyFingerprint, style, bold),
    ...(ledger === undefined ? [] : [`  ledger signer  ${bold(ledger.signer)}`]),
  ]
}

function sealedTo(
  { red }: Pick<Style, 'red'>,
  { generation }: OpenGlass['manifest'],
  keyFingerprint: string,
  ledger: OpenGlass['ledger'],
): string[] {
  if (generation.fingerprint === keyFingerprint) return []
  const rewrapped = ledger?.rewrapped
  return rewrapped?.fingerprint === keyFingerprint
    ? [
        `It was sealed to generation ${generation.number}, and rewrapped since: its key is of generation ${rewrapped.generation}.`,
      ]
    : [red('The bundle names another recovery key than the one that opened it: somebody else made it.')]
}

function ledgerLines({ dim, red, yellow }: Style, { ledger }: OpenGlass): string[] {
  if (ledger === undefined) return [dim('There is no ledger beside it that says whether it is the newest.')]
  const { bundle, findings, newer } = ledger
  const faults = findings.map((message) =>
    red(`The ledger is not as its instance left it: ${printable(message)}.`),
  )
  switch (bundle) {
    case 'listed':
      return [
        ...faults,
        newer === undefined
          ? 'As far as the ledger in this copy goes, it is unaltered, and the newest.'
          : yellow(`The ledger lists a newer one: ${printable(newer)}`),
      ]
    case 'altered':
      return [...faults, red('By the ledger this is not the bundle that was put here under this name.')]
    case 'not-read':
      return faults
    case 'not-listed':
      return [...faults, red('The ledger does not list it: it may be of somebody else, or of another copy.')]
  }
}

const dayMs = 24 * 3_600_000

function spanOf(milliseconds: number): string {
  return milliseconds < 2 * dayMs ? formatSpan(milliseconds) : `${Math.floor(milliseconds / dayMs)} days`
}

export const columns: readonly Column[] = [
  { title: 'FOLDER' },
  { title: 'TITLE' },
  { title: 'KIND' },
  { title: 'USER' },
  { title: 'HOST', cut: 'middle' },
]

export function row({ folder, title, kind, user, host, url }: CredentialRecord): string[] {
  return [folder ?? '', title, kind, user ?? '', host ?? withoutScheme(url ?? '')].map(printable)
}

/** What tells addresses apart comes first. */
function withoutScheme(url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\//i, '')
}

/** All of one credential, a fact a line; its TOTP code of this moment, too. */
export function linesOf(
  terminal: Terminal,
  glass: OpenGlass,
  record: CredentialRecord,
  reveal: boolean,
): string[] {
  const code = codeOf(glass, record)
  const pairs = factsOfCredential(record, reveal)
  return facts(code === undefined ? pairs : [...pairs, ['TOTP code', code]], unbroken(terminal.style))
}

/** `undefined` where there is no seed. A seed that is of no use says so. */
function codeOf(glass: OpenGlass, record: CredentialRecord): string | undefined {
  try {
    const { code, secondsLeft } = glass.totp(record)
    return `${code} (for ${secondsLeft} s)`
  } catch (error) {
    if (isRedomaError(error, 'NOT_FOUND')) return undefined
    return messageOf(error)
  }
}
