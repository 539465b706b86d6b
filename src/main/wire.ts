import { createHash } from 'node:crypto'
import type { Opener } from '../app/place-companions.ts'
import type { SystemRepositoryDeps } from '../app/restore-system.ts'
import type { OpenInstance, Services } from '../cli/services.ts'
import type { Terminal } from '../cli/terminal.ts'
import { RedomaError } from '../core/errors.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Clock } from '../ports/clock.ts'
import { databaseUrl } from './database-url.ts'
import { lazily } from './lazily.ts'
import { programVersion } from './program-version.ts'
import type { Settings } from './settings.ts'

/** Builds everything. Modules are loaded by who needs them: `redoma --help` opens no catalogue. */
export function wire(settings: Settings, clock: Clock, terminal: Terminal): Services {
  const { home, logFolder, hostName } = settings
  return {
    home,
    logFolder,
    hostName,
    get timeZone() {
      return settings.timeZone
    },
    async moveCatalogue() {
      const url = await databaseUrl(settings)
      if (url === undefined) {
        throw new RedomaError('USAGE', 'DATABASE_URL does not say where the catalogue is to go')
      }
      const { moveToPostgresql } = await import('../catalogue/postgresql/move-from-sqlite.ts')
      await moveToPostgresql(home, url, clock)
      const { openCatalogue } = await import('../catalogue/open-catalogue.ts')
      const { credentials } = settings.systemd
      const catalogue = await openCatalogue({ home, clock, credentials, database: url })
      await catalogue.close()
      return catalogue.instance
    },
    async createInstance(name, isAppliance) {
      const { createInstance } = await import('../catalogue/create-instance.ts')
      const { credentials } = settings.systemd
      const database = await databaseUrl(settings)
      const { defaultPlan } = await import('../app/plans/default-plan.ts')
      const plan = defaultPlan(clock.now(), settings.timeZone)
      const instance = await createInstance(home, name, clock, {
        ...{ isAppliance, credentials, database, plan },
        timeZone: settings.timeZone,
      })
      return { instance, plan }
    },
    openInstance,
    async findDaemon() {
      const { findDaemon } = await import('./find-daemon.ts')
      return findDaemon(settings)
    },
    version: programVersion(),
    async serve(request, signal) {
      const { serve } = await import('./serve.ts')
      await serve({ settings, clock, warn }, request, signal)
    },
    async https() {
      return (await import('../app/https-settings.ts')).keptHttps(home)
    },
    installService: lazily(async () => {
      const { makeInstallService } = await import('../app/service/install-service.ts')
      const { serviceDeps } = await import('./service-deps.ts')
      return makeInstallService(serviceDeps(settings, openInstance))
    }),
    uninstallService: lazily(async () => {
      const { makeUninstallService } = await import('../app/service/install-service.ts')
      const { serviceDeps } = await import('./service-deps.ts')
      return makeUninstallService(serviceDeps(settings, openInstance))
    }),
    async reachNamed(spec, access) {
      const { reachNamed } = await import('./reach-named.ts')
      const { accessing } = await import('./accessing.ts')
      return accessing(await reachNamed(spec, settings, clock), access)
    },
    holdCeremonyElsewhere: lazily(async () => {
      const { makeHoldCeremonyElsewhere } = await import('../app/hold-ceremony.ts')
      return makeHoldCeremonyElsewhere({ primitives: await primitives(), clock, openers: builtOpeners })
    }),
    forbidDumps,
    async openerSha256(wanted) {
      const { readOpeners } = await import('./read-openers.ts')
      const opener = (await readOpeners(() => undefined)).find(({ name }) => name === wanted)
      return opener && createHash('sha256').update(opener.content).digest('hex')
    },
    openDrill: lazily(async () => {
      const { makeOpenDrill } = await import('../app/open-drill.ts')
      return makeOpenDrill({ primitives: await primitives() })
    }),
    async verifyFolder() {
      const { reachLocal } = await import('./reach-local.ts')
      const { accessing } = await import('./accessing.ts')
      const { verifyWithoutInstance } = await import('../app/verify-glass-further.ts')
      const tools = await primitives()
      return (path, signer, { identities, head, scope }, progress, signal) => {
        const destination = accessing(reachLocal(path, clock), 'reading')
        const key = identities === undefined ? undefined : { identities, primitives: tools }
        return verifyWithoutInstance(destination, signer, { key, head, scope }, progress, signal)
      }
    },
    openGlass: lazily(async () => {
      const { makeOpenGlass } = await import('../app/open-glass.ts')
      return makeOpenGlass({ primitives: await primitives(), clock })
    }),
    makeAllInOne: lazily(async () => {
      const { makeMakeAllInOne } = await import('../app/make-all-in-one.ts')
      const { readOpenHtml } = await import('./read-openers.ts')
      return makeMakeAllInOne({ openHtml: readOpenHtml })
    }),
    openRecordings: lazily(async () => {
      const { makeOpenRecordings } = await import('../app/open-recording.ts')
      return makeOpenRecordings({ primitives: await primitives() })
    }),
    listSnapshots: lazily(async () => {
      const { makeListSnapshots } = await import('../app/restore-system.ts')
      return makeListSnapshots(await systemDeps())
    }),
    async browseSystem() {
      const { makeBrowseSystem } = await import('../app/browse-system.ts')
      return makeBrowseSystem(await systemDeps())
    },
    unlockRepository: lazily(async () => {
      const { makeUnlockRepository } = await import('../app/unlock-repositories.ts')
      return makeUnlockRepository(await systemDeps())
    }),
    restoreSystem: lazily(async () => {
      const { makeRestoreSystem } = await import('../app/restore-system.ts')
      return makeRestoreSystem(await systemDeps())
    }),
  }

  async function openInstance(): Promise<OpenInstance> {
    const { openInstance: open } = await import('./open-instance.ts')
    return open(settings, clock, warn)
  }

  function warn(message: string): void {
    terminal.note(`${terminal.noteStyle.yellow('warning:')} ${message}`)
  }

  async function builtOpeners(): Promise<readonly Opener[]> {
    const { readOpeners } = await import('./read-openers.ts')
    return readOpeners(warn)
  }

  async function systemDeps(): Promise<SystemRepositoryDeps> {
    const { loadFileCalls } = await import('../crypto/native.ts')
    return { clock, primitives: await primitives(), fileCalls: loadFileCalls() }
  }
}

async function forbidDumps(): Promise<void> {
  const native = await import('../crypto/native.ts')
  native.forbidDumps()
}

async function primitives(): Promise<Primitives> {
  return (await import('../crypto/native.ts')).loadPrimitives()
}
