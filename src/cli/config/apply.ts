import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { type ConfigStep, planConfig } from '../../app/plan-config.ts'
import { scopeWords } from '../../app/scopes/take-in.ts'
import { collectBytes } from '../../core/bytes.ts'
import { messageOf, RedomaError } from '../../core/errors.ts'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { currentConfiguration } from './current.ts'
import { parseConfig } from './parse-config.ts'

interface ApplyOptions {
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

export function defineConfigApply(group: Command, context: Context): void {
  group
    .command('apply')
    .description('make the configuration what a file says: show what changes, then do all of it or nothing')
    .argument('<file>', 'as config export prints it; - is standard input')
    .option('--dry-run', 'only show what would change')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the steps as JSON')
    .addHelpText('after', example('redoma config apply redoma.yaml --dry-run'))
    .action(async (path: string, options: ApplyOptions) => {
      const { terminal } = context
      const wanted = parseConfig(await textOf(context, path))
      await using instance = await context.services.openInstance()
      const steps = planConfig(await currentConfiguration(instance.catalogue), wanted)
      if (options.json) terminal.printJson(steps)
      else if (steps.length === 0) terminal.print('Nothing is to be changed.')
      else terminal.print(...steps.map((step) => stepLine(step, terminal.style)))
      if (options.dryRun || steps.length === 0) return
      for (const question of questionsAbout(steps)) {
        if (!(await confirm(terminal, question, options.yes === true)))
          throw new RedomaError('CANCELLED', 'nothing was changed')
      }
      const warnings = await instance.applyConfig(steps, context.signal)
      instance.log.info('configuration applied', { steps: steps.length })
      if (!options.json) terminal.print(`${terminal.style.green('✓')} Done.`)
      for (const warning of warnings)
        terminal.note(`${terminal.noteStyle.yellow('note:')} ${printable(warning)}`)
    })
}

function questionsAbout(steps: readonly ConfigStep[]): string[] {
  return [
    ...(steps.some(({ kind }) => kind === 'remove') ? ['Remove what the file does not name?'] : []),
    ...(steps.some((step) => step.what === 'appliance' && !step.isAppliance)
      ? ['Allow copies on the instance itself?']
      : []),
  ]
}

function stepLine(step: ConfigStep, style: Style): string {
  if (step.what === 'appliance')
    return style.yellow(
      `~ the instance is ${step.isAppliance ? 'a crypto appliance' : 'no crypto appliance'}`,
    )
  if (step.what === 'timestamps') {
    const by = step.timestamps === undefined ? 'by nobody' : `by ${printable(step.timestamps.authority)}`
    return style.yellow(`~ ledgers are stamped ${by}`)
  }
  const words = `${step.what} ${printable(step.name)}`
  switch (step.kind) {
    case 'add':
      return style.green(`+ ${words}${detailOf(step)}`)
    case 'change':
      return style.yellow(`~ ${words}${detailOf(step)}`)
    case 'remove':
      return style.red(`- ${words}`)
  }
}

/** Of a scope, what it will take in: it decides who is given which secrets. */
function detailOf(step: ConfigStep): string {
  return step.what === 'scope' && step.kind !== 'remove' ? `: ${printable(scopeWords(step.spec))}` : ''
}

async function textOf({ terminal }: Context, path: string): Promise<string> {
  try {
    const bytes = path === '-' ? await collectBytes(terminal.stdin, 4 * 1024 * 1024) : await readFile(path)
    return Buffer.from(bytes).toString('utf8')
  } catch (error) {
    throw new RedomaError('USAGE', `cannot read ${path}`, { cause: new Error(messageOf(error)) })
  }
}
