import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { buildAllInOne, type EmbeddedFile } from '../bundle/all-in-one.ts'
import { messageOf, RedomaError } from '../core/errors.ts'
import { identityFilesIn } from './find-identity-files.ts'
import { readLocalFile } from './local-file.ts'
import { writeNewFile } from './write-new-file.ts'

export interface AllInOneRequest {
  /** At a destination, or a copy of its folder `secrets`: what opens the bundle lies beside it. */
  readonly bundlePath: string
  /** A new file, for its owner alone. */
  readonly outPath: string
}

export interface AllInOneResult {
  /** Absolute. */
  readonly path: string
  readonly bytes: number
  /** Of the page, lower-case hex. What it has inside makes it another one than that of `open.html`. */
  readonly sha256: string
  /** Names of the files that are in the page. */
  readonly files: readonly string[]
}

/**
 * Puts a bundle, the identity files and lists of cards beside it, and the ledger into a page that opens itself: for a stick. Nothing is decrypted.
 *
 * @throws RedomaError `NOT_FOUND` for what is not there, `LIMIT_EXCEEDED`, `ALREADY_EXISTS`, `FILE_FAILED`
 */
export type MakeAllInOne = (request: AllInOneRequest) => Promise<AllInOneResult>

export interface MakeAllInOneDeps {
  /** @throws RedomaError `NOT_FOUND` when it was not built */
  openHtml(): Promise<Uint8Array>
}

/** A browser has to hold the whole page in memory, and more. */
const limitBytes = 256 * 1024 * 1024

export function makeMakeAllInOne(deps: MakeAllInOneDeps): MakeAllInOne {
  return async ({ bundlePath, outPath }) => {
    const openHtml = await deps.openHtml()
    const bundle = await readWhole(resolve(bundlePath))
    const companions = await companionsOf(dirname(resolve(bundlePath)))
    const files = [bundle, ...companions]
    const page = buildAllInOne(openHtml, files)
    const path = resolve(outPath)
    await writeNewFile(path, only(page))
    return {
      path,
      bytes: page.length,
      sha256: createHash('sha256').update(page).digest('hex'),
      files: files.map(({ name }) => name),
    }
  }
}

async function companionsOf(folder: string): Promise<EmbeddedFile[]> {
  const identities = (await identityFilesIn(folder)).map(({ path }) => basename(path)).toSorted()
  if (identities.length === 0) {
    throw new RedomaError('NOT_FOUND', `there is no identity file beside the bundle, in ${folder}`, {
      hint: 'identity.password.age or identity.quorum.age lies beside the bundles at every destination.',
    })
  }
  const lists = (await namesIn(folder)).filter((name) => /^shares.*\.json$/.test(name))
  const wanted = [...identities, ...lists].map((name) => readWhole(join(folder, name)))
  return [...(await Promise.all(wanted)), ...(await ledgerOf(folder))]
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted()
  } catch (error) {
    throw new RedomaError('FILE_FAILED', `cannot read ${folder}: ${messageOf(error)}`, { cause: error })
  }
}

/** Beside the bundle, or a folder further up, as at a destination. */
async function ledgerOf(folder: string): Promise<EmbeddedFile[]> {
  for (const place of [folder, dirname(folder)]) {
    try {
      return [await readWhole(join(place, 'ledger.jsonl'))]
    } catch (error) {
      if (!(error instanceof RedomaError) || error.code !== 'NOT_FOUND') throw error
    }
  }
  return []
}

async function readWhole(path: string): Promise<EmbeddedFile> {
  return { name: basename(path), content: await readLocalFile(path, limitBytes) }
}

async function* only(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content
}
