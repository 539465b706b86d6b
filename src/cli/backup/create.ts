import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { Run } from '../../ports/catalogue.ts'
import type { Job } from '../../ports/progress.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'
import { nearName } from '../near-names.ts'
import { parseSpan } from '../parse.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { OpenInstance } from '../services.ts'
import { runJson } from './json.ts'
import { parseTags } from './parse-tags.ts'
import { runLines } from './run-lines.ts'
import { transferLines, transfersOf } from './transfers.ts'

interface CreateOptions {
  readonly only?: string
  readonly to?: string[]
  readonly tag?: string[]
  readonly allowShrunken?: true
  readonly leastShare: string
  readonly retryLock: string
  readonly json?: true
}

const jobs: readonly Job[] = ['secrets', 'system', 'recordings']

export function defineBackupCreate(group: Command, context: Context): void {
  group
    .command('create')
    .description('back up now: secrets, system and recordings, to every destination')
    .option('--only <jobs>', 'some of them: secrets,system,recordings')
    .option('--to <destination...>', 'to these destinations only')
    .option('--tag <tag...>', 'of the system backups, for forget --keep-tag: before-upgrade')
    .option('--allow-shrunken', 'publish a bundle even when most of the credentials are gone')
    .option('--least-share <percent>', 'how much of the bundle before must be left for a new one', '50%')
    .option('--retry-lock <span>', 'how long to wait for others who work on a repository', '1m')
    .option('--json', 'print the run as JSON')
    .addHelpText(
      'after',
      example(
        'redoma backup create',
        'redoma backup create --only secrets --to nas',
        'redoma backup create --only system --tag before-upgrade',
      ),
    )
    .action(async (options: CreateOptions) => {
      const request = {
        jobs: jobsOf(options.only),
        destinations: options.to ?? [],
        tags: parseTags(options.tag ?? []),
        leastShare: options.allowShrunken ? 0 : shareOf(options.leastShare),
        patienceMs: parseSpan(options.retryLock),
      }
      await using instance = await context.services.openInstance()
      const run = await create()
      const readiness = await instance.reportReadiness()
      const remarks = [
        ...(await instance.remarksOnCopies(context.signal)),
        ...(readiness?.warnings ?? []),
        ...(await remarksOnScopes(instance)),
      ]
      const { terminal } = context
      const transfers = transfersOf(run, await instance.catalogue.destinations.list(), instance.transfers())
      if (options.json) terminal.printJson({ ...runJson(run), transfers, remarks })
      else {
        terminal.say(...runLines(run, terminal.style), ...transferLines(transfers, terminal.style))
        for (const remark of remarks) terminal.note(`${terminal.noteStyle.yellow('note:')} ${remark}`)
      }
      context.finish(exitCodeOfRun(run))

      async function create(): Promise<Run> {
        using bar = startProgressBar(context.terminal, context.clock)
        return await instance.createBackup(request, bar.progress, context.signal)
      }
    })
}

/** How ready people are who have the keys of scopes. */
async function remarksOnScopes({ catalogue, reportReadiness }: OpenInstance): Promise<string[]> {
  const own = (await catalogue.scopes.list()).filter(({ hasOwnKey }) => hasOwnKey)
  const reports = await Promise.all(own.map(({ name }) => reportReadiness(name)))
  return own.flatMap(({ name }, at) =>
    (reports[at]?.warnings ?? []).map((warning) => `Scope ${name}: ${warning}`),
  )
}

/** @throws RedomaError `USAGE` */
function jobsOf(text: string | undefined): readonly Job[] {
  if (text === undefined) return jobs
  return text.split(',').map((word) => {
    const job = jobs.find((one) => one === word.trim())
    if (job !== undefined) return job
    const near = nearName(word, jobs)
    throw new RedomaError('USAGE', `there is no job ${JSON.stringify(word)}`, {
      hint: near === undefined ? `There are ${jobs.join(', ')}.` : `Did you mean ${near}?`,
    })
  })
}

/** @throws RedomaError `USAGE` */
function shareOf(text: string): number {
  const percent = Number(/^(\d{1,3})%?$/.exec(text.trim())?.[1] ?? NaN)
  if (percent <= 100) return percent / 100
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a share`, { hint: 'Shares look like 50%.' })
}

function exitCodeOfRun({ state }: Run): ExitCode {
  switch (state.kind) {
    case 'done':
      return exitCodes.done
    case 'done-with-warnings':
      return exitCodes.warnings
    case 'running':
    case 'failed':
    case 'lost':
      return exitCodes.failed
  }
}
