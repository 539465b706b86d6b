import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Position } from '../../ports/paging.ts'
import { Refused } from '../problems/refused.ts'

const longestText = 2000

const parts = z.tuple([z.string()], z.union([z.string().max(longestText), z.number(), z.null()]))

/**
 * Where a page ends, as a text that means nothing to anybody else. It is bound to the list, its filters and its order: with others it
 * would be a place in the middle of nowhere.
 */
export function encodeCursor(list: unknown, position: Position): string {
  return Buffer.from(JSON.stringify([markOf(list), ...position])).toString('base64url')
}

/** @throws Refused */
export function decodeCursor(list: unknown, cursor: string): Position {
  const [mark, ...position] = parsed(cursor)
  if (mark === markOf(list)) return position
  throw new Refused(400, 'this cursor is not of this list with these filters and this order', {
    errors: [{ pointer: '/query/cursor', detail: 'is of another list' }],
    hint: 'Begin again without a cursor.',
  })
}

function parsed(cursor: string): z.output<typeof parts> {
  try {
    return parts.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw new Refused(400, 'this is no cursor', {
      errors: [{ pointer: '/query/cursor', detail: 'is no cursor' }],
    })
  }
}

function markOf(list: unknown): string {
  return createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 8)
}
