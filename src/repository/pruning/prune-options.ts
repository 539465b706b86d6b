/** How much may stay in packs that nothing needs: to be rid of the last of it, much else must be written anew. */
export type UnusedLimit =
  /** Of all that is stored afterwards. */
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'unlimited' }

export interface PruneOptions {
  readonly maxUnused: UnusedLimit
  /** Bytes of packs that are written anew in one go; `Infinity` for no limit. */
  readonly maxRepackBytes: number
}

/** As restic's. */
export const defaultPruneOptions: PruneOptions = {
  maxUnused: { kind: 'percent', percent: 5 },
  maxRepackBytes: Infinity,
}

/** In bytes, beside so many that are used. */
export function unusedAllowed(limit: UnusedLimit, usedBytes: number): number {
  switch (limit.kind) {
    case 'percent':
      return limit.percent >= 100 ? Infinity : (limit.percent / (100 - limit.percent)) * usedBytes
    case 'bytes':
      return limit.bytes
    case 'unlimited':
      return Infinity
  }
}
