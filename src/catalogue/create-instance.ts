import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, open, rm, stat } from 'node:fs/promises'
import { messageOf, RedomaError, systemCode } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { generateSigningKey } from '../crypto/ssh-signature.ts'
import type { Instance } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import { cataloguePath, isOwn, syncFolder } from './home.ts'
import { makeInstanceKey } from './instance-key.ts'
import { migrate } from './migrate.ts'
import { checkPlace, checkText, signingKeyPlace } from './places.ts'
import { sealedValues } from './sealed-values.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Makes an instance in the folder `home`: key, catalogue, identity, signing key. The catalogue appears under its name
 * only when it is whole, so that a making which was cut off at any moment can be begun again.
 *
 * @throws RedomaError `INSTANCE_EXISTS`, `FILE_FAILED`, `INSTANCE_KEY_WRONG` (a key lies there that cannot be used)
 */
export async function createInstance(
  home: string,
  name: string,
  clock: Clock,
  isAppliance = false,
  credentials?: string,
): Promise<Instance> {
  await makeFolder(home)
  await refuseExisting(home)
  const instance = { id: randomUUID(), name, createdAt: clock.now(), isAppliance }
  const key = await makeInstanceKey({ home, credentials })
  const temporary = `${cataloguePath(home)}.${randomUUID()}.new`
  try {
    await writeCatalogue(temporary, instance, key, clock)
    await publish(temporary, home)
  } finally {
    key.fill(0)
    for (const suffix of ['', '-wal', '-shm']) await rm(temporary + suffix, { force: true })
  }
  return instance
}

async function makeFolder(home: string): Promise<void> {
  try {
    const made = await mkdir(home, { recursive: true, mode: 0o700 })
    if (made !== undefined) await chmod(home, 0o700)
    const { mode, uid } = await stat(home)
    if (!isOwn(uid)) throw strange(home)
    if ((mode & 0o077) !== 0) await chmod(home, 0o700)
  } catch (error) {
    if (error instanceof RedomaError) throw error
    throw new RedomaError('FILE_FAILED', `${home} cannot be made: ${messageOf(error)}`, { cause: error })
  }
}

/** Its owner could put keys and catalogues of his own in the place of ours, whatever their permissions. */
function strange(home: string): RedomaError {
  return new RedomaError('FILE_FAILED', `${home} belongs to another user`, {
    hint: 'Name a folder in REDOMA_HOME that is not there yet, or that is yours.',
  })
}

async function refuseExisting(home: string): Promise<void> {
  const there = await stat(cataloguePath(home)).then(
    () => true,
    () => false,
  )
  if (there) throw existing(home)
}

async function writeCatalogue(
  path: string,
  instance: Instance,
  key: Uint8Array,
  clock: Clock,
): Promise<void> {
  // Made here since SQLite would make it readable by others; its -wal and -shm take this file's mode.
  await (await open(path, 'wx', 0o600)).close()
  const sealed = sealedValues(Uint8Array.from(key))
  const db = openSqlite(path)
  try {
    await migrate(db, clock)
    await db
      .insertInto('instance')
      .values({
        id: instance.id,
        name: instance.name,
        created_at: instance.createdAt.toISOString(),
        appliance: instance.isAppliance ? 1 : 0,
        sealed_check: sealed.seal(checkPlace(instance.id), new Secret(checkText)),
        sealed_signing_key: sealed.seal(signingKeyPlace(instance.id), generateSigningKey()),
      })
      .execute()
  } finally {
    await db.destroy()
    sealed.forgetKey()
  }
}

/** A link, unlike a rename, fails when another `init` was faster. */
async function publish(temporary: string, home: string): Promise<void> {
  await syncFile(temporary)
  await link(temporary, cataloguePath(home)).catch((error: unknown) => {
    throw systemCode(error) === 'EEXIST' ? existing(home) : error
  })
  await syncFolder(home)
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.sync()
}

function existing(home: string): RedomaError {
  return new RedomaError('INSTANCE_EXISTS', `${home} holds an instance already`, {
    hint: 'Use it, or name another folder in REDOMA_HOME.',
  })
}
