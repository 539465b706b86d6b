import { isDeepStrictEqual } from 'node:util'
import { isRedomaError, RedomaError } from '../core/errors.ts'

/** @throws RedomaError `NOT_FOUND` when there is no such row */
export function found<Row>(row: Row | undefined, kind: string, name: string): Row {
  if (row === undefined) throw missing(kind, name)
  return row
}

/** @throws RedomaError `NOT_FOUND` when the statement met no row */
export function touched(rows: bigint, kind: string, name: string): void {
  if (rows === 0n) throw missing(kind, name)
}

/** @throws RedomaError `ALREADY_EXISTS` when there is a row of that key */
export async function addOnce(
  kind: string,
  name: string,
  statement: { execute(): Promise<unknown> },
): Promise<void> {
  try {
    await statement.execute()
  } catch (error) {
    if (!isRedomaError(error, 'ALREADY_EXISTS')) throw error
    throw new RedomaError('ALREADY_EXISTS', `there is a ${kind} ${JSON.stringify(name)} already`, {
      hint: 'Take another name, or look at what is there.',
      cause: error,
    })
  }
}

/** @throws RedomaError `CHANGED_MEANWHILE` when what is there is not what was read */
export function requireSame(now: unknown, before: unknown, kind: string, name: string): void {
  if (isDeepStrictEqual(now, before)) return
  throw new RedomaError(
    'CHANGED_MEANWHILE',
    `somebody has changed the ${kind} ${JSON.stringify(name)} since it was read`,
    { hint: 'Read it again, and decide on what it has become.' },
  )
}

function missing(kind: string, name: string): RedomaError {
  return new RedomaError('NOT_FOUND', `there is no ${kind} ${JSON.stringify(name)}`)
}
