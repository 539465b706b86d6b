import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { RedomaError } from '../../core/errors.ts'
import type { CifsSpec, NfsSpec } from '../../ports/destination-spec.ts'
import { cifsRequest } from './cifs-request.ts'
import { openCredentialsFile, type ShareCredential } from './credentials-file.ts'
import { mountFailure } from './mount-failures.ts'
import { isEmpty, makePoint } from './mount-point.ts'
import type { MountRequest } from './mount-request.ts'
import { type Mount, mountAt, mountOfOpen, openPathFlag, readMounts } from './mount-table.ts'
import { nfsRequest } from './nfs-request.ts'
import { runProgram } from './run-program.ts'
import { unmount } from './unmount.ts'

export interface MountingDeps {
  /** Where it is mounted: a folder of the instance's own, for this destination alone. It is made where it is not there. */
  readonly folder: string
  /** Asked for only where the share wants a password and is not mounted yet. */
  readonly credential: () => Promise<ShareCredential>
  /** After which a server that does not answer is given up; a minute unless it is said. */
  readonly patienceSeconds?: number
  readonly signal: AbortSignal
}

/** A share that is mounted, and stays so until this is disposed of. Others may use the same mount: the last unmounts it. */
export interface MountedPlace extends AsyncDisposable {
  /** Where objects are: what a destination of files is given, with the next two to prove it by. */
  readonly path: string
  readonly mountPoint: string
  /** As in `/proc/self/mountinfo`: `0:51`. */
  readonly device: string
  /** @throws RedomaError `DESTINATION_UNREACHABLE` when something else, or nothing, is seen at the mount point by now */
  prove(): Promise<void>
}

/** How often it is begun again when others mount and unmount it at the same time. */
const attempts = 10
const usualPatienceSeconds = 60

/**
 * Mounts a share or export, or uses the mount of another process of this instance, which must answer.
 *
 * @throws RedomaError `DESTINATION_UNREACHABLE`, `DESTINATION_FORBIDDEN`, `DESTINATION_FAILED`, and `USAGE` for what cannot be mounted safely
 */
export async function mountPlace(spec: CifsSpec | NfsSpec, deps: MountingDeps): Promise<MountedPlace> {
  const { patienceSeconds = usualPatienceSeconds, signal } = deps
  const request =
    spec.kind === 'cifs' ? cifsRequest(spec, patienceSeconds) : nfsRequest(spec, patienceSeconds)
  const milliseconds = (patienceSeconds + 5) * 1000
  const point = await makePoint(deps.folder)
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const there = mountAt(await readMounts(), point)
    if (there === undefined) await mount(request, point, { ...deps, milliseconds, domain: domainOf(spec) })
    else if (!isOf(there, request)) await replace(point, request, signal)
    if (!(await answers(point, request, milliseconds, signal))) continue
    const held = await hold(point, request)
    if (held !== undefined) return placeOf(point, held.root, held.mount)
  }
  throw new RedomaError('DESTINATION_FAILED', `${point} is mounted and unmounted again and again`, {
    hint: 'Look who else mounts there (findmnt).',
  })
}

/** Whether this is what would be mounted: anything else at that place is of an earlier configuration. */
function isOf({ type, source, options }: Mount, request: MountRequest): boolean {
  return (
    type === request.type &&
    source === request.source &&
    request.shown.every((option) => options.has(option)) &&
    !options.has('ro')
  )
}

/** What is mounted there is of an earlier configuration. */
async function replace(point: string, request: MountRequest, signal: AbortSignal): Promise<void> {
  await unmount(point, signal)
  const there = mountAt(await readMounts(), point)
  if (there === undefined || isOf(there, request)) return
  throw new RedomaError('DESTINATION_FAILED', `${there.source} is mounted at ${point}, and in use`, {
    hint: `It should be ${request.source}: wait until the other run has ended, or look who uses it (fuser -m).`,
  })
}

async function mount(
  request: MountRequest,
  point: string,
  deps: MountingDeps & { readonly milliseconds: number; readonly domain: string | undefined },
): Promise<void> {
  if (process.getuid?.() !== 0) throw notRoot(request)
  if (!(await isEmpty(point))) return
  const credential = request.needsCredential ? await deps.credential() : undefined
  const options = [...request.options]
  await using file = credential === undefined ? undefined : await openCredentialsFile(credential, deps.domain)
  if (file !== undefined) options.push('credentials=/proc/self/fd/3')
  if (request.type === 'cifs' && !isAscii(request.source, deps.domain, credential))
    options.push('iocharset=utf8')
  const words = [request.source, point, '-o', options.join(',')]
  const limits = { milliseconds: deps.milliseconds, fd: file?.fd }
  const end = await runProgram(request.program, words, limits, deps.signal)
  // Another process may have been faster.
  if (end.status === 0 || isBusy(end.complaint)) return
  throw mountFailure(request, end)
}

/** Otherwise the kernel must be told that it is UTF-8, for which it needs a module that not every system has. */
function isAscii(source: string, domain = '', credential?: ShareCredential): boolean {
  const words = [source, domain, credential?.user ?? '', credential?.secret.reveal() ?? '']
  return words.every((word) => /^[\x20-\x7e]*$/.test(word))
}

function domainOf(spec: CifsSpec | NfsSpec): string | undefined {
  return spec.kind === 'cifs' ? spec.domain : undefined
}

function isBusy(complaint: string): boolean {
  return /error\(16\)|busy|already mounted/i.test(complaint)
}

/**
 * Asks the server, by way of a process that can be given up: a thread of this one would hang as long as the server does. What does not answer is
 * unmounted, so that it is mounted anew.
 *
 * @throws RedomaError `DESTINATION_UNREACHABLE` when it does not answer and others still wait for it
 */
async function answers(
  point: string,
  request: MountRequest,
  milliseconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  const end = await runProgram('stat', ['--format=%d', point], { milliseconds }, signal)
  if (end.status === 0) return true
  await unmount(point, signal)
  if (mountAt(await readMounts(), point) === undefined) return false
  throw mountFailure(request, end)
}

function notRoot({ source }: MountRequest): RedomaError {
  return new RedomaError('DESTINATION_FAILED', `${source}: only root can mount it`, {
    hint: 'Run Redoma as root, or mount it by the system and add the mounted folder as the destination.',
  })
}

/** Opens what is mounted, so that nobody unmounts it; `undefined` when it is gone, or another one by now. */
async function hold(
  point: string,
  request: MountRequest,
): Promise<{ readonly root: FileHandle; readonly mount: Mount } | undefined> {
  const root = await open(point, openPathFlag | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  const mount = await mountOfOpen(root)
  if (mount?.point === point && isOf(mount, request)) return { root, mount }
  await root.close()
  return undefined
}

function placeOf(point: string, root: FileHandle, { id, device }: Mount): MountedPlace {
  return {
    ...{ path: point, mountPoint: point, device },
    async prove() {
      // As long as it is held open, no other mount has its number.
      if (mountAt(await readMounts(), point)?.id === id) return
      throw new RedomaError(
        'DESTINATION_UNREACHABLE',
        `what was mounted at ${point} is not mounted there any more`,
        {
          hint: 'Look who unmounted or covered it; Redoma mounts it anew the next time.',
        },
      )
    },
    async [Symbol.asyncDispose]() {
      await root.close()
      await unmount(point, new AbortController().signal)
    },
  }
}
