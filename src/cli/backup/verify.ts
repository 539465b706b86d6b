import type { Command } from 'commander'
import { logVerifications } from '../../app/log-verifications.ts'
import type { DataToVerify, Verification } from '../../app/verify-backup.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Finding } from '../../ports/verification.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodeFor, exitCodeOfAll, exitCodes } from '../exit-codes.ts'
import { count, formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { bringIncidentsUpToDate } from '../incident/brought-up-to-date.ts'
import { parseSpan } from '../parse.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { Style } from '../style.ts'
import { parsePart, parseSubset } from './parse-subset.ts'

interface VerifyOptions {
  readonly readData?: true
  readonly readDataSubset?: string
  readonly readDataRotating?: string
  readonly at?: string[]
  readonly lock: boolean
  readonly retryLock: string
  readonly json?: true
}

export function defineBackupVerify(group: Command, context: Context): void {
  group
    .command('verify')
    .description('look whether all that was put at the destinations is there, whole and unaltered')
    .option('--read-data', 'read, decrypt and hash every byte of the system backups too')
    .option('--read-data-subset <part>', 'of them: 3/10 (the third of ten parts), 5%, or 2G (by chance)')
    .option(
      '--read-data-rotating <runs>',
      'of them the part that is next, so that all is read once in so many runs',
    )
    .option('--at <destination...>', 'at these destinations only')
    .option('--no-lock', 'take no lock: where nobody prunes meanwhile')
    .option('--retry-lock <span>', 'how long to wait for who prunes a repository', '1m')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      example(
        'redoma backup verify',
        'redoma backup verify --read-data --at nas',
        'redoma backup verify --read-data-rotating 30     # every night: all is read once a month',
      ),
    )
    .action(async (options: VerifyOptions) => {
      const readData = dataToVerify(options)
      const readingLock = options.lock ? 'wanted' : 'none'
      const how = { patienceMs: parseSpan(options.retryLock), readingLock } as const
      await using instance = await context.services.openInstance()
      const targets = await instance.targets(options.at ?? [])
      const report = await verify()
      const { terminal } = context
      if (options.json) terminal.printJson(report)
      else terminal.say(...report.flatMap((one) => linesOf(one, terminal.style)))
      logVerifications(instance.log, report)
      await bringIncidentsUpToDate(instance, context)
      context.finish(exitCodeOfReport(report))

      async function verify(): Promise<readonly Verification[]> {
        using bar = startProgressBar(context.terminal, context.clock)
        return await instance.verifyBackup(targets, { readData, how }, bar.progress, context.signal)
      }
    })
}

const findingsShown = 20

function linesOf({ destination, what, outcome }: Verification, style: Style): string[] {
  const where = `${printable(destination)} ${what}`
  switch (outcome.kind) {
    case 'verified':
      return [
        `${style.green('✓')} ${where}: ${count(outcome.objects, 'object')}, ${formatBytes(outcome.bytes)} read`,
        ...noteLines(outcome.notes, style),
      ]
    case 'left-out': {
      const { message, hint } = outcome.failure
      const advice = hint === undefined ? [] : [`  ${style.dim('try:')} ${printable(hint)}`]
      return [`${style.yellow('–')} not verified: ${printable(message)}`, ...advice]
    }
    case 'failed': {
      const { message, hint } = outcome.failure
      const advice = hint === undefined ? [] : [`  ${style.dim('try:')} ${printable(hint)}`]
      return [`${style.red('✗')} ${where}: ${printable(message)}`, ...advice]
    }
    case 'wrong': {
      const { findings } = outcome
      const shown = findings.slice(0, findingsShown)
      return [
        `${style.red('✗')} ${where}: ${count(findings.length, 'finding')}`,
        ...shown.map(({ object, message }) => `  ${printable(object)}: ${printable(message)}`),
        ...(findings.length > shown.length ? [style.dim('  … all of them: --json')] : []),
        ...noteLines(outcome.notes, style),
        ...hintLines(outcome.findings, style),
        ...(what === 'repository' ? [`  ${style.dim('try:')} redoma backup repair --help`] : []),
      ]
    }
  }
}

function hintLines(findings: readonly Finding[], style: Style): string[] {
  const hints = new Set(findings.flatMap(({ hint }) => hint ?? []))
  return [...hints].map((hint) => `  ${style.dim('try:')} ${printable(hint)}`)
}

function noteLines(notes: readonly string[], style: Style): string[] {
  return notes.map((note) => `  ${style.dim('note:')} ${printable(note)}`)
}

/** Damage counts more than what could not be looked at, and that more than what nobody can look at from here. */
function exitCodeOfReport(report: readonly Verification[]): ExitCode {
  const isLeftOut = ({ outcome }: Verification): boolean => outcome.kind === 'left-out'
  if (report.length > 0 && report.every(isLeftOut)) return exitCodes.failed
  const codes = report.flatMap(({ outcome }) => {
    if (outcome.kind === 'verified' || outcome.kind === 'left-out') return []
    return [outcome.kind === 'wrong' ? exitCodes.damaged : exitCodeFor(outcome.failure.code)]
  })
  if (codes.length === 0 && report.some(isLeftOut)) return exitCodes.warnings
  return codes.includes(exitCodes.damaged) ? exitCodes.damaged : exitCodeOfAll(codes)
}

/** @throws RedomaError `USAGE` */
function dataToVerify({ readData, readDataSubset, readDataRotating }: VerifyOptions): DataToVerify {
  const asked = [readData, readDataSubset, readDataRotating].filter((option) => option !== undefined)
  if (asked.length > 1) throw new RedomaError('USAGE', 'only one of the options --read-data… at once')
  if (readDataSubset !== undefined) return parseSubset(readDataSubset)
  if (readDataRotating !== undefined) return { kind: 'rotating', parts: parsePart(readDataRotating, 256) }
  return { kind: readData === true ? 'all' : 'none' }
}
