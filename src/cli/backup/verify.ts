import type { Command } from 'commander'
import type { Verification } from '../../app/verify-backup.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { count, formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { Style } from '../style.ts'

interface VerifyOptions {
  readonly readData?: true
  readonly at?: string[]
  readonly json?: true
}

export function defineBackupVerify(group: Command, context: Context): void {
  group
    .command('verify')
    .description('look whether all that was put at the destinations is there, whole and unaltered')
    .option('--read-data', 'read, decrypt and hash every byte of the system backups too')
    .option('--at <destination...>', 'at these destinations only')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', example('redoma backup verify', 'redoma backup verify --read-data --at nas'))
    .action(async (options: VerifyOptions) => {
      await using instance = await context.services.openInstance()
      const targets = await instance.targets(options.at ?? [])
      const report = await verify()
      const { terminal } = context
      if (options.json) terminal.printJson(report)
      else terminal.print(...report.flatMap((one) => linesOf(one, terminal.style)))
      for (const { destination, what, outcome } of report) {
        instance.log[outcome.kind === 'verified' ? 'info' : 'error']('backup verified', {
          destination,
          what,
          outcome: outcome.kind,
        })
      }
      context.finish(exitCodeOfReport(report))

      async function verify(): Promise<readonly Verification[]> {
        using bar = startProgressBar(context.terminal, context.clock)
        const readData = options.readData === true
        return await instance.verifyBackup(targets, { readData }, bar.progress, context.signal)
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
        ...outcome.notes.map((note) => `  ${style.dim('note:')} ${printable(note)}`),
      ]
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
      ]
    }
  }
}

function exitCodeOfReport(report: readonly Verification[]): ExitCode {
  const kinds = report.map(({ outcome }) => outcome.kind)
  if (kinds.includes('wrong')) return exitCodes.damaged
  return kinds.includes('failed') ? exitCodes.failed : exitCodes.done
}
