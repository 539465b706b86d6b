import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { IdentityFile } from '../../app/find-identity-files.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { readShareList, type ShareList } from './read-share-list.ts'

/** What `shares.json` beside an identity file says of a card. Nobody's signature was looked at: it helps, and decides nothing. */
export interface KnownCard {
  /** As printed on it, from 1. */
  readonly number: number
  readonly generation: number
  readonly list: ShareList
}

/** The share lists beside identity files; those that are missing or cannot be understood are left out. */
export async function shareListsBeside(files: readonly IdentityFile[]): Promise<readonly ShareList[]> {
  const lists = await Promise.all(files.map(shareListOf))
  return lists.flatMap((list) => list ?? [])
}

async function shareListOf({ path }: IdentityFile): Promise<ShareList | undefined> {
  const name = basename(path)
    .replace(/^identity/, 'shares')
    .replace(/\.quorum\.age$/, '.json')
  try {
    return readShareList(await readFile(join(dirname(path), name)))
  } catch {
    return undefined
  }
}

/** Which card a share is, where one of the lists has it. */
export function cardOf(share: Share, lists: readonly ShareList[]): KnownCard | undefined {
  const sha256 = createHash('sha256').update(share.words.reveal()).digest('hex')
  for (const list of lists) {
    const found = list.shares.find((one) => one.sha256 === sha256)
    if (found !== undefined) return { number: found.number, generation: list.generation, list }
  }
  return undefined
}
