import type { Command } from 'commander'
import type { CreateBackupRequest } from '../../app/create-backup.ts'
import { requestOfPlan } from '../../app/request-of-plan.ts'
import { instanceSource } from '../../app/stage-instance.ts'
import { RedomaError } from '../../core/errors.ts'
import { type Job, jobs } from '../../ports/progress.ts'
import type { Context } from '../context.ts'
import type { CopiesByName } from '../daemon.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'
import { parseSpan } from '../parse.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { OpenInstance } from '../services.ts'
import { backUpByDaemon, daemonToUse } from './by-daemon.ts'
import { exitCodeOfRun } from './exit-code-of-run.ts'
import type { Followed } from './follow-to-end.ts'
import { runJson } from './json.ts'
import { jobsOf } from './parse-jobs.ts'
import { parseTags } from './parse-tags.ts'
import { runLines } from './run-lines.ts'
import { transferLines, transferred, transfersOf } from './transfers.ts'

interface CreateOptions {
  readonly plan?: string
  readonly only?: string
  readonly source?: string[]
  readonly to?: string[]
  readonly tag?: string[]
  readonly allowShrunken?: true
  readonly leastShare: string
  readonly retryLock: string
  readonly here?: true
  readonly json?: true
}

export function defineBackupCreate(group: Command, context: Context): void {
  group
    .command('create')
    .description('back up now: secrets, system and recordings, to every destination')
    .option('--plan <name>', 'what a plan says, now: its jobs, sources, destinations and hooks')
    .option('--only <jobs>', 'some of them: secrets,system,recordings')
    .option('--source <name...>', 'of these sources only; a bundle is of the whole vault in any case')
    .option('--to <destination...>', 'to these destinations only')
    .option('--tag <tag...>', 'of the system backups, for forget --keep-tag: before-upgrade')
    .option('--allow-shrunken', 'publish a bundle even when most of the credentials are gone')
    .option('--least-share <percent>', 'how much of the bundle before must be left for a new one', '50%')
    .option('--retry-lock <span>', 'how long to wait for others who work on a repository', '1m')
    .option('--here', 'in this process, also where the daemon could do it')
    .option('--json', 'print the run as JSON')
    .addHelpText(
      'after',
      example(
        'redoma backup create',
        'redoma backup create --plan daily',
        'redoma backup create --only secrets --to nas',
        'redoma backup create --only system --tag before-upgrade',
      ),
    )
    .action(async (options: CreateOptions) => {
      refuseBoth(options)
      const said = {
        tags: parseTags(options.tag ?? []),
        leastShare: options.allowShrunken ? 0 : shareOf(options.leastShare),
        patienceMs: parseSpan(options.retryLock),
      }
      const only = options.only === undefined ? jobs : jobsOf(options.only)
      await using instance = await context.services.openInstance()
      const asked = await copiesOf(instance, options, only)
      const daemon = options.here ? undefined : await daemonToUse(context)
      const { run, transfers: ways } =
        daemon === undefined
          ? await createHere()
          : await backUpByDaemon(instance, context, daemon, { ...said, ...asked.named })
      const readiness = await instance.reportReadiness()
      const remarks = [
        ...(await instance.remarksOnCopies(context.signal)),
        ...(readiness?.warnings ?? []),
        ...(await remarksOnScopes(instance)),
      ]
      const { terminal } = context
      const transfers = transfersOf(run, await instance.catalogue.destinations.list(), ways)
      if (options.json) terminal.printJson({ ...runJson(run), transfers, remarks })
      else {
        terminal.say(
          ...runLines(run, terminal.style, options.plan),
          ...transferLines(transfers, terminal.style),
        )
        for (const remark of remarks) terminal.note(`${terminal.noteStyle.yellow('note:')} ${remark}`)
      }
      context.finish(exitCodeOfRun(run))

      async function createHere(): Promise<Followed> {
        using bar = startProgressBar(context.terminal, context.clock)
        const request = { ...said, ...asked.request }
        const done = await instance.createBackup(request, bar.progress, context.signal)
        return { run: done, transfers: transferred(instance) }
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

interface Copies {
  readonly request: CreateBackupRequest
  /** The same, for who looks it up himself. */
  readonly named: CopiesByName
}

/** What a plan says is not said again. @throws RedomaError `USAGE`, `NOT_FOUND` */
async function copiesOf(
  { catalogue }: OpenInstance,
  { plan, source = [], to = [] }: CreateOptions,
  only: readonly Job[],
): Promise<Copies> {
  if (plan !== undefined) {
    const request = requestOfPlan(await named('plan', plan, catalogue.plans))
    return { request, named: { plan } }
  }
  for (const name of source) if (name !== instanceSource) await catalogue.sources.get(name)
  for (const name of to) await catalogue.destinations.get(name)
  const request = { jobs: only, sources: source, destinations: to }
  return { request, named: request }
}

function refuseBoth({ plan, only, source, to }: CreateOptions): void {
  if (plan === undefined) return
  const given = { '--only': only, '--source': source, '--to': to }
  const [option] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
  if (option === undefined) return
  throw new RedomaError('USAGE', `${option} does not go with --plan: the plan says it`, {
    hint: 'Leave one of the two out.',
  })
}

/** @throws RedomaError `USAGE` */
function shareOf(text: string): number {
  const percent = Number(/^(\d{1,3})%?$/.exec(text.trim())?.[1] ?? NaN)
  if (percent <= 100) return percent / 100
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a share`, { hint: 'Shares look like 50%.' })
}
