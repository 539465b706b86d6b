import type { Command } from 'commander'
import { forecastFull } from '../../app/watch/forecast-full.ts'
import type { Probed } from '../../app/watch/watch-destinations.ts'
import { RedomaError } from '../../core/errors.ts'
import type { DestinationSpace } from '../../ports/destination.ts'
import type { Condition } from '../../ports/destination-state.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { formatBytes, formatSpan, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { entryNamed } from '../named.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { OpenInstance } from '../services.ts'
import type { Style } from '../style.ts'
import { table } from '../table.ts'
import { stateJson } from './state-json.ts'
import { colour, forecastWords, plainWord } from './state-words.ts'

export function defineDestinationProbe(group: Command, context: Context): void {
  group
    .command('probe')
    .description(
      'write, sync, read back and remove one small object at each destination, and say how it does',
    )
    .argument('[name...]', 'all of them where none is named')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', example('redoma destination probe'))
    .action(async (names: string[], options: { json?: true }) => {
      const { terminal } = context
      await using instance = await context.services.openInstance()
      await requireNamed(instance, names)
      const probed = await probe(instance)
      if (options.json) terminal.printJson(probed.map(probedJson))
      else terminal.print(...probedLines(probed, context.clock.now(), terminal.style))
      context.finish(exitCodeOf(probed.map(({ found }) => found)))

      async function probe({ watchDestinations }: OpenInstance): Promise<readonly Probed[]> {
        using bar = startProgressBar(terminal, context.clock)
        // What changed is in the table.
        const notifier = { tell: () => Promise.resolve() }
        return await watchDestinations({ names, notifier, progress: bar.progress }, context.signal)
      }
    })
}

/** @throws RedomaError `NOT_FOUND` */
async function requireNamed({ catalogue }: OpenInstance, names: readonly string[]): Promise<void> {
  const all = await catalogue.destinations.list()
  if (all.length === 0)
    throw new RedomaError('NOT_FOUND', 'there is no destination yet', {
      hint: 'redoma destination add NAME --local PATH',
    })
  for (const name of names) entryNamed('destination', name, all)
}

function exitCodeOf(found: readonly Condition[]): ExitCode {
  if (found.some((condition) => condition === 'lost' || condition === 'read-only')) return exitCodes.failed
  return found.every((condition) => condition === 'ok') ? exitCodes.done : exitCodes.warnings
}

function probedJson({ record, found, watch, change }: Probed): object {
  const changed = change === undefined ? {} : { changedFrom: change.from }
  return { name: record.name, found, ...stateJson(watch), ...changed }
}

function probedLines(probed: readonly Probed[], now: Date, style: Style): string[] {
  const columns = [
    { title: 'NAME' },
    { title: 'STATE' },
    { title: 'SINCE' },
    { title: 'LATENCY', align: 'right' },
    { title: 'FREE', align: 'right' },
    { title: 'FORECAST' },
  ] as const
  const rows = probed.map((one) => cells(one, now, style))
  return [...table(columns, rows, style), ...probed.flatMap((one) => troubleLines(one, style))]
}

/** What this probe found; since when, where it is the state already. */
function cells({ record, found, watch, outcome }: Probed, now: Date, style: Style): string[] {
  const { state, room } = watch
  const space = outcome.kind === 'answered' ? outcome.space : undefined
  return [
    printable(record.name),
    colour(found, style)(plainWord(found)),
    state.condition === found ? shortTime(state.since, now) : 'just now',
    outcome.kind === 'answered' ? latency(outcome.tookMs) : '–',
    space === undefined ? '–' : `${formatBytes(space.freeBytes)} (${share(space)})`,
    forecastWords(forecastFull(room)) ?? '–',
  ]
}

/** `21:50` today, `2026-11-22` on another day. */
function shortTime(time: Date, now: Date): string {
  const [day, clock] = formatTime(time).split(' ')
  return (day === formatTime(now).split(' ')[0] ? clock : day) ?? ''
}

function latency(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.ceil(milliseconds)} ms` : formatSpan(milliseconds)
}

function share({ freeBytes, totalBytes }: DestinationSpace): string {
  return totalBytes === 0 ? '–' : `${Math.floor((freeBytes / totalBytes) * 100)} %`
}

function troubleLines({ record, outcome }: Probed, style: Style): string[] {
  if (outcome.kind === 'answered') return []
  const hint = outcome.hint === undefined ? [] : [`${style.dim('try:')} ${printable(outcome.hint)}`]
  return ['', `${printable(record.name)}: ${outcome.step}: ${printable(outcome.message)}`, ...hint]
}
