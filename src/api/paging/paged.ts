import type { Page, PageRequest } from '../../ports/paging.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

interface ListQuery {
  readonly cursor?: string | undefined
  readonly limit: number
  readonly sort: string
  readonly direction: 'asc' | 'desc'
}

/**
 * One page of a list as it is answered.
 *
 * @param list its path, which a cursor is bound to, with the filters and the order of `query`
 * @throws Refused for a cursor of another list
 */
export async function paged<Query extends ListQuery, Item, Json>(
  list: string,
  query: Query,
  read: (request: PageRequest<Query['sort']>, query: Query) => Promise<Page<Item>>,
  encode: (item: Item) => Json,
): Promise<{ items: Json[]; next?: string }> {
  const { cursor, limit, ...rest } = query
  const { sort, direction }: Pick<Query, 'sort' | 'direction'> = query
  const bound = [list, rest]
  const after = cursor === undefined ? undefined : decodeCursor(bound, cursor)
  const { items, next } = await read({ sort, direction, limit, after }, query)
  const encoded = items.map(encode)
  return next === undefined ? { items: encoded } : { items: encoded, next: encodeCursor(bound, next) }
}

/** The same of a list that is short enough to be read whole: by a key that no two items have in common. */
export function slice<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string | number,
  { direction, after, limit }: PageRequest,
): Page<Item> {
  const [reached] = after ?? []
  const sign = direction === 'asc' ? 1 : -1
  const compare = (a: string | number, b: string | number): number => sign * (a < b ? -1 : a > b ? 1 : 0)
  const inOrder = all.toSorted((a, b) => compare(keyOf(a), keyOf(b)))
  const rest =
    reached === undefined || reached === null
      ? inOrder
      : inOrder.filter((item) => compare(keyOf(item), reached) > 0)
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return last !== undefined && rest.length > items.length ? { items, next: [keyOf(last)] } : { items }
}
