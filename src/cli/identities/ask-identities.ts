import { resolve } from 'node:path'
import { findIdentityFiles, type IdentityFile, identityFileAt } from '../../app/find-identity-files.ts'
import { readLocalFile } from '../../app/local-file.ts'
import { isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { printable } from '../printable.ts'
import { askPassword } from './ask-password.ts'
import { askShares } from './ask-shares.ts'
import { askWay } from './ask-way.ts'
import type { IdentityOptions } from './identity-options.ts'
import type { Asking, LoadedIdentityFile, Wanted } from './open-identity-files.ts'

/** As long as `readIdentities` takes them. */
const fileLimitBytes = 256 * 1024
/** More generations than anybody has. Each file may cost seconds, and whoever holds the copy may have put any number there. */
const fileLimit = 64

/**
 * The identities that open what is wanted: from the file that was named, or those beside it; opened with the master password or with
 * shares, as the options say, else as the files that are there allow it.
 *
 * @throws RedomaError `KEY_WRONG`, `CANCELLED`; `USAGE` where there is no identity file, or none of that kind
 */
export async function askIdentities(
  asking: Asking,
  options: IdentityOptions,
  wanted: Wanted,
): Promise<readonly Secret[]> {
  const files = await filesFor(options, wanted)
  const way = await chooseWay(asking, options, files)
  const all = filesOpenedBy(way, files, options, wanted)
  if (all.length > fileLimit) {
    asking.terminal.note(
      `${all.length} identity files are there; ${fileLimit} of them are tried. Else name one: --identity FILE`,
    )
  }
  const fitting = await loadAll(asking, all.slice(0, fileLimit))
  return way === 'shares'
    ? askShares(asking, options.sharesFile, fitting, wanted)
    : askPassword(asking.terminal, options.passwordFile, fitting, wanted)
}

/** That of the likely generation first. */
async function filesFor(options: IdentityOptions, wanted: Wanted): Promise<readonly IdentityFile[]> {
  if (options.identity !== undefined) return [identityFileAt(resolve(options.identity))]
  const found = await findIdentityFiles(wanted.path)
  if (found.length === 0) {
    throw new RedomaError('USAGE', `there is no identity file beside ${wanted.path}`, {
      hint: 'Name it: --identity identity.password.age',
    })
  }
  const isLikely = ({ generation }: IdentityFile): boolean => generation === wanted.generation
  return [...found.filter(isLikely), ...found.filter((file) => !isLikely(file))]
}

async function chooseWay(
  asking: Asking,
  options: IdentityOptions,
  files: readonly IdentityFile[],
): Promise<IdentityFile['openedBy']> {
  if (options.passwordFile !== undefined) return 'password'
  if (options.shares !== undefined || options.sharesFile !== undefined) return 'shares'
  const ways = new Set(files.map(({ openedBy }) => openedBy))
  const [only] = ways
  if (ways.size === 1 && only !== undefined) return only
  if (!asking.terminal.interactive) return 'password'
  return askWay(asking)
}

/** A file that was named is taken for what the options say: it may have been given another name. */
function filesOpenedBy(
  way: IdentityFile['openedBy'],
  files: readonly IdentityFile[],
  options: IdentityOptions,
  wanted: Wanted,
): readonly IdentityFile[] {
  const fitting = options.identity === undefined ? files.filter(({ openedBy }) => openedBy === way) : files
  if (fitting.length > 0) return fitting
  const name = way === 'shares' ? 'identity.quorum.age' : 'identity.password.age'
  throw new RedomaError('USAGE', `there is no ${name} beside ${wanted.path}`, {
    hint: `What is there is opened ${way === 'shares' ? 'with the master password' : 'with shares: --shares'}.`,
  })
}

/** One that cannot be read is left out where there are others, and said. */
async function loadAll(
  { terminal }: Asking,
  files: readonly IdentityFile[],
): Promise<readonly LoadedIdentityFile[]> {
  const loaded: LoadedIdentityFile[] = []
  let problem: unknown
  for (const file of files) {
    try {
      loaded.push({ ...file, content: await readLocalFile(file.path, fileLimitBytes) })
    } catch (error) {
      problem ??= error
      if (files.length > 1) terminal.note(`left out: ${printable(messageOf(error))}`)
    }
  }
  if (loaded.length > 0) return loaded
  throw isRedomaError(problem, 'LIMIT_EXCEEDED')
    ? problem
    : new RedomaError('USAGE', `cannot read the identity file ${files[0]?.path ?? ''}`, {
        cause: new Error(messageOf(problem)),
      })
}
