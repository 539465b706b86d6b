import type { ServiceNeeds } from './needs.ts'

/** Which program runs where, as whom. All paths are absolute. */
export interface ServicePlan {
  /** `bin/redoma` of the installation. */
  readonly program: string
  /** The folder of a Node.js that did not come with the program; absent where it did. */
  readonly nodeFolder?: string | undefined
  /** Absent: root. */
  readonly user?: string | undefined
  /** The instance's folder. */
  readonly home: string
  /** Where the program itself looks for its instance when nobody says where: then nothing has to be said. */
  readonly usualHome: string
  readonly logFolder: string
  /** The name of this host in snapshots, where it is not the system's. */
  readonly hostName?: string | undefined
  /** Where the catalogue is a PostgreSQL: the file with its address. */
  readonly databaseUrlFile?: string | undefined
  readonly needs: ServiceNeeds
}

/** One or more lines of a unit, and why they are there. */
export interface Clause {
  readonly why?: string
  readonly lines: readonly string[]
}
