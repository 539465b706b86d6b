import { wait } from '../../core/wait.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import { runJson } from '../contract/run.ts'
import { runProgressJson } from '../contract/run-progress.ts'
import type { StreamEvent } from '../stream-events.ts'
import type { RunDesk } from './desk.ts'

const tickMs = 500

/**
 * What becomes of a run, whichever process does it, until it has ended: `run` with all that the catalogue has of it whenever that has
 * changed, `progress` where it is done here, `transfers` and `end` as the last. Who looks is told what is so now, and not all that was: a slow reader is behind, and never
 * makes anything grow.
 *
 * @throws RedomaError `NOT_FOUND`
 */
export async function* followRun(
  { runs }: Pick<Catalogue, 'runs'>,
  desk: Pick<RunDesk, 'progressOf' | 'transfersOf' | 'ended'>,
  id: number,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  let [said, saidProgress] = ['', '']
  for (;;) {
    const run = await runs.get(id)
    const data = JSON.stringify(runJson(run))
    if (data !== said) yield { event: 'run', data }
    said = data
    if (run.state.kind !== 'running') {
      // What follows its end in the catalogue belongs to it, too.
      await desk.ended(id)
      const transfers = desk.transfersOf(id)
      if (transfers.length > 0) yield { event: 'transfers', data: JSON.stringify(transfers) }
      yield { event: 'end', data: JSON.stringify({ id, state: run.state.kind }) }
      return
    }
    const progress = desk.progressOf(id)
    if (progress !== undefined) {
      const text = JSON.stringify(runProgressJson(progress))
      if (text !== saidProgress) yield { event: 'progress', data: text }
      saidProgress = text
    }
    if (!(await passed(tickMs, signal))) return
  }
}

/** Whether nobody has gone meanwhile. */
export async function passed(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(milliseconds, signal)
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
