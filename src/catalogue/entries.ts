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

function missing(kind: string, name: string): RedomaError {
  return new RedomaError('NOT_FOUND', `there is no ${kind} ${JSON.stringify(name)}`)
}
