import { sql } from 'kysely'
import { RedomaError } from '../../core/errors.ts'
import { whenAborted } from '../../core/when-aborted.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeptPresence } from '../engine.ts'
import { identifyAmongNodes } from '../processes.ts'
import type { Database } from '../tables.ts'
import { transact } from '../transact.ts'
import { leaseLost } from './errors.ts'

export interface AttendDeps {
  /** Connections of its own, which give up within a renewal's time: a renewal waits for nothing else, and not for a server that is silent. */
  readonly db: Database
  /** In which others are taken away, in its turn among all that write, however long that takes. */
  readonly writer: Database
  readonly clock: Clock
  readonly host: string
  /** How long others believe in a presence that is not renewed. */
  readonly believedMs: number
}

/** How often it is renewed; what does not answer within that is given up, and asked anew by another connection. */
export function renewalMs(believedMs: number): number {
  return believedMs / 6
}

/** By the server's clock: those of the nodes may differ. */
const serverNowMs = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
/** While the server was down nobody could renew anything. */
const serverUpSinceMs = sql<number>`(extract(epoch from pg_postmaster_start_time()) * 1000)::bigint`

/**
 * Writes that this process is there, and renews it until it is ended. It stops to be good, by both clocks of this machine, when three quarters
 * of the time are over for which others believe it: what was begun by then has the rest to end. Those of others that were not renewed in time
 * are taken away.
 */
export async function attend({ db, writer, clock, host, believedMs }: AttendDeps): Promise<KeptPresence> {
  const lost = new AbortController()
  const goodForMs = (believedMs * 3) / 4
  let renewed = marked()
  let known = Promise.withResolvers<undefined>()
  let isRenewing = false
  let isTakingAway = false
  const id = await announce()
  const timer = setInterval(() => {
    void renewOnce()
    void takeAwayOnce()
  }, renewalMs(believedMs)).unref()
  // This may have to wait for its turn, in which it must not be taken for dead itself.
  await takeAwayExpired()

  /** One clock goes on while a machine sleeps, the other when somebody sets it. */
  function marked() {
    return { wallMs: clock.now().getTime(), steadyMs: performance.now() }
  }

  function isGood(): boolean {
    const now = marked()
    const elapsedMs = Math.max(now.wallMs - renewed.wallMs, now.steadyMs - renewed.steadyMs)
    return !lost.signal.aborted && elapsedMs < goodForMs
  }

  async function announce(): Promise<number> {
    const identity = await identifyAmongNodes(process.pid)
    if (identity === undefined) {
      throw new RedomaError('FILE_FAILED', 'this system does not tell processes apart: /proc is not there', {
        hint: 'A catalogue that several nodes share needs it: mount /proc.',
      })
    }
    const since = clock.now().toISOString()
    const { rows } = await sql<{ id: number }>`
      insert into presence (host, process_id, process_identity, since, expires_at_ms)
      values (${host}, ${process.pid}, ${identity}, ${since}, ${serverNowMs} + ${sql.lit(believedMs)}) returning id`.execute(
      db,
    )
    const [row] = rows
    if (row === undefined) throw new TypeError('a row that was added has no number')
    return row.id
  }

  async function renewOnce(): Promise<void> {
    if (isRenewing || lost.signal.aborted) return
    isRenewing = true
    try {
      const asked = marked()
      // By itself, not in its turn among those that write: one of them may take long.
      const { rows } = await sql`
        update presence set expires_at_ms = ${serverNowMs} + ${sql.lit(believedMs)} where id = ${id} returning id`.execute(
        db,
      )
      if (rows.length === 0) {
        lose()
        return
      }
      renewed = asked
      known.resolve(undefined)
      known = Promise.withResolvers()
    } catch {
      // Until it answers again nothing is written, once the time is over: `isGood` says so.
    } finally {
      isRenewing = false
    }
  }

  /** Beside renewals: who was stopped in the midst of writing holds this up until the server cuts it off, and must not take the others with it. */
  async function takeAwayOnce(): Promise<void> {
    if (isTakingAway || lost.signal.aborted) return
    isTakingAway = true
    try {
      await takeAwayExpired()
    } catch {
      // The next time, or another node does it.
    } finally {
      isTakingAway = false
    }
  }

  function lose(): void {
    lost.abort(leaseLost())
    known.resolve(undefined)
    clearInterval(timer)
  }

  /** In its turn: who is taken away is not in the midst of writing to the catalogue then. */
  async function takeAwayExpired(): Promise<void> {
    const isExpired = sql<boolean>`greatest(expires_at_ms, ${serverUpSinceMs} + ${sql.lit(believedMs)}) < ${serverNowMs}`
    const expired = await db.selectFrom('presence').select('id').where(isExpired).limit(1).executeTakeFirst()
    if (expired === undefined) return
    await transact(writer, (transaction) => transaction.deleteFrom('presence').where(isExpired).execute())
  }

  return {
    id,
    lost: lost.signal,
    isGood,
    async whenGood(signal) {
      while (!isGood()) {
        lost.signal.throwIfAborted()
        signal.throwIfAborted()
        using aborted = whenAborted(signal)
        // A process that wakes up need not wait for its timer.
        void renewOnce()
        await Promise.race([known.promise, aborted.promise])
      }
    },
    async isThere(other) {
      const row = await db.selectFrom('presence').select('id').where('id', '=', other).executeTakeFirst()
      return row !== undefined
    },
    identify: identifyAmongNodes,
    async end() {
      clearInterval(timer)
      // Who cannot say good-bye is forgotten before long.
      await sql`delete from presence where id = ${id}`.execute(db).catch(() => undefined)
      await db.destroy()
      await writer.destroy()
    },
  }
}
