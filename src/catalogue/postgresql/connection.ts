import { setTimeout } from 'node:timers/promises'
import type { CompiledQuery, DatabaseConnection, QueryResult, TransactionSettings } from 'kysely'
import type pg from 'pg'
import { explain, inDoubt, isLost, isPassing, leaseLost } from './errors.ts'
import type { Connections } from './pool.ts'

/** `redoma`. One lock for all that write, as SQLite has: what is right there is right here. */
const writersLock = '125779802287457'

const mostAttempts = 5

/** A transaction that writes: its number, and since when the server runs that gave it. */
interface Began {
  readonly id: string
  readonly since: string
  /** Whether other nodes do not take this process for dead. */
  readonly isPresent: boolean
}

/**
 * One connection as Kysely sees it. What was lost before it can have happened is done again on another connection: a statement by itself,
 * the beginning of a transaction. What was lost within a transaction is the caller's to do again.
 */
export class Connection implements DatabaseConnection {
  readonly #connections: Connections
  readonly #presenceId: () => number | undefined
  #client: pg.PoolClient | undefined
  #transaction: Began | 'read only' | undefined

  constructor(connections: Connections, presenceId: () => number | undefined = () => undefined) {
    this.#connections = connections
    this.#presenceId = presenceId
  }

  async executeQuery<Row>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<Row>> {
    const ask = async (): Promise<QueryResult<Row>> => {
      const { rows, rowCount, command } = await this.#ask<Row>(sql, parameters)
      return writing.includes(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }
    }
    if (this.#transaction !== undefined) return explained(ask)
    return explained(() => this.#again(() => (readingNodes.includes(query.kind) ? ask() : this.#alone(ask))))
  }

  streamQuery(): never {
    throw new TypeError('rows are read page by page')
  }

  begin({ accessMode }: TransactionSettings): Promise<void> {
    return explained(() =>
      this.#again(() => this.#begin(accessMode === 'read only')).catch(async (error: unknown) => {
        await this.rollback()
        throw error
      }),
    )
  }

  commit(): Promise<void> {
    return explained(() => this.#commit())
  }

  /** Whoever lost the connection has nothing to take back. */
  async rollback(): Promise<void> {
    this.#transaction = undefined
    await this.#ask('rollback').catch(() => {
      this.release(true)
    })
  }

  release(isBroken = false): void {
    this.#client?.release(isBroken)
    this.#client = undefined
    this.#transaction = undefined
  }

  async #begin(readsOnly: boolean): Promise<void> {
    if (readsOnly) {
      await this.#ask('begin isolation level repeatable read, read only')
      this.#transaction = 'read only'
      return
    }
    const presence = this.#presenceId()
    const isPresent = presence === undefined ? 'true' : `exists(select from presence where id = ${presence})`
    // By number and start the server is asked what became of a commit whose answer was lost.
    const { rows } = await this.#ask<Began>(`begin isolation level read committed, read write;
      select pg_advisory_xact_lock(${writersLock});
      select pg_current_xact_id()::text as id, pg_postmaster_start_time()::text as since, ${isPresent} as "isPresent"`)
    const [began] = rows
    // Under the lock that all take who take a presence away.
    if (began?.isPresent !== true) throw leaseLost()
    this.#transaction = began
  }

  async #commit(): Promise<void> {
    const began = this.#transaction
    try {
      const { command } = await this.#ask('commit')
      this.#transaction = undefined
      // So PostgreSQL answers where a statement before had failed.
      if (command === 'ROLLBACK') throw new Error('the transaction had failed already')
    } catch (error) {
      if (began === undefined || began === 'read only' || !isLost(error)) throw error
      this.release(true)
      if (!(await this.#hasCommitted(began, error))) throw error
    }
  }

  /**
   * A server that was not told of the loss may still be about to commit. One that crashed gives numbers anew that were not safe on its disk,
   * so what it says of ours then is believed only when it is that nothing was kept.
   */
  async #hasCommitted({ id, since }: Began, lost: unknown): Promise<boolean> {
    for (;;) {
      const { rows } = await this.#ask<{ status: string | null; since: string }>(
        'select pg_xact_status($1::text::xid8) as status, pg_postmaster_start_time()::text as since',
        [id],
      ).catch((error: unknown) => {
        throw inDoubt(error)
      })
      const [row] = rows
      if (row?.status === 'aborted') return false
      if (row?.status !== 'in progress') {
        if (row?.status === 'committed' && row.since === since) return true
        throw inDoubt(lost)
      }
      await setTimeout(100)
    }
  }

  /** A statement that writes is a transaction, and waits for its turn. */
  async #alone<T>(ask: () => Promise<T>): Promise<T> {
    try {
      await this.#begin(false)
      const result = await ask()
      await this.#commit()
      return result
    } catch (error) {
      await this.rollback()
      throw error
    }
  }

  async #again<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (attempt === mostAttempts || !(isLost(error) || isPassing(error))) throw error
        this.release(true)
      }
    }
  }

  async #ask<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Answer<Row>> {
    this.#client ??= await this.#connections.take()
    const values = parameters.length === 0 ? [] : [[...parameters]]
    // Several statements at once go without parameters only, and give a result each.
    const result: unknown = await this.#client.query(sql, ...values)
    const last: unknown = Array.isArray(result) ? result.at(-1) : result
    return last as Answer<Row>
  }
}

type Answer<Row> = Pick<pg.QueryResult, 'command' | 'rowCount'> & { readonly rows: Row[] }

const writing: readonly string[] = ['INSERT', 'UPDATE', 'DELETE']

/** Words of SQL by themselves are only read with. */
const readingNodes: readonly string[] = ['SelectQueryNode', 'RawNode']

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explain(error)
  }
}
