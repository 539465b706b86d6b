import type { Command } from 'commander'
import type { PlanWords } from '../../app/plans/keep-plan.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Hook, Schedule } from '../../ports/plan.ts'
import { parseWindow } from '../../scheduling/open-times.ts'
import { jobsOf } from '../backup/parse-jobs.ts'
import { parseSpan } from '../parse.ts'
import { splitWords } from '../source/split-words.ts'

export interface PlanOptions {
  readonly jobs?: string
  readonly source?: string[]
  readonly to?: string[]
  readonly cron?: string
  readonly timeZone?: string
  readonly jitter?: string
  readonly window?: string[]
  readonly afterChanges?: string
  readonly notMoreOftenThan?: string
  readonly hookBefore?: string
  readonly hookAfter?: string
  readonly hookLimit?: string
}

export function withPlanOptions(command: Command): Command {
  return command
    .option('--jobs <jobs>', 'what it does: secrets,system,recordings (at first: all)')
    .option('--source <name...>', 'what the system backup and recordings are limited to; or: all')
    .option('--to <destination...>', 'where copies go; or: all')
    .option('--cron <fields>', 'when: minute hour day month weekday; or: none')
    .option('--time-zone <name>', 'of these times, such as Europe/Lisbon (at first: of this machine)')
    .option('--jitter <span>', 'begin by up to so much later, each day by another span')
    .option('--window <from-to...>', 'when runs may begin: 22:00-06:00; or: any')
    .option('--after-changes <span>', 'also when credentials changed, and then none for so long; or: none')
    .option('--not-more-often-than <span>', 'least time between two beginnings')
    .option('--hook-before <command>', 'a program to run before, without a shell; or: none')
    .option('--hook-after <command>', 'a program to run after it, whatever became of it; or: none')
    .option('--hook-limit <span>', 'how long such a program may take (at first: 10m)')
}

/**
 * What the options say, upon what a plan says already.
 *
 * @throws RedomaError `USAGE`
 */
export function wordsOf(options: PlanOptions, before: PlanWords): PlanWords {
  return {
    isEnabled: before.isEnabled,
    jobs: options.jobs === undefined ? before.jobs : jobsOf(options.jobs),
    sources: namesOf(options.source, before.sources),
    destinations: namesOf(options.to, before.destinations),
    schedule: scheduleOf(options, before.schedule),
    hooks: hooksOf(options, before.hooks),
  }
}

function namesOf(given: readonly string[] | undefined, before: readonly string[]): readonly string[] {
  if (given === undefined) return before
  return given.length === 1 && given[0] === 'all' ? [] : [...new Set(given)]
}

export function scheduleOf(options: PlanOptions, before: Schedule): Schedule {
  const { cron, afterChanges } = options
  const times = cron === undefined ? before.cron : unlessNone(cron, (text) => text)
  const quiet = afterChanges === undefined ? before.afterChangesSeconds : unlessNone(afterChanges, secondsOf)
  return {
    ...(times === undefined ? {} : { cron: times }),
    timeZone: options.timeZone ?? before.timeZone,
    jitterSeconds: options.jitter === undefined ? before.jitterSeconds : secondsOf(options.jitter),
    windows: windowsOf(options.window, before.windows),
    ...(quiet === undefined ? {} : { afterChangesSeconds: quiet }),
    leastSecondsBetween:
      options.notMoreOftenThan === undefined
        ? before.leastSecondsBetween
        : secondsOf(options.notMoreOftenThan),
  }
}

function windowsOf(given: readonly string[] | undefined, before: Schedule['windows']): Schedule['windows'] {
  if (given === undefined) return before
  return given.length === 1 && given[0] === 'any' ? [] : given.map(parseWindow)
}

function hooksOf(
  { hookBefore, hookAfter, hookLimit }: PlanOptions,
  known: PlanWords['hooks'],
): PlanWords['hooks'] {
  const limit = hookLimit === undefined ? undefined : secondsOf(hookLimit)
  const hookOf = (given: string | undefined, had: Hook | undefined): Hook | undefined => {
    const limitSeconds = limit ?? had?.limitSeconds ?? usualLimitSeconds
    if (given === undefined) return had === undefined ? undefined : { ...had, limitSeconds }
    return unlessNone(given, (text) => ({ argv: splitWords(text), limitSeconds }))
  }
  const before = hookOf(hookBefore, known.before)
  const after = hookOf(hookAfter, known.after)
  if (limit !== undefined && before === undefined && after === undefined)
    throw new RedomaError('USAGE', '--hook-limit goes with --hook-before and --hook-after only')
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
}

const usualLimitSeconds = 600

function unlessNone<T>(text: string, parse: (text: string) => T): T | undefined {
  return text.trim() === 'none' ? undefined : parse(text)
}

function secondsOf(text: string): number {
  return parseSpan(text) / 1000
}
