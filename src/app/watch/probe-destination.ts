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

export type ProbeStep = 'reach' | 'write' | 'sync' | 'read' | 'remove'

export type ProbeOutcome =
  | {
      readonly kind: 'answered'
      /** Without what it took to connect, where that can be told apart. */
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
  /** Whether it can be read and removed; else it is written and synced alone. */
  options?: { readonly readsBack: boolean },
) => Promise<ProbeOutcome>

const probeBytes = 4096
/** More than file work in a child process waits, which says better what it waited for. */
const usualStepMs = 75_000
/** Who is told to stop removes what he wrote, but waits for nobody. */
const lastStepMs = 2000

/** Tries on a real destination, with one small object, all that a backup needs of it. */
export function makeProbeDestination({ nowMs, wait, stepMs = usualStepMs }: ProbeDeps): ProbeDestination {
  /** A step that is late is left behind: even a destination that does not hear the signal holds nobody. */
  async function inTime<T>(
    work: (stop: AbortSignal) => Promise<T>,
    signal: AbortSignal,
    patienceMs = stepMs,
  ): Promise<T> {
    const over = new AbortController()
    const stop = AbortSignal.any([signal, over.signal])
    const late = wait(patienceMs, stop).then(() => {
      throw new RedomaError(
        'DESTINATION_UNREACHABLE',
        `the destination has not answered for ${Math.round(patienceMs / 1000)} s`,
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

  return async (destination, name, signal, { readsBack } = { readsBack: true }) => {
    signal.throwIfAborted()
    let begunMs = nowMs()
    const content = randomBytes(probeBytes)
    let step: ProbeStep = 'reach'
    try {
      const space = measuresSpace(destination)
        ? await inTime((stop) => destination.space(stop), signal)
        : undefined
      begunMs = nowMs()
      step = 'write'
      await inTime((stop) => destination.put(name, bodyOf(content), stop), signal)
      step = 'sync'
      await inTime((stop) => destination.flush(stop), signal)
      if (!readsBack) return { kind: 'answered', tookMs: nowMs() - begunMs, space }
      step = 'read'
      const found = await inTime(
        (stop) => collectBytes(destination.get(name, undefined, stop), probeBytes),
        signal,
      )
      if (Buffer.compare(found, content) !== 0)
        throw new RedomaError('VERIFICATION_FAILED', 'what was read back is not what was written')
      step = 'remove'
      await inTime((stop) => destination.remove(name, stop), signal)
      // What is not flushed keeps a connection from being let go.
      await inTime((stop) => destination.flush(stop), signal)
      return { kind: 'answered', tookMs: nowMs() - begunMs, space }
    } catch (error) {
      const tookMs = nowMs() - begunMs
      // It is replaced by the next probe anyway.
      if (readsBack && (step === 'sync' || step === 'read')) {
        const [end, patienceMs] = signal.aborted
          ? [new AbortController().signal, lastStepMs]
          : [signal, stepMs]
        await inTime((stop) => destination.remove(name, stop), end, patienceMs).catch(() => undefined)
      }
      signal.throwIfAborted()
      const { code, hint } = isRedomaError(error) ? error : { code: 'INTERNAL' as const, hint: undefined }
      return { kind: 'failed', tookMs, step, code, message: messageOf(error), hint }
    }
  }
}
