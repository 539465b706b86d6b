import type { Patient } from './faults.ts'

export const points = 20
const slowly = process.env['SLOW'] === '1'

/** What befalls a server in the middle of a run. */
const blowNames = ['full', 'cut', 'barred', 'withdrawn', 'killed', 'frozen'] as const
/** Fewer than a child process takes puts at a time: each run of a batch waits at its point, in the middle of a put most often. */
const mostTogether = 7
export type BlowName = (typeof blowNames)[number]

export interface Blow {
  readonly strike: () => Promise<void>
  readonly heal: () => Promise<void>
  /** Nothing answers: each call takes as long as it is waited for. */
  readonly isSilent?: boolean
  /** What a run that it ends says. */
  readonly says: RegExp
}

/** What befalls a server, how it is mended, and what it is told as. */
export function blowsOn(server: Patient): Record<BlowName, Blow> {
  const away = /^DESTINATION_(UNREACHABLE|FORBIDDEN): /
  return {
    full: {
      strike: () => server.disk.fill(),
      heal: () => server.disk.drain(),
      says: /^DESTINATION_FULL: /,
    },
    cut: {
      strike: () => server.cut(),
      heal: async () => undefined,
      says: /^DESTINATION_UNREACHABLE: /,
    },
    withdrawn: { strike: () => server.withdraw(), heal: () => server.offer(), says: away },
    barred: {
      strike: () => server.bar(),
      heal: () => server.admit(),
      says: /^DESTINATION_(UNREACHABLE|FORBIDDEN|READ_ONLY): /,
    },
    killed: {
      strike: () => server.kill(),
      heal: () => server.start(),
      isSilent: true,
      says: /^DESTINATION_UNREACHABLE: /,
    },
    frozen: {
      strike: () => server.freeze(),
      heal: () => server.thaw(),
      isSilent: true,
      says: /^DESTINATION_UNREACHABLE: /,
    },
  }
}

/**
 * Runs into one repository, each of a source of its own, wait at their points for the others and are struck together: how long a kernel waits for a
 * server is waited for once, and one run completes after all of them. All blows fall at all points by `SLOW=1`, else each at one.
 */
export function batches(): readonly (readonly [BlowName, readonly number[]])[] {
  const all = Array.from({ length: points }, (_, n) => n + 1)
  return blowNames.flatMap((name, kind) => {
    const each = slowly ? all : all.filter((point) => point === 2 + 5 * (kind % 4))
    const count = Math.ceil(each.length / mostTogether)
    return Array.from(
      { length: count },
      (_, batch) => [name, each.filter((_, n) => n % count === batch)] as const,
    )
  })
}
