/** What a long list is asked for: a part of it, in a stable order, from where the part before ended. */
export interface PageRequest<Sort extends string = string> {
  readonly sort: Sort
  readonly direction: 'asc' | 'desc'
  /** As the page before said it; absent: from the beginning. */
  readonly after?: Position | undefined
  /** How many at most. */
  readonly limit: number
}

/** Where a page ends: what its last item has in what the list is ordered by. */
export type Position = readonly (string | number | null)[]

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Absent: there are no more. */
  readonly next?: Position | undefined
}
