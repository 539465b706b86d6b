import type { Catalogue } from '../ports/catalogue.ts'
import { passed } from './runs/follow-run.ts'
import type { StreamEvent } from './stream-events.ts'

const tickMs = 1000

/**
 * What becomes of the instance, whoever does it: an event for each thing that is so now, and another whenever it changes. From the
 * catalogue, so that what a command or another node does is seen, too.
 */
export async function* followInstance(
  catalogue: Catalogue,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  let known = new Map<string, string>()
  for (;;) {
    const now = await lookAt(catalogue)
    for (const [name, data] of now) if (known.get(name) !== data) yield { event: kindOf(name), data }
    // What was there and is not any more has ended: a run that is not running, an incident that is not open.
    for (const name of known.keys()) if (!now.has(name)) yield await ended(catalogue, name)
    known = now
    if (!(await passed(tickMs, signal))) return
  }
}

/** By kind and id, what is to be said of it. */
async function lookAt({ runs, destinations, watch, incidents }: Catalogue): Promise<Map<string, string>> {
  const running = await runs.page({ state: 'running' }, { sort: 'id', direction: 'desc', limit: 20 })
  const [places, watched, open] = [await destinations.list(), await watch.list(), await incidents.open()]
  const said = new Map<string, string>()
  for (const { id, startedAt } of running.items)
    said.set(`run/${id}`, JSON.stringify({ id, state: 'running', startedAt: startedAt.toISOString() }))
  for (const { id, name } of places) {
    const state = watched.get(id)?.state
    const condition = state?.condition ?? 'unknown'
    said.set(`destination/${id}`, JSON.stringify({ id, name, condition, since: state?.since.toISOString() }))
  }
  for (const { id, kind, subject, severity, title, openedAt, acknowledged } of open) {
    const isAcknowledged = acknowledged !== undefined
    const shown = { id, kind, subject, severity, title, openedAt: openedAt.toISOString() }
    const incident = { ...shown, isOpen: true, isAcknowledged }
    said.set(`incident/${id}`, JSON.stringify(incident))
  }
  return said
}

async function ended({ runs }: Pick<Catalogue, 'runs'>, name: string): Promise<StreamEvent> {
  const event = kindOf(name)
  const id = name.slice(event.length + 1)
  if (event === 'destination') return { event, data: JSON.stringify({ id, condition: 'removed' }) }
  if (event === 'incident') return { event, data: JSON.stringify({ id: Number(id), isOpen: false }) }
  const { state } = await runs.get(Number(id))
  return { event, data: JSON.stringify({ id: Number(id), state: state.kind }) }
}

function kindOf(name: string): string {
  return name.slice(0, name.indexOf('/'))
}
