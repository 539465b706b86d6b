import { RedomaError } from '../../core/errors.ts'

/** How a database system does what restoring takes. */
export interface Restoring {
  readonly database: string
  isThere(): Promise<boolean>
  /** Whether one that is there has nothing in it. Absent where filling could leave a half: then it must not be there. */
  isEmpty?(): Promise<boolean>
  create(): Promise<unknown>
  drop(): Promise<unknown>
  fill(): Promise<void>
}

/** A server that does not answer any more keeps nobody for longer. */
export const dropMs = 60_000

/**
 * Into a new database, or one with nothing in it where all can be undone. What was made here is dropped again when it cannot be filled.
 *
 * @throws RedomaError `ALREADY_EXISTS`, and what the steps throw
 */
export async function restoreBy(by: Restoring): Promise<void> {
  const { database } = by
  const wasThere = await by.isThere()
  if (wasThere && (await by.isEmpty?.()) !== true) {
    const and = by.isEmpty === undefined ? '' : ', and not empty'
    throw new RedomaError('ALREADY_EXISTS', `the database ${database} is there${and}`, {
      hint: 'Name another one: nothing is overwritten. Look at it there, and rename it when it is right.',
    })
  }
  if (!wasThere) await by.create()
  try {
    await by.fill()
  } catch (error) {
    if (!wasThere) await by.drop().catch(() => undefined)
    throw error
  }
}
