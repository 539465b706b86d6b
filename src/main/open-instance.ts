import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AddDestination } from '../app/add-destination.ts'
import type { AddSourceDeps } from '../app/add-source.ts'
import type { AnswerApproval } from '../app/approvals/answer-approval.ts'
import type { RequireSecondPerson } from '../app/approvals/require-second-person.ts'
import type { NoteCertificate } from '../app/certificates/note-certificate.ts'
import type { AcknowledgeIncident } from '../app/incidents/acknowledge-incident.ts'
import type { KeepIncidents } from '../app/incidents/keep-incidents.ts'
import type { RepositoryAccess } from '../app/restore-system.ts'
import type { PlanScope } from '../app/scopes/plan-scope.ts'
import type { SettleHooks } from '../app/settle-hooks.ts'
import type { StampLedger } from '../app/stamp-ledger.ts'
import { type Target, targetOf } from '../app/target.ts'
import { administratorsOf } from '../app/users/administrators.ts'
import { isOfApi } from '../app/users/user-name.ts'
import type { WhileLeased } from '../app/while-leased.ts'
import { onlyWrittenTo, readableOnes } from '../app/write-only.ts'
import { openCatalogue } from '../catalogue/open-catalogue.ts'
import { entryNamed } from '../cli/named.ts'
import type { Access, OpenInstance } from '../cli/services.ts'
import { machineIdentity } from '../core/machine-identity.ts'
import type { Secret } from '../core/secret.ts'
import { wait } from '../core/wait.ts'
import type { FileCalls } from '../crypto/file-calls.ts'
import type { Primitives } from '../crypto/primitives.ts'
import { ownMachine } from '../destinations/own-machine/own-machine.ts'
import type { DestinationRecord } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import { isWriteOnly } from '../ports/destination-spec.ts'
import type { OpenProvider } from '../ports/identity-provider.ts'
import type { Notifier } from '../ports/notifier.ts'
import { accessing } from './accessing.ts'
import { databaseUrl } from './database-url.ts'
import { lazily } from './lazily.ts'
import { openLog } from './log.ts'
import { programVersion } from './program-version.ts'
import { type Settings, serviceFolders } from './settings.ts'
import { openWays, type Ways } from './ways.ts'

/** How long a command waits for a second person: they may sit in another room. */
const anHourMs = 60 * 60_000

/** Opens the instance, and hands its use cases what they need. */
export async function openInstance(
  settings: Settings,
  clock: Clock,
  warn: (message: string) => void,
): Promise<OpenInstance> {
  const { home } = settings
  const { credentials } = settings.systemd
  const database = await databaseUrl(settings)
  const catalogue = await openCatalogue({
    ...{ home, clock, credentials, database },
    hostName: settings.machineName,
    believedMs: settings.nodeTimeoutMs,
    loadPrimitives: primitives,
  })
  const log = openLog({ folder: settings.logFolder, clock, warn })
  const instance = instanceOn({ catalogue, log }, settings, clock, warn)
  return {
    ...instance,
    async [Symbol.asyncDispose]() {
      await instance[Symbol.asyncDispose]()
      await catalogue.close()
      log[Symbol.dispose]()
    },
  }
}

/**
 * The same on a catalogue that this process has open, and which is closed by who opened it: two connections to one SQLite file, in one process, would wait for each
 * other without letting the other go on. What leads to destinations is its own.
 */
export function instanceOn(
  { catalogue, log, ...shared }: Pick<OpenInstance, 'catalogue' | 'log'> & { readonly ways?: Ways },
  settings: Settings,
  clock: Clock,
  warn: (message: string) => void,
  from: 'here' | 'by-api' = 'here',
): OpenInstance {
  const { home, actor } = settings
  const { runtimeFolder = join(home, 'run') } = settings.systemd
  const audited = { catalogue, clock, actor }
  const administrators = () => administratorsOf(catalogue)
  const notifier = async (): Promise<Notifier> => {
    const { logNotifier } = await import('../app/log-notifier.ts')
    const { queueingNotifier } = await import('../app/incidents/queueing-notifier.ts')
    const { tellingAll } = await import('../app/telling-all.ts')
    return tellingAll([logNotifier(log), queueingNotifier({ catalogue, clock })])
  }
  const recordInLedger = lazily(async () =>
    (await import('./record-in-ledger.ts')).recordingInLedger(catalogue, clock, log, await notifier()),
  )
  const machine = ownMachine()
  let access: ReturnType<OpenInstance['access']> | undefined
  const { presence } = catalogue
  const ways =
    shared.ways ??
    openWays({
      home,
      presence,
      // The service sees what is mounted for commands that are typed, and these do not see what is mounted for it: at one place, one would cover the other.
      mountsFolder: join(runtimeFolder, 'mounts'),
      clock,
      credentials: catalogue.credentials,
      s3Keys: settings.s3Keys,
      ownEnvironment: settings.ownEnvironment,
    })
  return {
    catalogue,
    log,
    as: (other) => instanceOn({ catalogue, log, ways }, { ...settings, actor: other }, clock, warn, 'by-api'),
    reach,
    targets,
    repositoryTargets,
    systemRepositories,
    async users() {
      const { makeKeepUsers } = await import('../app/users/keep-users.ts')
      const { guardAdministrators } = await import('../app/users/guard-administrators.ts')
      return guardAdministrators(makeKeepUsers(audited), {
        ...audited,
        requireSecondPerson: await requireSecondPerson(),
        notifier: await notifier(),
        isOnMachine: from === 'here' || !isOfApi(actor),
      })
    },
    async tokens() {
      return (await import('../app/users/keep-tokens.ts')).makeKeepTokens(audited)
    },
    async provider() {
      const { makeKeepProvider } = await import('../app/users/set-provider.ts')
      return makeKeepProvider({ ...audited, openProvider: await openProvider() })
    },
    inviteFirst: lazily(async () => (await import('../app/users/invitations.ts')).makeInviteFirst(audited)),
    access() {
      access ??= makeOwnAccess()
      return access
    },
    addCredential: lazily(async () => (await import('../app/add-credential.ts')).makeAddCredential(audited)),
    editCredential: lazily(async () =>
      (await import('../app/edit-credential.ts')).makeEditCredential(audited),
    ),
    importCredentials: lazily(async () => {
      const { makeImportCredentials } = await import('../app/import-credentials.ts')
      const { readerFor } = await import('../sources/reader-for.ts')
      return makeImportCredentials({ ...audited, readerFor })
    }),
    removeCredential: lazily(async () =>
      (await import('../app/remove-credential.ts')).makeRemoveCredential(audited),
    ),
    showCredential: lazily(async () =>
      (await import('../app/show-credential.ts')).makeShowCredential(audited),
    ),
    addSource: lazily(async () =>
      (await import('../app/add-source.ts')).makeAddSource({ ...audited, ...(await ofSources()) }),
    ),
    restoreInto: lazily(async () => {
      const { makeRestoreInto } = await import('../app/restore-into.ts')
      const { databaseTarget } = await import('../sources/database/database-source.ts')
      const { databaseDeps } = await import('./database-deps.ts')
      const { makeBrowseSystem } = await import('../app/browse-system.ts')
      const { passwordOf } = databaseDeps(catalogue.credentials, home)
      return makeRestoreInto({
        ...audited,
        browse: makeBrowseSystem({ clock, ...(await nativeTools()) }),
        databaseTarget: (spec) => databaseTarget(spec, passwordOf),
      })
    }),
    addPlan: lazily(async () => (await import('../app/plans/keep-plan.ts')).makeAddPlan(audited)),
    editPlan: lazily(async () => (await import('../app/plans/keep-plan.ts')).makeEditPlan(audited)),
    removePlan: lazily(async () => (await import('../app/plans/keep-plan.ts')).makeRemovePlan(audited)),
    removeSource: lazily(async () => (await import('../app/remove-source.ts')).makeRemoveSource(audited)),
    addDestination: lazily(addDestination),
    removeDestination: lazily(async () =>
      (await import('../app/remove-destination.ts')).makeRemoveDestination(audited),
    ),
    async acceptRepository() {
      const { makeAcceptRepository } = await import('../app/accept-repository.ts')
      return makeAcceptRepository({ ...audited, ...(await nativeTools()) })
    },
    async findHostKey(account, signal) {
      const { findHostKey } = await import('../destinations/rsync/find-host-key.ts')
      return findHostKey(account, await sshFiles(home), signal)
    },
    async findHostKeyOfJump(jump, signal) {
      const { findHostKeyOfJump } = await import('../destinations/rsync/find-host-key.ts')
      return findHostKeyOfJump(jump, await sshFiles(home), signal)
    },
    transfers: () => ways.figures(),
    async sshKey(folder) {
      const { ownSshKey } = await import('../destinations/rsync/own-key.ts')
      const { authorizedKeys } = await import('../destinations/rsync/authorized-keys.ts')
      const { fingerprintOf } = await import('../destinations/rsync/host-key.ts')
      const comment = `redoma-${catalogue.instance.name}`
      // A folder that does not fit makes no key.
      authorizedKeys('', folder, comment)
      const { path, publicKey } = await ownSshKey(home)
      const lines = authorizedKeys(publicKey, folder, comment)
      return { path, publicKey, fingerprint: fingerprintOf(publicKey), authorizedKeys: lines }
    },
    async mountPointOf(path, kind) {
      const { mountPointOf } = await import('./mount-point-of.ts')
      return mountPointOf(path, kind)
    },
    testDestination: lazily(async () =>
      (await import('../app/test-destination.ts')).makeTestDestination({
        ...audited,
        remarksOn: ways.remarksOn,
      }),
    ),
    holdCeremony: lazily(async () => {
      const { makeHoldCeremony } = await import('../app/hold-ceremony.ts')
      const { readOpeners } = await import('./read-openers.ts')
      return makeHoldCeremony({
        ...audited,
        notifier: await notifier(),
        requireSecondPerson: await requireSecondPerson(),
        primitives: await primitives(),
        openers: () => readOpeners(warn),
      })
    }),
    addChannel: lazily(async () => (await import('../app/alerts/keep-channel.ts')).makeAddChannel(audited)),
    changeChannel: lazily(async () =>
      (await import('../app/alerts/keep-channel.ts')).makeChangeChannel(audited),
    ),
    removeChannel: lazily(async () =>
      (await import('../app/alerts/keep-channel.ts')).makeRemoveChannel(audited),
    ),
    testChannel: lazily(async () => {
      const { makeTestChannel } = await import('../app/alerts/test-channel.ts')
      const { makeChannelOf } = await import('./channels.ts')
      const makeChannel = makeChannelOf({
        credentials: catalogue.credentials,
        version: programVersion(),
        noteCertificate: await noteCertificate(),
      })
      return makeTestChannel({ ...audited, host: settings.hostName, makeChannel })
    }),
    addGuardian: lazily(async () => (await import('../app/keep-guardian.ts')).makeAddGuardian(audited)),
    editGuardian: lazily(async () => (await import('../app/keep-guardian.ts')).makeEditGuardian(audited)),
    removeGuardian: lazily(async () => (await import('../app/keep-guardian.ts')).makeRemoveGuardian(audited)),
    startDrill: lazily(async () => {
      const { makeStartDrill } = await import('../app/start-drill.ts')
      return makeStartDrill({ ...audited, primitives: await primitives() })
    }),
    answerDrill: lazily(async () => (await import('../app/answer-drill.ts')).makeAnswerDrill(audited)),
    setDrillDays: lazily(async () => (await import('../app/set-drill-days.ts')).makeSetDrillDays(audited)),
    setRoutine: lazily(async () => (await import('../app/set-routine.ts')).makeSetRoutine(audited)),
    async restoreRoot() {
      const { makeRestoreRoot } = await import('../app/restores/set-restore-root.ts')
      const { keptRestoreRoot } = await import('../app/restores/restore-root.ts')
      const { ownPlaces } = await import('./own-places.ts')
      return makeRestoreRoot({
        ...audited,
        kept: keptRestoreRoot(home),
        ownPlaces: () => ownPlaces(settings, catalogue),
      })
    },
    reportReadiness: lazily(async () =>
      (await import('../app/readiness.ts')).makeReportReadiness({ catalogue, clock }),
    ),
    adoptRecoveryKey: lazily(async () => {
      const { makeAdoptRecoveryKey } = await import('../app/adopt-recovery-key.ts')
      return makeAdoptRecoveryKey({
        ...audited,
        notifier: await notifier(),
        requireSecondPerson: await requireSecondPerson(),
      })
    }),
    reportCoverage: lazily(async () => {
      const { makeReportCoverage } = await import('../app/coverage/report-coverage.ts')
      const { secretsSources } = await import('./secrets-sources.ts')
      const sources = () => secretsSources(catalogue)
      return makeReportCoverage({ catalogue, clock, sources, runFolder: join(home, 'run') })
    }),
    planScope: lazily(planScope),
    addScope: lazily(async () =>
      (await import('../app/scopes/keep-scope.ts')).makeAddScope({
        ...audited,
        planScope: await planScope(),
      }),
    ),
    editScope: lazily(async () =>
      (await import('../app/scopes/keep-scope.ts')).makeEditScope({
        ...audited,
        planScope: await planScope(),
      }),
    ),
    removeScope: lazily(async () => (await import('../app/scopes/keep-scope.ts')).makeRemoveScope(audited)),
    rewrap: lazily(async () => {
      const { makeRewrap } = await import('../app/rewrap/rewrap.ts')
      return makeRewrap({ ...audited, recordInLedger, primitives: await primitives() })
    }),
    recordOpening: lazily(async () => {
      const { makeRecordOpening } = await import('../app/aftercare/record-opening.ts')
      return makeRecordOpening({ ...audited, notifier: await notifier() })
    }),
    reportAftercare: lazily(async () => {
      const { makeReportAftercare } = await import('../app/aftercare/report-aftercare.ts')
      const { secretsSources } = await import('./secrets-sources.ts')
      const sources = () => secretsSources(catalogue)
      return makeReportAftercare({ catalogue, sources, runFolder: join(home, 'run') })
    }),
    acknowledgeIncident: {
      acknowledge: async (...words) => (await acknowledging()).acknowledge(...words),
      undo: async (...words) => (await acknowledging()).undo(...words),
    },
    settleExposures: lazily(async () =>
      (await import('../app/aftercare/record-opening.ts')).makeSettleExposures(audited),
    ),
    planForgetBundles: lazily(async () => {
      const { makePlanForgetBundles } = await import('../app/bundles/plan-forget-bundles.ts')
      return makePlanForgetBundles({ ledgers: catalogue.ledgers, clock })
    }),
    forgetBundles: lazily(async () => {
      const { makeForgetBundles } = await import('../app/bundles/forget-bundles.ts')
      return makeForgetBundles({
        ...audited,
        recordInLedger,
        requireSecondPerson: await requireSecondPerson(),
      })
    }),
    async forgetGoneContents() {
      const { forgetGoneContents } = await import('../app/bundles/keep-bundles.ts')
      await forgetGoneContents(catalogue)
    },
    setBundleRetention: lazily(async () => {
      const { makeSetBundleRetention } = await import('../app/bundles/set-bundle-retention.ts')
      return makeSetBundleRetention({ ...audited, requireSecondPerson: await requireSecondPerson() })
    }),
    requireSecondPerson: lazily(requireSecondPerson),
    answerApproval: lazily(() => answerApproval(actor)),
    async answerApprovalAs(proof, id, agreed) {
      const { makeProveUser } = await import('../app/users/prove-user.ts')
      const { userActor } = await import('../app/users/user-name.ts')
      const proveUser = makeProveUser({ catalogue, clock, notifier: await notifier() })
      const { name } = await proveUser(proof, 'user.prove')
      return (await answerApproval(userActor(name)))(id, agreed)
    },
    setRules: lazily(async () => {
      const { makeSetRules } = await import('../app/approvals/set-rules.ts')
      return makeSetRules({
        ...audited,
        administrators,
        requireSecondPerson: await requireSecondPerson(),
      })
    }),
    async createBackup({ tags, leastShare, patienceMs, ...request }, progress, signal) {
      const { makeCreateBackup } = await import('../app/create-backup.ts')
      const { backupJobs } = await import('./backup-jobs.ts')
      const whileLeased = await leasing(patienceMs)
      const jobs = backupJobs({
        settings,
        catalogue,
        clock,
        log,
        tags,
        only: request.sources,
        leastShare,
        whileLeased,
        recordInLedger,
        notifier: await notifier(),
        reach,
        patienceMs,
        warn,
      })
      const { makeReportReadiness } = await import('../app/readiness.ts')
      const { makeStampLedgers } = await import('../app/stamp-ledgers.ts')
      const { reachElsewhere } = await import('../app/refuse-on-instance.ts')
      const elsewhere = reachElsewhere({ catalogue, machine }, ways.reach, signal)
      const { runHook } = await import('../sources/command/run-hook.ts')
      // Before anything is quiesced once more.
      await (await settleHooks())(signal)
      const create = makeCreateBackup({
        ...audited,
        runHook,
        machine: await machineIdentity(settings.machineName),
        ...{ log, processId: process.pid, reach: elsewhere, jobs },
        notifier: await notifier(),
        reportReadiness: makeReportReadiness({ catalogue, clock }),
        keepIncidents: await keepIncidents(),
        stampLedgers: makeStampLedgers({ catalogue, stampLedger: await stampLedger(), clock, log }),
      })
      return create(request, progress, AbortSignal.any([signal, presence.lost]))
    },
    settleHooks: lazily(settleHooks),
    verifyBackup: lazily(async () => {
      const { loadVerifyBackup } = await import('./verify.ts')
      return loadVerifyBackup(catalogue, clock, settings.machineName)
    }),
    async verifyGlass(target, { identities, head, scope }, progress, signal) {
      const { makeVerifyGlassFurther } = await import('../app/verify-glass-further.ts')
      const { instance, ledgers, verifications } = catalogue
      const signingKey = (): Promise<Secret> => catalogue.signingKey()
      const key = identities === undefined ? undefined : { identities, primitives: await primitives() }
      return makeVerifyGlassFurther({ instance, ledgers, verifications, clock, signingKey })(
        target,
        { key, head, scope },
        progress,
        signal,
      )
    },
    stampLedger,
    async repairRepository(patienceMs) {
      const { makeRepairRepository } = await import('../app/repair-repository.ts')
      const { loadFileCalls } = await import('../crypto/native.ts')
      return makeRepairRepository({
        ...audited,
        primitives: await primitives(),
        fileCalls: loadFileCalls(),
        whileLeased: await leasing(patienceMs),
        locking: { hostname: settings.machineName, patienceMs },
        home,
      })
    },
    async copySystem({ patienceMs, ...request }, progress, signal) {
      const { makeCopySystem } = await import('../app/copy-system.ts')
      const whileLeased = await leasing(patienceMs)
      const locking = { hostname: settings.machineName, patienceMs }
      const { requireElsewhere } = await import('../app/refuse-on-instance.ts')
      await requireElsewhere({ catalogue, machine }, request.to.record, signal)
      const copy = makeCopySystem({ ...audited, ...(await nativeTools()), whileLeased, locking })
      return copy(request, progress, signal)
    },
    unlockRepositories: lazily(async () => {
      const { makeUnlockRepositories } = await import('../app/unlock-repositories.ts')
      return makeUnlockRepositories({ ...audited, ...(await nativeTools()) })
    }),
    async planForget(target, choice, patienceMs, signal) {
      const { makePlanForget } = await import('../app/plan-forget.ts')
      const locking = { hostname: settings.machineName, patienceMs }
      return makePlanForget({ clock, ...(await nativeTools()), locking })(target, choice, signal)
    },
    async forgetSnapshots(target, { patienceMs, ...request }, progress, signal) {
      const { makeForgetSnapshots } = await import('../app/forget-snapshots.ts')
      const whileLeased = await leasing(patienceMs)
      const locking = { hostname: settings.machineName, patienceMs }
      const forget = makeForgetSnapshots({
        ...audited,
        ...(await nativeTools()),
        whileLeased,
        locking,
        requireSecondPerson: await requireSecondPerson(),
      })
      return forget(target, request, progress, signal)
    },
    applyConfig: lazily(async () => {
      const { makeApplyConfig } = await import('../app/apply-config.ts')
      const { makeAddSource } = await import('../app/add-source.ts')
      const sources = { ...audited, ...(await ofSources()) }
      const steps = { addSource: makeAddSource(sources), addDestination: await addDestination() }
      const place = { home, reach: ways.reachOnce, remarksOn: ways.remarksOn, machine }
      return makeApplyConfig({ ...sources, ...steps, ...place, planScope: await planScope() })
    }),
    watchDestinations: lazily(async () => {
      const { makeWatchDestinations } = await import('../app/watch/watch-destinations.ts')
      const { makeProbeTarget } = await import('../app/watch/probe-target.ts')
      const { makeProbeDestination } = await import('../app/watch/probe-destination.ts')
      const probe = makeProbeTarget({
        instanceId: catalogue.instance.id,
        processId: process.pid,
        presence,
        probe: makeProbeDestination({ nowMs: () => performance.now(), wait }),
      })
      const note = await noteCertificate()
      const watch = makeWatchDestinations({
        catalogue,
        clock,
        log,
        processId: process.pid,
        probe: (record, signal) => probe(() => targetOf(record, ways.reachApart), signal),
        async noteCertificate({ id, spec }) {
          const shown = ways.certificateOf(spec)
          if (spec.kind !== 's3' || shown === undefined) return
          await note({ of: 'destination', id, machine: '' }, spec.endpoint, shown)
        },
      })
      const { tellingAll } = await import('../app/telling-all.ts')
      const toLog = await notifier()
      return ({ notifier, ...request }, signal) => {
        return watch({ ...request, notifier: tellingAll([toLog, notifier]) }, signal)
      }
    }),
    keepIncidents: lazily(keepIncidents),
    remarksOnCopies: lazily(async () =>
      (await import('../app/remarks-on-copies.ts')).makeRemarksOnCopies({ catalogue, machine }),
    ),
    [Symbol.asyncDispose]: () => ways[Symbol.asyncDispose](),
  }

  async function acknowledging(): Promise<AcknowledgeIncident> {
    return (await import('../app/incidents/acknowledge-incident.ts')).makeAcknowledgeIncident(audited)
  }

  async function answerApproval(by: string): Promise<AnswerApproval> {
    const { makeAnswerApproval } = await import('../app/approvals/answer-approval.ts')
    return makeAnswerApproval({ ...audited, actor: by, administrators })
  }

  async function requireSecondPerson(): Promise<RequireSecondPerson> {
    const { makeRequireSecondPerson } = await import('../app/approvals/require-second-person.ts')
    const { dangerWords } = await import('../app/approvals/danger-words.ts')
    return makeRequireSecondPerson({
      ...audited,
      administrators,
      notifier: await notifier(),
      patienceMs: from === 'here' ? anHourMs : 0,
      onWaiting: ({ id, danger }) => {
        warn(
          `A second person has to agree to ${dangerWords[danger]}: redoma approval give ${id}. Waiting for it; Ctrl-C gives up.`,
        )
      },
      wait,
    })
  }

  async function makeOwnAccess() {
    const { makeAccess } = await import('../app/users/access.ts')
    return makeAccess({ catalogue, clock, notifier: await notifier(), openProvider: await openProvider() })
  }

  async function openProvider(): Promise<OpenProvider> {
    const { makeOpenProvider } = await import('../providers/openid/openid-provider.ts')
    return makeOpenProvider(clock)
  }

  async function keepIncidents(): Promise<KeepIncidents> {
    const { makeFindTroubles } = await import('../app/incidents/find-troubles.ts')
    const { makeKeepIncidents } = await import('../app/incidents/keep-incidents.ts')
    const { makeReportReadiness } = await import('../app/readiness.ts')
    const reportReadiness = makeReportReadiness({ catalogue, clock })
    const findTroubles = makeFindTroubles({ catalogue, clock, reportReadiness })
    return makeKeepIncidents({ catalogue, clock, log, findTroubles })
  }

  async function noteCertificate(): Promise<NoteCertificate> {
    const { makeNoteCertificate } = await import('../app/certificates/note-certificate.ts')
    return makeNoteCertificate({ catalogue, clock, log })
  }

  async function settleHooks(): Promise<SettleHooks> {
    const { makeSettleHooks } = await import('../app/settle-hooks.ts')
    const { runHook } = await import('../sources/command/run-hook.ts')
    const machine = await machineIdentity(settings.machineName)
    return makeSettleHooks({ ...{ catalogue, clock, log, runHook, machine }, processId: process.pid })
  }

  async function stampLedger(): Promise<StampLedger> {
    const { makeStampLedger } = await import('../app/stamp-ledger.ts')
    const { askAuthority } = await import('./ask-authority.ts')
    const { ledgers } = catalogue
    return makeStampLedger({ ledgers, recordInLedger, ask: askAuthority })
  }

  async function planScope(): Promise<PlanScope> {
    const { makePlanScope } = await import('../app/scopes/plan-scope.ts')
    const { secretsSources } = await import('./secrets-sources.ts')
    return makePlanScope({ sources: () => secretsSources(catalogue) })
  }

  /** What keeps the processes of this instance from working on one repository at once. */
  async function leasing(patienceMs: number): Promise<WhileLeased> {
    const { makeWhileLeased } = await import('../app/while-leased.ts')
    return makeWhileLeased({ catalogue, clock, log, processId: process.pid, patienceMs, wait })
  }

  async function targets(names: readonly string[]): Promise<Target[]> {
    const all = await catalogue.destinations.list()
    const chosen = names.length === 0 ? all : names.map((name) => entryNamed('destination', name, all))
    return Promise.all(chosen.map(reach))
  }

  async function repositoryTargets(names: readonly string[]): Promise<readonly Target[]> {
    const found = await targets(names)
    return names.length > 0 ? found : readableOnes(found)
  }

  async function systemRepositories(
    name: string | undefined,
    access: Access,
  ): Promise<(RepositoryAccess & { name: string; knownId: string | undefined })[]> {
    const found = await repositoryTargets(name === undefined ? [] : [name])
    for (const { record } of found) if (isWriteOnly(record.spec)) throw onlyWrittenTo(record)
    return found.map(({ record, repository }) => ({
      ...repository,
      destination: accessing(repository.destination, access),
      name: record.name,
      knownId: record.repositoryId,
    }))
  }

  function reach(record: DestinationRecord): Promise<Target> {
    return targetOf(record, ways.reach)
  }

  async function ofSources(): Promise<Omit<AddSourceDeps, keyof typeof audited>> {
    const { databasesOf } = await import('./database-deps.ts')
    const own = { home, serviceFolders: serviceFolders(settings) }
    return { ...own, databaseSource: databasesOf(catalogue.credentials, home) }
  }

  async function addDestination(): Promise<AddDestination> {
    const { makeAddDestination } = await import('../app/add-destination.ts')
    const joinRepository = lazily(async () => {
      const { makeJoinRepository } = await import('../app/join-repository.ts')
      const who = { hostName: settings.hostName, actor }
      return makeJoinRepository({ clock, ...(await nativeTools()), ...who })
    })
    const place = { home, reach: ways.reachOnce, remarksOn: ways.remarksOn, machine }
    return makeAddDestination({ ...audited, ...place, joinRepository })
  }
}

async function nativeTools(): Promise<{ readonly primitives: Primitives; readonly fileCalls: FileCalls }> {
  const { loadFileCalls, loadPrimitives } = await import('../crypto/native.ts')
  return { primitives: loadPrimitives(), fileCalls: loadFileCalls() }
}

async function primitives(): Promise<Primitives> {
  return (await import('../crypto/native.ts')).loadPrimitives()
}

/** What a look at a server needs of the instance's folder. */
async function sshFiles(home: string): Promise<{ readonly folder: string; readonly keyPath: string }> {
  const { ownSshKey } = await import('../destinations/rsync/own-key.ts')
  const folder = join(home, 'run')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return { folder, keyPath: (await ownSshKey(home)).path }
}
