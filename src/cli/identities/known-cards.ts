import { basename, dirname, join } from 'node:path'
import type { IdentityFile } from '../../app/find-identity-files.ts'
import { readLocalFile } from '../../app/local-file.ts'
import { identifyShare } from '../../bundle/shares/identify-share.ts'
import { parseShareList, type ShareList } from '../../bundle/shares/share-list.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'

/** 256 shares take a tenth of it. */
const listLimitBytes = 256 * 1024

/** The share lists beside identity files; those that are missing or cannot be understood are left out: they help, and decide nothing. */
export async function shareListsBeside(files: readonly IdentityFile[]): Promise<readonly ShareList[]> {
  const lists: ShareList[] = []
  for (const file of files) {
    const list = await shareListOf(file)
    if (list !== undefined) lists.push(list)
  }
  return lists
}

async function shareListOf({ path }: IdentityFile): Promise<ShareList | undefined> {
  const name = basename(path)
    .replace(/^identity/, 'shares')
    .replace(/\.quorum\.age$/, '.json')
  try {
    return parseShareList(await readLocalFile(join(dirname(path), name), listLimitBytes))
  } catch {
    return undefined
  }
}

/** Which card a share is, where one of the lists has it. */
export function cardOf(
  share: Share,
  lists: readonly ShareList[],
): { readonly number: number; readonly generation: number } | undefined {
  const found = identifyShare(share, lists)
  return found.kind === 'known' ? { number: found.number, generation: found.list.generation } : undefined
}

/** What the group of that position (from 0) is called on the cards of this share's set. */
export function groupNameOf(at: number, share: Share, lists: readonly ShareList[]): string {
  const found = identifyShare(share, lists)
  const name = found.kind === 'another-set' ? undefined : found.list.groups[at]?.name
  return name === undefined ? `group ${at + 1}` : JSON.stringify(name)
}
