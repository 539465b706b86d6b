import { isRedomaError } from '../core/errors.ts'
import type { Catalogue, Instance, Run } from '../ports/catalogue.ts'
import type { Incident } from '../ports/incident.ts'
import { stateWords } from './backup/run-lines.ts'
import type { Context } from './context.ts'
import { stateWords as destinationWords } from './destination/state-words.ts'
import { count, formatTime } from './figures.ts'
import { bringIncidentsUpToDate } from './incident/brought-up-to-date.ts'
import { printable } from './printable.ts'
import type { OpenInstance } from './services.ts'
import type { Style } from './style.ts'
import { facts } from './table.ts'

/** `redoma` alone: how things stand, and what to do next. */
export async function showStatus(context: Context): Promise<void> {
  const { terminal, services } = context
  const { style } = terminal
  try {
    await using instance = await services.openInstance()
    const { catalogue } = instance
    await bringIncidentsUpToDate(instance, context)
    const [last] = await catalogue.runs.list(1)
    terminal.print(...facts(await standing(catalogue, last, context, style), style))
    const steps = await nextSteps(instance, last)
    if (steps.length > 0) terminal.print('', 'Next:', ...steps.map((step) => `  ${step}`))
  } catch (error) {
    if (!isRedomaError(error, 'INSTANCE_MISSING')) throw error
    terminal.print(
      `There is no instance in ${style.bold(services.home)} yet.`,
      '',
      `Make one:      redoma init`,
      `All commands:  redoma --help`,
    )
  }
}

async function standing(
  catalogue: Catalogue,
  last: Run | undefined,
  { clock, services: { home } }: Context,
  style: Style,
): Promise<[string, string][]> {
  const [credentials, sources, destinations, watched, generation, open] = await Promise.all([
    catalogue.credentials.list(),
    catalogue.sources.list(),
    catalogue.destinations.list(),
    catalogue.watch.list(),
    catalogue.generations.current(),
    catalogue.incidents.open(),
  ])
  const names = (entries: readonly { name: string }[]): string =>
    entries.length === 0 ? style.yellow('none') : entries.map(({ name }) => printable(name)).join(', ')
  const howItDoes = ({ id, name }: { readonly id: string; readonly name: string }): string => {
    const watch = watched.get(id)
    const words = watch?.state.condition === 'ok' ? undefined : destinationWords(watch, clock.now(), style)
    return words === undefined ? printable(name) : `${printable(name)} (${words})`
  }
  return [
    ['instance', instanceWords(catalogue.instance, home, style)],
    ['credentials', count(credentials.length, 'credential')],
    ['sources', names(sources)],
    ['destinations', destinations.length === 0 ? names([]) : destinations.map(howItDoes).join(', ')],
    [
      'recovery key',
      generation === undefined
        ? style.yellow('none')
        : `generation ${generation.number}, held ${formatTime(generation.heldAt)}`,
    ],
    [
      'last run',
      last === undefined
        ? style.yellow('never')
        : `${stateWords(last.state, style)}  ${style.dim(`run ${last.id}, ${formatTime(last.startedAt)}`)}`,
    ],
    ['incidents', incidentWords(open, style)],
  ]
}

function incidentWords(open: readonly Incident[], style: Style): string {
  const [worst] = open
  if (worst === undefined) return style.green('none')
  const colour = worst.severity === 'warning' ? style.yellow : style.red
  const more = open.length === 1 ? '' : style.dim(`  and ${open.length - 1} more`)
  return `${colour(printable(worst.title))}${more}`
}

function instanceWords({ name, isAppliance }: Instance, home: string, style: Style): string {
  const kind = isAppliance ? ', a crypto appliance' : ''
  return `${style.bold(printable(name))}${kind}  ${style.dim(home)}`
}

async function nextSteps({ catalogue }: OpenInstance, last: Run | undefined): Promise<string[]> {
  const steps: string[] = []
  if ((await catalogue.generations.current()) === undefined) steps.push('redoma glass ceremony --out DIR')
  if ((await catalogue.credentials.list()).length === 0) steps.push('redoma credential import FILE')
  if ((await catalogue.sources.list()).length === 0) steps.push('redoma source add NAME --files PATH…')
  if ((await catalogue.destinations.list()).length === 0)
    steps.push('redoma destination add NAME --local PATH')
  const states = [...(await catalogue.watch.list()).values()].map(({ state }) => state.condition)
  if (states.some((condition) => condition !== 'ok' && condition !== 'unknown'))
    steps.push('redoma destination probe')
  if ((await catalogue.incidents.open()).length > 0) steps.push('redoma incident list')
  if (last === undefined) steps.push('redoma backup create')
  else if (last.state.kind === 'cancelled') steps.push('redoma backup create')
  else if (last.state.kind !== 'done') steps.push(`redoma backup show ${last.id}`)
  return steps
}
