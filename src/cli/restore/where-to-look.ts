import { type Command, Option } from 'commander'
import type { RequireSecondPerson } from '../../app/approvals/require-second-person.ts'
import { lockNotices } from '../../app/repository-progress.ts'
import type { Locking } from '../../repository/locks/locking.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { parseSpan } from '../parse.ts'
import { startProgressBar } from '../progress-bar.ts'
import type { Access } from '../services.ts'
import type { Place } from './find-copy.ts'
import {
  addStoreOptions,
  namedRepository,
  refuseStoreOptions,
  type StoreOptions,
} from './named-repository.ts'

/** Which repositories a command reads. */
export interface PlaceOptions extends StoreOptions {
  readonly from?: string
  readonly repository?: string
  readonly passwordFile?: string
}

/** How it locks them meanwhile. */
export interface LockOptions {
  readonly lock: boolean
  readonly retryLock: string
}

/** For a command that only reads: in an emergency a copy and its password are all there is. */
export function withPlaceOptions(command: Command): Command {
  return withRepositoryOptions(command.option('--from <destination>', 'look at this destination only'))
}

export function withRepositoryOptions(command: Command): Command {
  return addStoreOptions(
    command
      .addOption(
        new Option(
          '--repository <place>',
          'this repository, without the instance: a folder, or s3:URL',
        ).conflicts(['from', 'at']),
      )
      .option('--password-file <file>', 'the file that holds its password; - is standard input'),
  )
}

/** The same, for what locks what it reads. */
export function withReadingOptions(command: Command): Command {
  return withLockOptions(withPlaceOptions(command))
}

export function withLockOptions(command: Command): Command {
  return command
    .option('--no-lock', 'take no lock: where nobody prunes meanwhile')
    .option('--retry-lock <span>', 'how long to wait for who prunes the repository', '1m')
}

/** Where to look. Disposed when the work is done: what leads there (a mount, a login) is open until then. */
export interface Places extends ReadonlyArray<Place>, AsyncDisposable {
  /** Of the instance; absent: there is none in it. */
  readonly requireSecondPerson?: RequireSecondPerson | undefined
}

/** The repository that was named, or those of the instance; each to be locked as was said. */
export async function placesToRead(context: Context, options: PlaceOptions & LockOptions): Promise<Places> {
  const access = options.lock ? 'writing' : 'reading'
  return open(context, options, access, (place) => ({
    ...place,
    locking: lockingOf(context, place, options),
  }))
}

/** The same, for what needs no lock. */
export async function placesOf(context: Context, options: PlaceOptions): Promise<Places> {
  return open(context, options, 'reading', (place) => place)
}

async function open(
  context: Context,
  options: PlaceOptions,
  access: Access,
  each: (place: Place) => Place,
): Promise<Places> {
  await using opening = new AsyncDisposableStack()
  const named = await namedPlace(context, options, access)
  const instance = named === undefined ? opening.use(await context.services.openInstance()) : undefined
  const places =
    named === undefined ? await instance?.systemRepositories(options.from, access) : [opening.use(named)]
  const kept = opening.move()
  return Object.assign((places ?? []).map(each), {
    requireSecondPerson: instance?.requireSecondPerson,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  })
}

/** What `--repository` names: connected to until it is disposed. */
export async function namedPlace(
  { services, terminal }: Context,
  { repository, passwordFile, region, virtualHost, ca }: PlaceOptions,
  access: Access,
): Promise<(Place & AsyncDisposable) | undefined> {
  const store = { region, virtualHost, ca }
  if (repository === undefined) {
    refuseStoreOptions(store)
    return undefined
  }
  await using opening = new AsyncDisposableStack()
  const destination = opening.use(await services.reachNamed(namedRepository(repository, store), access))
  const password = await askSecret(terminal, { prompt: 'Repository password', file: passwordFile })
  const kept = opening.move()
  return { destination, prefix: '', password, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** What there is to say of locks is said at once. */
function lockingOf(
  { terminal, clock }: Context,
  { name = 'repository' }: Place,
  { lock, retryLock }: LockOptions,
): Partial<Locking> {
  return {
    patienceMs: parseSpan(retryLock),
    readingLock: lock ? 'wanted' : 'none',
    onNotice: lockNotices(startProgressBar(terminal, clock).progress, name),
  }
}
