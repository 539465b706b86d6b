import { currentObjects, entriesOf } from '../../bundle/ledger/current-objects.ts'
import type { BundleRecord, ContentSpan } from '../../ports/bundle-store.ts'
import type { Catalogue } from '../../ports/catalogue.ts'

/** A bundle that can be had. */
export interface ShelvedBundle {
  readonly scope: string
  readonly sequence: number
  readonly name: string
  readonly time: Date
  /** Names of the destinations where it lies, by their ledgers. */
  readonly destinations: readonly string[]
  /** How much its instance had to say against it when it was made; 0: it was published as a good one. */
  readonly doubts: number
}

/** All bundles that lie at a destination, by their scopes, in the order of their numbers. */
export type Shelves = ReadonlyMap<string, readonly ShelvedBundle[]>

export async function readShelves(
  catalogue: Pick<Catalogue, 'bundles' | 'destinations' | 'ledgers'>,
): Promise<Shelves> {
  const places = new Map<string, { readonly destinations: string[]; readonly doubts: number }>()
  for (const { id, name } of await catalogue.destinations.list()) {
    const entries = entriesOf(await catalogue.ledgers.lines(id))
    for (const { kind, object, detail } of currentObjects(entries).values()) {
      if (kind !== 'bundle') continue
      const place = places.get(object)
      if (place === undefined)
        places.set(object, { destinations: [name], doubts: Number(detail['doubts'] ?? 0) })
      else place.destinations.push(name)
    }
  }
  const bundles = (await catalogue.bundles.list()).map((bundle) => shelved(bundle, places))
  const there = bundles.filter(({ destinations }) => destinations.length > 0)
  const byScope = Map.groupBy(there, ({ scope }) => scope)
  for (const shelf of byScope.values()) shelf.sort((a, b) => a.sequence - b.sequence)
  return byScope
}

function shelved(
  { scope, sequence, name, createdAt }: BundleRecord,
  places: ReadonlyMap<string, Pick<ShelvedBundle, 'destinations' | 'doubts'>>,
): ShelvedBundle {
  const { destinations, doubts } = places.get(name) ?? { destinations: [], doubts: 0 }
  return { scope, sequence, name, time: createdAt, destinations, doubts }
}

/** Those that were published as good ones. */
export function withoutDoubtful(shelves: Shelves): Shelves {
  return new Map([...shelves].map(([scope, shelf]) => [scope, shelf.filter(({ doubts }) => doubts === 0)]))
}

/** The newest bundle of a span that can be had. */
export function newestOf(span: ContentSpan, shelves: Shelves): ShelvedBundle | undefined {
  const shelf = shelves.get(span.scope) ?? []
  const found = shelf[firstAt(shelf, span.until ?? Infinity) - 1]
  return found === undefined || found.sequence < span.first ? undefined : found
}

/** Where in the shelf the first bundle stands that has this number or a higher one. */
function firstAt(shelf: readonly ShelvedBundle[], sequence: number): number {
  let low = 0
  let high = shelf.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((shelf[middle]?.sequence ?? Infinity) < sequence) low = middle + 1
    else high = middle
  }
  return low
}
