import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RedomaError } from '../../core/errors.ts'
import { type Configured, needsOf, noNeeds, type ServiceNeeds } from './needs.ts'
import type { ServicePlan } from './plan.ts'
import { remarksOn } from './remarks.ts'
import { requireSafeProgram } from './safe-program.ts'
import { isOurs } from './stamp.ts'
import { serviceUnit } from './unit.ts'
import { readUnit, removeUnit, unitPath, writeUnit } from './unit-file.ts'

export interface ServiceDeps {
  /** Of this installation and instance, for a service of root's. */
  readonly plan: Omit<ServicePlan, 'needs' | 'user'>
  /** The Node.js that runs this. */
  readonly node: string
  /** `undefined` where there is no instance yet. @throws RedomaError */
  readonly configured: () => Promise<Configured | undefined>
  /** Runs a program of the system. @throws RedomaError `PROGRAM_FAILED` when it ends with anything but 0 */
  readonly runProgram: (program: string, ...words: readonly string[]) => Promise<string>
}

export interface InstallRequest {
  /** Below which folder it is written: `/`, or the root of another system, whose systemd does not run. */
  readonly prefix: string
  /** Absent: root. */
  readonly user?: string | undefined
  /** Folders that copies go to, beside those of the configuration. */
  readonly writable: readonly string[]
  /** Write over a unit that was changed by hand, which is kept beside it. */
  readonly force: boolean
  readonly dryRun: boolean
}

export interface Installed {
  readonly path: string
  readonly text: string
  /** What became of the file, or would. */
  readonly change: 'made' | 'replaced' | 'none'
  /** Where the one is kept that was changed by hand. */
  readonly keptAt: string | undefined
  /** Whether systemd runs here, and knows of it. */
  readonly isKnown: boolean
  readonly remarks: readonly string[]
}

export type InstallService = (request: InstallRequest) => Promise<Installed>
export type UninstallService = (
  request: Pick<InstallRequest, 'prefix' | 'force' | 'dryRun'>,
) => Promise<{ readonly path: string; readonly wasThere: boolean }>

/**
 * Writes the unit of the service as the configuration asks for it. Done twice it is done once.
 *
 * @throws RedomaError `ALREADY_EXISTS` where a unit was changed by hand; `PATH_UNSAFE`, `USAGE`, `FILE_FAILED`, `PROGRAM_FAILED`, and those of `configured`
 */
export function makeInstallService(deps: ServiceDeps): InstallService {
  return async (request) => {
    const { prefix, user, force, dryRun } = request
    const uid = user === undefined ? 0 : await userNumber(deps, user)
    for (const path of [deps.plan.program, deps.node]) await requireSafeProgram(path, [0, uid])
    const configured = user === undefined ? await deps.configured() : undefined
    const needs = await withOwners(needsFor(configured, request), uid)
    const text = serviceUnit({ ...deps.plan, ...placesFor(deps.plan, user), needs })
    const path = unitPath(prefix)
    const before = await readUnit(path)
    const change = before === undefined ? 'made' : before === text ? 'none' : 'replaced'
    const keptAt =
      before !== undefined && change === 'replaced' && !isOurs(before) ? `${path}.replaced` : undefined
    if (keptAt !== undefined && !force) throw changedByHand(path)
    const isKnown = !dryRun && prefix === '/' && (await systemdRuns())
    if (!dryRun && change !== 'none') {
      if (keptAt !== undefined) await writeUnit(keptAt, before ?? '')
      await writeUnit(path, text)
      if (isKnown) await deps.runProgram('systemctl', 'daemon-reload')
    }
    return { path, text, change, keptAt, isKnown, remarks: remarksOn(configured, user) }
  }
}

/** Stops the service and removes its unit. The instance stays. @throws RedomaError as above */
export function makeUninstallService(deps: Pick<ServiceDeps, 'runProgram'>): UninstallService {
  return async ({ prefix, force, dryRun }) => {
    const path = unitPath(prefix)
    const before = await readUnit(path)
    if (before === undefined) return { path, wasThere: false }
    if (!isOurs(before) && !force) throw changedByHand(path)
    if (dryRun) return { path, wasThere: true }
    const isKnown = prefix === '/' && (await systemdRuns())
    if (isKnown) await deps.runProgram('systemctl', 'disable', '--now', 'redoma.service')
    await removeUnit(path)
    if (isKnown) await deps.runProgram('systemctl', 'daemon-reload')
    return { path, wasThere: true }
  }
}

/** A user's instance is where the program looks when it is told. */
function placesFor({ home, logFolder }: ServiceDeps['plan'], user: string | undefined) {
  return user === undefined ? { home, logFolder } : { user, home, logFolder: join(home, 'log') }
}

function needsFor(configured: Configured | undefined, { writable }: InstallRequest): ServiceNeeds {
  const needs = configured === undefined ? noNeeds : needsOf(configured)
  return { ...needs, writable: [...new Set([...needs.writable, ...writable])].sort() }
}

/** Root without all of its rights writes where root may write, and no longer where anybody may. */
async function withOwners(needs: ServiceNeeds, uid: number): Promise<ServiceNeeds> {
  const owned = await Promise.all(
    needs.writable.map((path) =>
      stat(path).then(
        (found) => found.uid === uid,
        () => true,
      ),
    ),
  )
  return { ...needs, writesWhereOthersOwn: needs.writesWhereOthersOwn || owned.includes(false) }
}

async function userNumber({ runProgram }: ServiceDeps, user: string): Promise<number> {
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user))
    throw new RedomaError('USAGE', `${JSON.stringify(user)} is not a user name`)
  const number = Number(await runProgram('id', '-u', user))
  if (!Number.isInteger(number)) throw new RedomaError('NOT_FOUND', `there is no user ${user}`)
  return number
}

/** sd_booted(3). */
async function systemdRuns(): Promise<boolean> {
  return stat('/run/systemd/system').then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function changedByHand(path: string): RedomaError {
  return new RedomaError('ALREADY_EXISTS', `${path} was not written by Redoma, or was changed since`, {
    hint: `Move the changes into a drop-in (systemctl edit redoma), then say --force: the file is kept as ${path}.replaced`,
  })
}
