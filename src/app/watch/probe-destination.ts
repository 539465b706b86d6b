import { randomBytes } from 'node:crypto'
import { collectBytes } from '../../core/bytes.ts'
import { type ErrorCode, isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import {
  bodyOf,
  type Destination,
  type DestinationSpace,
  measuresSpace,
  type ObjectName,
} from '../../ports/destination.ts'

export type ProbeStep = 'write' | 'sync' | 'read' | 'remove' | 'measure'

export type ProbeOutcome =
  | {
      readonly kind: 'answered'
      readonly tookMs: number
      /** Where the destination knows. */
      readonly space: DestinationSpace | undefined
    }
  | {
      readonly kind: 'failed'
      readonly tookMs: number
      readonly step: ProbeStep
      readonly code: ErrorCode
      readonly message: string
      readonly hint: string | undefined
    }

export interface ProbeDeps {
  /** Milliseconds of a clock that nobody sets. */
  readonly nowMs: () => number
  /** Kept after so many milliseconds; broken by the signal, with its reason. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** How long each step may take. */
  readonly stepMs?: number
}

/** @throws the signal's reason, and nothing else */
export type ProbeDestination = (
  destination: Destination,
  /** Of its own: what lies there is replaced and removed. */
  name: ObjectName,
  signal: AbortSignal,
) => Promise<ProbeOutcome>

const probeBytes = 4096
const usualStepMs = 2 * 60_000

/** Tries on a real destination, with one small object, all that a backup needs of it. */
export function makeProbeDestination({ nowMs, wait, stepMs = usualStepMs }: ProbeDeps): ProbeDestination {
  /** A step that is late is left behind: even a destination that does not hear the signal holds nobody. */
  async function inTime<T>(work: (stop: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const over = new AbortController()
    const stop = AbortSignal.any([signal, over.signal])
    const late = wait(stepMs, stop).then(() => {
      throw new RedomaError(
        'DESTINATION_UNREACHABLE',
        `the destination has not answered for ${Math.round(stepMs / 1000)} s`,
      )
    })
    late.catch(() => undefined)
    const working = work(stop)
    working.catch(() => undefined)
    try {
      return await Promise.race([working, late])
    } finally {
      over.abort()
    }
  }

  return async (destination, name, signal) => {
    signal.throwIfAborted()
    const begunMs = nowMs()
    const content = randomBytes(probeBytes)
    let step: ProbeStep = 'write'
    try {
      await inTime((stop) => destination.put(name, bodyOf(content), stop), signal)
      step = 'sync'
      await inTime((stop) => destination.flush(stop), signal)
      step = 'read'
      const found = await inTime(
        (stop) => collectBytes(destination.get(name, undefined, stop), probeBytes),
        signal,
      )
      if (Buffer.compare(found, content) !== 0)
        throw new RedomaError('VERIFICATION_FAILED', 'what was read back is not what was written')
      step = 'remove'
      await inTime((stop) => destination.remove(name, stop), signal)
      step = 'measure'
      const space = measuresSpace(destination)
        ? await inTime((stop) => destination.space(stop), signal)
        : undefined
      return { kind: 'answered', tookMs: nowMs() - begunMs, space }
    } catch (error) {
      signal.throwIfAborted()
      const tookMs = nowMs() - begunMs
      // It is replaced by the next probe anyway.
      if (step === 'sync' || step === 'read')
        await inTime((stop) => destination.remove(name, stop), signal).catch(() => undefined)
      const { code, hint } = isRedomaError(error) ? error : { code: 'INTERNAL' as const, hint: undefined }
      return { kind: 'failed', tookMs, step, code, message: messageOf(error), hint }
    }
  }
}
