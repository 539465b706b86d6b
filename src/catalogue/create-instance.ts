import { randomUUID } from 'node:crypto'
import { chmod, mkdir, stat } from 'node:fs/promises'
import { messageOf, RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { generateSigningKey } from '../crypto/ssh-signature.ts'
import type { Instance } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Plan } from '../ports/plan.ts'
import type { Engine } from './engine.ts'
import { isOwn } from './home.ts'
import { makeInstanceKey } from './instance-key.ts'
import { migrate } from './migrate.ts'
import { placeOf } from './place.ts'
import { checkPlace, checkText, signingKeyPlace } from './places.ts'
import { planRowOf } from './plans.ts'
import { keepAtFirst } from './routines.ts'
import { type SealedValues, sealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'

export interface InstanceOptions {
  readonly isAppliance?: boolean
  /** What systemd handed to this process: the instance key may be among it. */
  readonly credentials?: string | undefined
  /** The address of the PostgreSQL that is to hold the catalogue; absent: it will be a file in the folder. */
  readonly database?: Secret | undefined
  /** That it begins with. */
  readonly plan?: Plan | undefined
  /** Of the times at which the daemon does what it does beside the plans. */
  readonly timeZone?: string | undefined
}

/**
 * Makes an instance in the folder `home`: key, catalogue, identity, signing key. One which was cut off at any moment can be begun again.
 *
 * @throws RedomaError `INSTANCE_EXISTS`, `FILE_FAILED`, `INSTANCE_KEY_WRONG` (a key lies there that cannot be used), `USAGE`,
 * `CATALOGUE_UNREACHABLE`
 */
export async function createInstance(
  home: string,
  name: string,
  clock: Clock,
  { isAppliance = false, database, credentials, plan, timeZone }: InstanceOptions = {},
): Promise<Instance> {
  const place = await placeOf(home, database)
  await makeFolder(home)
  await place.refuseInstance()
  const instance = { id: randomUUID(), name, createdAt: clock.now(), isAppliance }
  const sealed = sealedValues(await makeInstanceKey({ home, credentials }))
  try {
    await place.create((engine, db) =>
      writeCatalogue(engine, db, { instance, sealed, clock, plan, timeZone }),
    )
  } finally {
    sealed.forgetKey()
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

interface Beginning {
  readonly instance: Instance
  readonly sealed: SealedValues
  readonly clock: Clock
  readonly plan: Plan | undefined
  readonly timeZone: string | undefined
}

/** Of two that begin at once in one database, the second finds the instance of the first. */
async function writeCatalogue(
  engine: Engine,
  db: Database,
  { instance, sealed, clock, plan, timeZone }: Beginning,
): Promise<void> {
  await migrate(engine, db, clock)
  await db.transaction().execute(async (transaction) => {
    const there = await transaction.selectFrom('instance').select('id').executeTakeFirst()
    if (there !== undefined)
      throw new RedomaError('INSTANCE_EXISTS', 'another has just made an instance there')
    await transaction
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
    if (plan !== undefined) await transaction.insertInto('plan').values(planRowOf(plan)).execute()
    if (timeZone !== undefined) await keepAtFirst(transaction, instance.createdAt, timeZone)
  })
}
