import { folded } from '../../bundle/search-words.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { type OpenListed, parseCredential } from '../../ports/credential-json.ts'

/** The credentials of a bundle, in the order of their titles. */
export interface Credentials {
  readonly count: number
  /** What is read without parsing: enough for lists and for searching. */
  readonly listed: readonly ListedCredential[]
  /** @throws RedomaError `DATA_DAMAGED`, `NOT_FOUND` */
  record(at: number): CredentialRecord
}

export interface ListedCredential {
  readonly id: string
  readonly title: string
  readonly kind: string
  readonly user: string
  readonly host: string
  readonly url: string
  readonly database: string
  readonly folder: string
  readonly owner: string
  readonly tags: readonly string[]
}

/**
 * Each is parsed when it is asked for: all of 100,000 would take seconds before the first could be found. That the file is what the
 * instance made is known from its hash by then.
 */
export function listCredentials(json: readonly unknown[], open: OpenListed): Credentials {
  const keyed = json.map((one) => {
    const listed = listedOf(one)
    return { one, listed, key: sortKey(listed.title) }
  })
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return {
    count: keyed.length,
    listed: keyed.map(({ listed }) => listed),
    record: (at) => parseCredential(keyed[at]?.one, open),
  }
}

function listedOf(json: unknown): ListedCredential {
  const fields = (typeof json === 'object' && json !== null ? json : {}) as Readonly<Record<string, unknown>>
  const text = (name: string): string => {
    const value = fields[name]
    return typeof value === 'string' ? value : ''
  }
  const tags = fields['tags']
  return {
    id: text('id'),
    title: text('title'),
    kind: text('kind'),
    user: text('user'),
    host: text('host'),
    url: text('url'),
    database: text('database'),
    folder: text('folder'),
    owner: text('owner'),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
  }
}

/** Capitals and accents are the same, and 9 comes before 10. */
function sortKey(title: string): string {
  return folded(title).replaceAll(/\d+/g, (digits) => digits.padStart(10, '0'))
}
