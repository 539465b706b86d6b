import { basename, resolve } from 'node:path'
import type { Command } from 'commander'
import { RedomaError } from '../../../core/errors.ts'
import type { Context } from '../../context.ts'
import { count, formatTime } from '../../figures.ts'
import { example } from '../../help.ts'
import { parseSpan } from '../../parse.ts'
import { printable } from '../../printable.ts'

interface StartOptions {
  readonly scope?: string
  readonly expires: string
  readonly out: string
  readonly json?: true
}

export function defineDrillStart(group: Command, context: Context): void {
  group
    .command('start')
    .description('write a question for each guardian, into one file for all of them')
    .option('--scope <name>', 'of the key of a scope that has one of its own')
    .option('--expires <span>', 'how long answers count', '14d')
    .requiredOption('--out <file>', 'a new file; it is public: mail it')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('redoma glass drill start --out drill.json'))
    .action(async (options: StartOptions) => {
      const lifeMs = parseSpan(options.expires)
      if (lifeMs === 0) throw new RedomaError('USAGE', 'answers must count for some time')
      await using instance = await context.services.openInstance()
      const path = resolve(options.out)
      const before = await instance.catalogue.drills.list()
      const drill = await instance.startDrill(path, lifeMs, options.scope)
      const { generation, expires, shares } = drill
      instance.log.info('drill started', { drill: drill.drill, generation, expires })
      const { terminal } = context
      if (options.json) {
        terminal.printJson({ drill: drill.drill, generation, expires, shares: shares.length, file: path })
        return
      }
      const asked =
        shares.length === 0 ? 'the master password' : `${count(shares.length, 'card')}, and the whole key`
      terminal.say(
        `${terminal.style.green('✓')} A drill of generation ${generation}: ${asked}.`,
        `  ${terminal.style.dim('written')} ${terminal.style.bold(printable(path))}`,
        '',
        ...whatNext(printable(basename(path)), shares.length > 0, options.scope),
        `Answers count until ${formatTime(new Date(expires))}.`,
      )
      const former = before.find((one) => one.generation === generation)
      if (former !== undefined && former.expiresAt > context.clock.now()) {
        terminal.note(
          `${terminal.noteStyle.yellow('note:')} Codes are of this drill from now on. Those of the one of ${formatTime(former.startedAt)} are taken as files alone.`,
        )
      }
    })
}

function whatNext(file: string, hasGuardians: boolean, scope: string | undefined): string[] {
  const ofScope = scope === undefined ? '' : ` --scope ${printable(scope)}`
  return [
    hasGuardians
      ? 'Send it to every guardian. Each opens it on a machine of their own, and tells you the code:'
      : 'Whoever has the master password opens it, on a machine of their own, and tells you the code:',
    `  redoma glass drill open ${file}${hasGuardians ? '' : ' --whole'}`,
    'or in the page open.html. You take each code down with:',
    `  redoma glass drill answer ${hasGuardians ? '--share NUMBER' : '--whole'} CODE${ofScope}`,
  ]
}
