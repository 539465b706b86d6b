import { join } from 'node:path'
import { admitUsers } from '../api/access/admit-users.ts'
import { admitOwner } from '../api/admission.ts'
import type { DoneRun, ServedInstance } from '../api/deps.ts'
import { knownHosts } from '../api/gates/known-hosts.ts'
import { isNameOfLoopback, listenOnLoopback } from '../api/listening/listen-on-loopback.ts'
import { listenOnSocket } from '../api/listening/listen-on-socket.ts'
import { makeApi, makeOperations } from '../api/make-api.ts'
import { openRestoreDesk } from '../api/restores/restore-desk.ts'
import { openRunDesk } from '../api/runs/run-desk.ts'
import { openVerificationDesk } from '../api/verifications/verification-desk.ts'
import { makeNoteCertificate } from '../app/certificates/note-certificate.ts'
import { makeNoteOwnCertificates } from '../app/certificates/note-own-certificates.ts'
import { makeBeatChannels } from '../app/daemon/beat-channels.ts'
import { makeDeliverNotices } from '../app/daemon/deliver-notices.ts'
import { makeDoRoutines } from '../app/daemon/do-routines.ts'
import { makeRunDuePlans } from '../app/daemon/run-due-plans.ts'
import { makeServe, type Paces } from '../app/daemon/serve.ts'
import { makeVerifyWhenDue } from '../app/daemon/verify-when-due.ts'
import { keptHttps } from '../app/https-settings.ts'
import { makeRemindGuardians } from '../app/remind-guardians.ts'
import { requestOfPlan } from '../app/request-of-plan.ts'
import { makeTellHeads } from '../app/tell-heads.ts'
import { makeVerifyEach, makeVerifyOne } from '../app/verify-each.ts'
import { makeWhileLeased } from '../app/while-leased.ts'
import { transferred } from '../cli/backup/transfers.ts'
import type { OpenInstance, ServeRequest } from '../cli/services.ts'
import { wait } from '../core/wait.ts'
import { loadDatagrams, loadPeers } from '../crypto/native.ts'
import type { Clock } from '../ports/clock.ts'
import type { Hook } from '../ports/plan.ts'
import { noProgress } from '../ports/progress.ts'
import { makeChannelOf } from './channels.ts'
import { noteOnFirst } from './invite-first.ts'
import { looking } from './looking.ts'
import { notifySystemd } from './notify-systemd.ts'
import { instanceOn, openInstance } from './open-instance.ts'
import { programVersion } from './program-version.ts'
import { restoring } from './restoring.ts'
import { returningMemory } from './return-memory.ts'
import { serveHttps } from './serve-https.ts'
import type { Settings } from './settings.ts'

export interface ServingDeps {
  readonly settings: Settings
  readonly clock: Clock
  readonly warn: (message: string) => void
  readonly paces?: Paces | undefined
}

const noticesKeptMs = 90 * 24 * 60 * 60_000
/** A person may be at work on a repository, and a prune lasts for hours. */
const patienceMs = 60 * 60_000
const socketPatienceMs = 5000

/**
 * The daemon, until `signal` says so. Each run and each round of probes has ways to destinations of its own: what one of them left broken, or what was configured since, is
 * not carried into the next.
 *
 * @throws RedomaError `DAEMON_RUNNING` when another serves this instance, `INSTANCE_MISSING`, `FILE_FAILED`, `CATALOGUE_DAMAGED`
 */
export async function serve(deps: ServingDeps, request: ServeRequest, signal: AbortSignal): Promise<void> {
  const { settings, clock, warn } = deps
  const { listen, onReady } = request
  const version = programVersion()
  await using instance = await openInstance(settings, clock, warn)
  const { catalogue, log } = instance
  const systemd = notifySystemd(settings.systemd, loadDatagrams())
  /** Runs that failed here, and of which it is not known yet whether their end was written. */
  const unended = new Set<number>()
  using memory = returningMemory()
  /** Those that run after what is under way, to their end also when the daemon is stopped. */
  const hooksToCome = new Set<Hook>()
  const failing = new AbortController()
  const stopping = AbortSignal.any([signal, catalogue.presence.lost, failing.signal])
  const whileLeased = makeWhileLeased({ catalogue, clock, log, processId: process.pid, patienceMs: 0, wait })
  const verifyOne = makeVerifyOne({
    ...{ log, whileLeased },
    verify: ({ name }, readData, progress, stop) =>
      withFresh(async (fresh) =>
        fresh.verifyBackup(await fresh.targets([name]), { readData, how: { patienceMs } }, progress, stop),
      ),
  })
  const verify: ServedInstance['verify'] = ({ destinations, readData, actor }, ...rest) => {
    const { keepIncidents } = instance
    return makeVerifyEach({ catalogue, clock, actor, verifyOne, keepIncidents })(
      destinations,
      readData,
      ...rest,
    )
  }
  const look = looking(withFresh, clock)
  const served = { ...instance, createBackup, verify, look, restores: restoring(settings, withFresh, clock) }
  const desk = openRunDesk({ instance: served, stopping })
  const verifications = openVerificationDesk({ instance: served, clock, stopping })
  const restores = openRestoreDesk({ instance: served, clock, stopping })
  const api = { instance: served, clock, version, stopping, desk, verifications, restores }
  for (const restore of await catalogue.restores.closeLost()) log.warn('restore lost', { restore })
  const runFolder = join(settings.home, 'run')
  await using socket = await listenOnSocket(makeApi(api, admitOwner(settings.actor)), {
    runFolder,
    userOf: loadPeers(),
    onStranger(user) {
      log.warn('stranger at the socket', { user })
    },
    patienceMs: socketPatienceMs,
  })
  await using tcp =
    listen === undefined
      ? undefined
      : await listenOnLoopback(makeOperations(api, [knownHosts(isNameOfLoopback)]), listen)
  const wanted = request.https ?? (await keptHttps(settings.home).read()) ?? false
  await using https =
    wanted === false
      ? undefined
      : await serveHttps(wanted, {
          ...{ api, admit: admitUsers(served), home: settings.home, machineName: settings.machineName },
          ...{ warn, patienceMs: socketPatienceMs },
        })
  const onFirst =
    https === undefined
      ? []
      : await noteOnFirst(instance, https.address, {
          machineName: settings.machineName,
          isAtTerminal: request.isAtTerminal === true,
        })
  const toNobody = { tell: () => Promise.resolve() }
  const identity = { id: catalogue.instance.id, name: catalogue.instance.name, host: settings.hostName }
  const noteCertificate = makeNoteCertificate({ catalogue, clock, log })
  const makeChannel = makeChannelOf({ credentials: catalogue.credentials, version, noteCertificate })
  const runDuePlans = makeRunDuePlans({
    catalogue,
    clock,
    processId: process.pid,
    async runPlan(plan, run) {
      systemd.status(`Run ${run} of the plan ${plan.name}`)
      await desk.start({ ...requestOfPlan(plan), run, tags: [], patienceMs })
      await desk.ended(run)
      systemd.status('Waiting')
    },
  })
  const work = makeServe({
    log,
    paces: deps.paces,
    keepIncidents: instance.keepIncidents,
    async runDuePlans(stop) {
      await catalogue.refresh()
      await endRuns()
      await instance.settleHooks(stop)
      return runDuePlans(stop)
    },
    verifyWhenDue: makeVerifyWhenDue({
      catalogue,
      clock,
      verifyOne,
    }),
    doRoutines: makeDoRoutines({
      catalogue,
      clock,
      whileLeased,
      work: {
        heads: makeTellHeads({ catalogue, clock }),
        reminders: makeRemindGuardians({
          catalogue,
          clock,
          actor: settings.actor,
          reportReadiness: instance.reportReadiness,
        }),
      },
    }),
    watch: (stop) =>
      withFresh(async (fresh) => {
        await fresh.watchDestinations({ names: [], notifier: toNobody, progress: noProgress }, stop)
      }),
    deliverNotices: makeDeliverNotices({
      catalogue,
      clock,
      log,
      instance: identity,
      random: Math.random,
      whileLeased,
      makeChannel,
    }),
    beatChannels: makeBeatChannels({ catalogue, log, makeChannel }),
    noteCertificates: makeNoteOwnCertificates({
      ...{ catalogue, noteCertificate, machine: settings.machineName },
      api: https && (() => https.certificate()),
    }),
    look: () => catalogue.refresh(),
    async tidy() {
      await catalogue.notices.forget(new Date(clock.now().getTime() - noticesKeptMs))
      await catalogue.passes.forgetExpired(clock.now())
    },
    onFailure(error) {
      failing.abort(error)
    },
    onReady() {
      log.info('daemon started', { process: process.pid, version })
      systemd.ready()
      systemd.status('Waiting')
      const addresses = [socket, tcp, https].flatMap((one) => (one === undefined ? [] : [one.address]))
      onReady(addresses, [...(https?.notes ?? []), ...onFirst])
    },
    alive: {
      everyMs: systemd.aliveEveryMs,
      tell() {
        systemd.alive()
      },
    },
  })
  try {
    await work(stopping)
    // What it held is another's by now: who keeps services up starts it anew.
    catalogue.presence.lost.throwIfAborted()
  } finally {
    systemd.stopping(Math.max(0, ...[...hooksToCome].map(({ limitSeconds }) => limitSeconds * 1000)))
    await desk.idle()
    await verifications.idle()
    await restores.idle()
    log.info('daemon stopped', { process: process.pid })
  }

  async function createBackup(
    ...[{ actor, ...request }, ...rest]: Parameters<ServedInstance['createBackup']>
  ): Promise<DoneRun> {
    let { run } = request
    const started = (number: number): void => {
      run = number
      request.started?.(number)
    }
    // One that was begun by hand is stopped with the daemon; what was due is made up when that is back.
    const stoppedBy = (): string | undefined =>
      request.stoppedBy?.() ?? (signal.aborted && request.run === undefined ? settings.actor : undefined)
    const { after } = request.plan?.hooks ?? {}
    if (after !== undefined) hooksToCome.add(after)
    try {
      return await withFresh(async (fresh) => {
        const asked = actor === undefined ? fresh : fresh.as(actor)
        const done = await asked.createBackup({ ...request, started, stoppedBy }, ...rest)
        return { run: done, transfers: transferred(fresh) }
      })
    } catch (error) {
      if (run !== undefined) unended.add(run)
      throw error
    } finally {
      if (after !== undefined) hooksToCome.delete(after)
    }
  }

  /** A run whose end could not be written, since the disk was full, would count as under way for as long as this process lives. */
  async function endRuns(): Promise<void> {
    await catalogue.runs.endUntold()
    for (const run of unended) {
      if ((await catalogue.runs.get(run)).state.kind === 'running')
        await catalogue.runs.finish(run, { kind: 'lost' })
      unended.delete(run)
    }
  }

  function withFresh<T>(use: (fresh: OpenInstance) => Promise<T>): Promise<T> {
    return memory.during(async () => {
      await catalogue.refresh()
      await using fresh = instanceOn(instance, settings, clock, warn)
      return await use(fresh)
    })
  }
}
