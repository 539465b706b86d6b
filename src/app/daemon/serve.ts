import { makeBell } from '../../core/bell.ts'
import type { Log } from '../../ports/log.ts'
import type { KeepIncidents } from '../incidents/keep-incidents.ts'
import type { BeatChannels } from './beat-channels.ts'
import type { DeliverNotices } from './deliver-notices.ts'
import type { DoRoutines } from './do-routines.ts'
import { type Chore, keepDoing } from './keep-doing.ts'
import type { RunDuePlans } from './run-due-plans.ts'
import type { VerifyWhenDue } from './verify-when-due.ts'

export interface ServeDeps {
  readonly log: Log
  readonly runDuePlans: RunDuePlans
  readonly verifyWhenDue: VerifyWhenDue
  readonly doRoutines: DoRoutines
  readonly keepIncidents: KeepIncidents
  readonly deliverNotices: DeliverNotices
  readonly beatChannels: BeatChannels
  /** Probes all destinations once, and records what is found. */
  readonly watch: (signal: AbortSignal) => Promise<void>
  /** Looks when the certificates end that are on this machine. @returns whether any is another than before */
  readonly noteCertificates: () => Promise<boolean>
  /** Reads something of the catalogue. */
  readonly look: () => Promise<unknown>
  /** Removes what nobody needs any more. */
  readonly tidy: () => Promise<void>
  readonly paces?: Paces | undefined
  /** Told of what does not pass: what else is under way in this process ends, too, and `signal` with it. */
  readonly onFailure: (error: unknown) => void
  /** Called before the first chore is begun. */
  readonly onReady: () => void
  /** Whoever started it wants a sign of life so often, where it does. */
  readonly alive: { readonly everyMs: number | undefined; readonly tell: () => void }
}

/**
 * What the daemon does until it is stopped: begins the runs that are due, verifies and watches the destinations, opens and closes incidents, and tells people.
 * Each by itself: none waits for another. What is under way when it is stopped is given up at the next point where nothing is lost.
 *
 * @throws RedomaError `CATALOGUE_DAMAGED`, `INSTANCE_KEY_WRONG`, `FORMAT_UNKNOWN`
 */
export type Serve = (signal: AbortSignal) => Promise<void>

/** From the end of one time to the beginning of the next, in milliseconds. */
export interface Paces {
  readonly plans: number
  readonly destinations: number
  readonly incidents: number
  readonly notices: number
  /** Verifications, and what else is done on schedule beside the plans. */
  readonly routines: number
}

const second = 1000
const minute = 60 * second

const usualPaces: Paces = {
  // No timer is set for a due time: a clock that is set, or a machine that slept, would make it wrong.
  plans: 5 * second,
  destinations: 5 * minute,
  incidents: minute,
  notices: 10 * second,
  routines: minute,
}

export function makeServe(deps: ServeDeps): Serve {
  const { paces = usualPaces } = deps
  return async (signal) => {
    const found = makeBell()
    const queued = makeBell()
    const chores: readonly Chore[] = [
      {
        name: 'plans',
        everyMs: () => paces.plans,
        bell: makeBell(),
        async work(until) {
          if (await deps.runDuePlans(until)) found.ring()
        },
      },
      {
        name: 'destinations',
        everyMs: () => paces.destinations,
        bell: makeBell(),
        async work(until) {
          await deps.watch(until)
          found.ring()
        },
      },
      {
        name: 'verification',
        everyMs: () => paces.routines,
        bell: makeBell(),
        async work(until) {
          if (await deps.verifyWhenDue(until)) found.ring()
        },
      },
      {
        name: 'routines',
        everyMs: () => paces.routines,
        bell: makeBell(),
        async work(until) {
          if (await deps.doRoutines(until)) queued.ring()
        },
      },
      {
        name: 'incidents',
        everyMs: () => paces.incidents,
        bell: found,
        async work() {
          await deps.keepIncidents()
          // Other processes queue, too: it is looked whatever was found here.
          queued.ring()
        },
      },
      {
        name: 'certificates',
        everyMs: () => paces.incidents,
        bell: makeBell(),
        async work() {
          if (await deps.noteCertificates()) found.ring()
        },
      },
      {
        name: 'notices',
        everyMs: () => paces.notices,
        bell: queued,
        work: (until) => deps.deliverNotices(until),
      },
      {
        name: 'heartbeats',
        everyMs: () => 5 * minute,
        bell: makeBell(),
        work: (until) => deps.beatChannels(until),
      },
      { name: 'tidying', everyMs: () => 6 * 60 * minute, bell: makeBell(), work: deps.tidy },
    ]
    const { alive } = deps
    const signs =
      alive.everyMs === undefined
        ? []
        : [
            {
              name: 'signs of life',
              everyMs: () => alive.everyMs ?? minute,
              bell: makeBell(),
              // By way of the catalogue: a daemon that cannot get at it does nothing.
              async work() {
                await deps.look()
                alive.tell()
              },
            },
          ]
    deps.onReady()
    const ended = await Promise.allSettled(
      [...chores, ...signs].map((chore) =>
        keepDoing(chore, deps.log, signal).catch((error: unknown) => {
          deps.onFailure(error)
          throw error
        }),
      ),
    )
    const failed = ended.find((end) => end.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}
