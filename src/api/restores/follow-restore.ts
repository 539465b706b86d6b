import type { Catalogue } from '../../ports/catalogue.ts'
import { restoreJson } from '../contract/restore.ts'
import { runProgressJson } from '../contract/run-progress.ts'
import { passed } from '../runs/follow-run.ts'
import type { StreamEvent } from '../stream-events.ts'
import type { RestoreDesk } from './desk.ts'

const tickMs = 500

/** `restore` whenever its state changes, `progress` where it is done here, and `end` as the last. As of runs, who looks is told what is so now. */
export async function* followRestore(
  { restores }: Pick<Catalogue, 'restores'>,
  desk: Pick<RestoreDesk, 'progressOf'>,
  id: number,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  let [said, saidProgress] = ['', '']
  for (;;) {
    const restore = await restores.get(id)
    const { kind } = restore.state
    const isOver = kind !== 'waiting' && kind !== 'running'
    const data = JSON.stringify(restoreJson(restore))
    if (isOver) {
      yield { event: 'end', data }
      return
    }
    if (data !== said) yield { event: 'restore', data }
    said = data
    const progress = desk.progressOf(id)
    const text = progress === undefined ? '' : JSON.stringify(runProgressJson(progress))
    if (kind === 'running' && text !== saidProgress) {
      yield { event: 'progress', data: text }
      saidProgress = text
    }
    if (!(await passed(tickMs, signal))) return
  }
}
