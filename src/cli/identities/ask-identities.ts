import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { findIdentityFiles, type IdentityFile, identityFileAt } from '../../app/find-identity-files.ts'
import { messageOf, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Terminal } from '../terminal.ts'
import { askPassword } from './ask-password.ts'
import type { IdentityOptions } from './identity-options.ts'

/** What is to be opened. */
export interface Wanted {
  /** A bundle, or a sealed recording: beside it identity files are looked for. */
  readonly path: string
  /** Of which generation it is, where something says so: that one's is tried first. */
  readonly generation?: number | undefined
  /** Whether any of these identities opens it. Left out: every key that opens is opened. */
  opens?(identities: readonly Secret[]): Promise<boolean>
}

/** An identity file and its content. */
export interface LoadedIdentityFile extends IdentityFile {
  readonly content: Uint8Array
}

/**
 * The identities that open what is wanted: from the file that was named, or those beside it; opened with the master password or with
 * shares, as the options say, else as the files that are there allow it.
 *
 * @throws RedomaError `KEY_WRONG`; `USAGE` where there is no identity file, or none of that kind
 */
export async function askIdentities(
  terminal: Terminal,
  options: IdentityOptions,
  wanted: Wanted,
): Promise<readonly Secret[]> {
  const files = await filesFor(options, wanted)
  return askPassword(terminal, options.passwordFile, files, wanted)
}

async function filesFor(options: IdentityOptions, wanted: Wanted): Promise<readonly LoadedIdentityFile[]> {
  if (options.identity !== undefined) return [await load(identityFileAt(resolve(options.identity)))]
  const found = await findIdentityFiles(wanted.path)
  if (found.length === 0) {
    throw new RedomaError('USAGE', `there is no identity file beside ${wanted.path}`, {
      hint: 'Name it: --identity identity.password.age',
    })
  }
  const isLikely = ({ generation }: IdentityFile): boolean => generation === wanted.generation
  return Promise.all([...found.filter(isLikely), ...found.filter((file) => !isLikely(file))].map(load))
}

async function load(file: IdentityFile): Promise<LoadedIdentityFile> {
  try {
    return { ...file, content: await readFile(file.path) }
  } catch (error) {
    throw new RedomaError('USAGE', `cannot read the identity file ${file.path}`, {
      cause: new Error(messageOf(error)),
    })
  }
}
