import type { Kysely } from 'kysely'
import type { ShownCertificate } from '../core/shown-certificate.ts'
import type { Clock } from '../ports/clock.ts'
import type { Presence } from '../ports/presence.ts'
import type { Identify } from './processes.ts'
import type { Database } from './tables.ts'

/** What the schema needs and databases write differently. */
export interface MigrationDialect {
  /** The type of a column of bytes. */
  readonly bytes: 'blob' | 'bytea'
  /** Lets rows be added to a table and nothing else, whoever asks. */
  readonly appendOnly: (db: Kysely<unknown>, table: string) => Promise<void>
}

/**
 * A kind of database, and where it is. All else in this folder is Kysely's common language, under these promises of every engine:
 *
 * - One writes at a time, in the whole database: a transaction that is not `read only` waits for the one before it when it begins, and a
 *   statement by itself that writes is such a transaction. What is read in one stays true until it ends.
 * - Texts are compared by their bytes. Whole numbers are numbers, bytes are plain `Uint8Array`s.
 * - Errors are `RedomaError`s where they tell the operator something; a row whose key is there already is `ALREADY_EXISTS`.
 */
export interface Engine {
  readonly dialect: MigrationDialect
  /**
   * Connects when it is first used. While `presenceId` names one, what writes fails with `LEASE_LOST` once that is taken away: in the
   * transaction itself, so that there is no moment between.
   */
  open(presenceId?: () => number | undefined): Database
  attend(who: Attendant): Promise<KeptPresence>
  hasTable(db: Database, name: string): Promise<boolean>
  /** What its server has shown last, where it is one that has a certificate and is held to it. */
  readonly shown?: () => (ShownCertificate & { readonly place: string }) | undefined
  /** A consistent copy, as SQLite, in a file that is there and empty. */
  copyTo(db: Database, path: string): Promise<void>
}

export interface Attendant {
  readonly clock: Clock
  /** For people: on which machine. */
  readonly host: string
  /** How long other nodes believe in a presence that is not renewed, in milliseconds. */
  readonly believedMs: number
}

/** The presence of this process in a catalogue that it has open. */
export interface KeptPresence extends Presence {
  readonly identify: Identify
  end(): Promise<void>
}

/** Where the catalogue of an instance is, or will be. */
export interface CataloguePlace {
  readonly engine: Engine
  /** @throws RedomaError `INSTANCE_MISSING`, `USAGE` when there are two, and it is not said which */
  requireInstance(db: Database): Promise<void>
  /** @throws RedomaError `INSTANCE_EXISTS` */
  refuseInstance(): Promise<void>
  /**
   * Makes a catalogue by what `write` does, all of it or nothing.
   *
   * @throws RedomaError `INSTANCE_EXISTS`, also where another was faster
   */
  create(write: (engine: Engine, db: Database) => Promise<void>): Promise<void>
}

/** The cause of an error of a transaction that has certainly not happened, and that may be tried again. */
export class Interrupted extends Error {}
