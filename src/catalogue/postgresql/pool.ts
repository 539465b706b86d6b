import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { RedomaError } from '../../core/errors.ts'
import type { PostgresqlAddress } from './address.ts'
import { isLost } from './errors.ts'

type TypeId = Parameters<typeof pg.types.getTypeParser>[0]
const { builtins } = pg.types

/** Of one process. Each takes some megabytes of the server's memory. */
const mostConnections = 4
const connectWithinMs = 10_000
/** A database that was there is waited for: it starts anew, or another takes its place. */
const awaitedMs = 60_000
/** A lock that another node holds, and a statement of ours. A machine that is cut off from us answers no more. */
const lockTimeoutMs = 60_000
const statementTimeoutMs = 120_000
/** What a node held that was stopped within a transaction is free after so long. */
const idleInTransactionMs = 30_000

/** Connections of one process, made when they are needed, and made again where they were lost. */
export interface Connections {
  /** @throws what `pg` throws */
  take(): Promise<pg.PoolClient>
  end(): Promise<void>
}

/** @param answerMs after which silence a connection is given up; without it, so long as a statement may take */
export function poolOf(address: PostgresqlAddress, answerMs?: number): Connections {
  const pool = new pg.Pool(settingsOf(address, answerMs))
  // Without a listener the loss of a connection would end the process; who uses it is told by its next statement.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  let wasReached = false
  return {
    async take() {
      const giveUpAtMs = performance.now() + awaitedMs
      for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, 2000)) {
        try {
          const client = await pool.connect()
          wasReached = true
          return client
        } catch (error) {
          const isAwaited = wasReached ? isLost(error) : isStarting(error)
          if (!isAwaited || performance.now() + pauseMs > giveUpAtMs) throw error
        }
        await setTimeout(pauseMs)
      }
    },
    end: () => pool.end(),
  }
}

/** All that `pg` would otherwise take from the environment, or from files in somebody's home, is said here. */
function settingsOf(
  { host, port, user, password, database, tls }: PostgresqlAddress,
  answerMs: number = statementTimeoutMs + connectWithinMs,
): pg.PoolConfig {
  const session = {
    idle_in_transaction_session_timeout: idleInTransactionMs,
    lock_timeout: lockTimeoutMs,
    statement_timeout: statementTimeoutMs,
    synchronous_commit: 'on',
    bytea_output: 'hex',
    client_min_messages: 'warning',
  }
  return {
    ...{ host, port, user, database, ssl: tls },
    password: () => password.reveal(),
    application_name: 'redoma',
    options: Object.entries(session)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    max: mostConnections,
    connectionTimeoutMillis: Math.min(answerMs, connectWithinMs),
    query_timeout: answerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: connectWithinMs,
    types: { getTypeParser: parserOf },
  }
}

function isStarting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57P03'
}

/** Whole numbers of 8 bytes, sums of them, and bytes. */
function parserOf(type: TypeId): (text: string) => unknown {
  if (type === builtins.INT8 || type === builtins.NUMERIC) return wholeOf
  if (type === builtins.BYTEA) return bytesOf
  return pg.types.getTypeParser(type) as (text: string) => unknown
}

function wholeOf(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number)) return number
  throw new RedomaError(
    'CATALOGUE_DAMAGED',
    'a number in the catalogue is larger than any that Redoma writes',
  )
}

function bytesOf(text: string): Uint8Array {
  const { buffer, byteOffset, length } = Buffer.from(text.slice(2), 'hex')
  return new Uint8Array(buffer, byteOffset, length)
}
