import type { SourcedRecord } from '../../bundle/contents/bundle-input.ts'
import type { BundleRecord } from '../../ports/bundle-store.ts'
import type { Catalogue } from '../../ports/catalogue.ts'

const batchLength = 200

/**
 * How many credentials of the bundle before are looked for in the next one: all but those that are left to another scope by now. What is
 * left on purpose must not look like a loss, nor hide one.
 */
export async function stillWanted(
  { bundles }: Pick<Catalogue, 'bundles'>,
  before: BundleRecord | undefined,
  left: readonly SourcedRecord[],
): Promise<number> {
  if (before === undefined) return 0
  let gone = 0
  for (const [source, records] of Map.groupBy(left, (one) => one.source)) {
    for (let at = 0; at < records.length; at += batchLength) {
      const batch = records.slice(at, at + batchLength)
      const spans = await bundles.spansOf(
        source,
        batch.map(({ record }) => record.id),
      )
      gone += spans.filter(({ scope, until }) => scope === before.scope && until === undefined).length
    }
  }
  return before.credentials - gone
}
