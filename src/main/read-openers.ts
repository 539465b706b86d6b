import { readFile } from 'node:fs/promises'
import type { Opener } from '../app/place-companions.ts'
import { RedomaError } from '../core/errors.ts'

/** Where `npm run openers` puts them. */
const folder = new URL('../../dist/', import.meta.url)
const names = ['open.html', 'open.mjs'] as const

/** The openers that were built. Without them bundles are still opened by `redoma glass open`, and by age and unzip. */
export async function readOpeners(warn: (message: string) => void): Promise<readonly Opener[]> {
  const openers: Opener[] = []
  for (const name of names) {
    try {
      openers.push({ name, content: await readFile(new URL(name, folder)) })
    } catch {
      warn(
        `${name} was not built, so it is put neither beside the bundles nor with the recovery card. Try: npm run openers`,
      )
    }
  }
  return openers
}

/** @throws RedomaError `NOT_FOUND` when it was not built */
export async function readOpenHtml(): Promise<Uint8Array> {
  try {
    return await readFile(new URL('open.html', folder))
  } catch (error) {
    throw new RedomaError('NOT_FOUND', 'open.html was not built', { cause: error, hint: 'npm run openers' })
  }
}
