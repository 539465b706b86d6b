import { runProgressJson } from '../contract/run-progress.ts'
import { deskVerificationJson } from '../contract/verification.ts'
import { passed } from '../runs/follow-run.ts'
import type { StreamEvent } from '../stream-events.ts'
import type { VerificationDesk } from './desk.ts'

const tickMs = 500

/** `progress` whenever there is another, and `end`, with what was found, as the last. As of runs, who looks is told what is so now. */
export async function* followVerification(
  desk: Pick<VerificationDesk, 'get'>,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  let said = ''
  for (;;) {
    const verification = desk.get(id)
    if (verification.state.kind !== 'running') {
      yield { event: 'end', data: JSON.stringify(deskVerificationJson(verification)) }
      return
    }
    const data = JSON.stringify(runProgressJson(verification.state.progress))
    if (data !== said) yield { event: 'progress', data }
    said = data
    if (!(await passed(tickMs, signal))) return
  }
}
