import { join } from 'node:path'
import { admitOwner } from '../../src/api/admission.ts'
import type { Api } from '../../src/api/contract/route.ts'
import type { ApiDeps, ServedInstance, TracedUseCases } from '../../src/api/deps.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { makeAddCredential } from '../../src/app/add-credential.ts'
import { makeAddDestination } from '../../src/app/add-destination.ts'
import { makeAddSource } from '../../src/app/add-source.ts'
import { makeAddChannel, makeChangeChannel, makeRemoveChannel } from '../../src/app/alerts/keep-channel.ts'
import { makeTestChannel } from '../../src/app/alerts/test-channel.ts'
import { makeAnswerApproval } from '../../src/app/approvals/answer-approval.ts'
import { makeRequireSecondPerson } from '../../src/app/approvals/require-second-person.ts'
import { makeBrowseSystem } from '../../src/app/browse-system.ts'
import { makeReportCoverage } from '../../src/app/coverage/report-coverage.ts'
import { type BackUp, makeCreateBackup } from '../../src/app/create-backup.ts'
import { makeEditCredential } from '../../src/app/edit-credential.ts'
import { makeAcknowledgeIncident } from '../../src/app/incidents/acknowledge-incident.ts'
import { queueingNotifier } from '../../src/app/incidents/queueing-notifier.ts'
import { makeAddPlan, makeEditPlan, makeRemovePlan } from '../../src/app/plans/keep-plan.ts'
import { makeReportReadiness } from '../../src/app/readiness.ts'
import { makeRemoveCredential } from '../../src/app/remove-credential.ts'
import { makeRemoveDestination } from '../../src/app/remove-destination.ts'
import { makeRemoveSource } from '../../src/app/remove-source.ts'
import { makeListSnapshots, makeRestoreSystem } from '../../src/app/restore-system.ts'
import { makeRestores } from '../../src/app/restores/restores.ts'
import { makeSetRoutine } from '../../src/app/set-routine.ts'
import { makeLookIntoSnapshots } from '../../src/app/snapshots/look-into-snapshots.ts'
import { type Reach, targetOf } from '../../src/app/target.ts'
import { makeAccess } from '../../src/app/users/access.ts'
import { administratorsOf } from '../../src/app/users/administrators.ts'
import { guardAdministrators } from '../../src/app/users/guard-administrators.ts'
import { makeKeepTokens } from '../../src/app/users/keep-tokens.ts'
import { makeKeepUsers } from '../../src/app/users/keep-users.ts'
import { isOfApi } from '../../src/app/users/user-name.ts'
import { portableFileCalls, portablePrimitives } from '../../src/crypto/portable.ts'
import { ownMachine } from '../../src/destinations/own-machine/own-machine.ts'
import { makeOpenProvider } from '../../src/providers/openid/openid-provider.ts'
import { runHook } from '../../src/sources/command/run-hook.ts'
import { registrySource } from '../../src/sources/registry/registry-source.ts'
import { anInstance, type TestInstance } from './instance.ts'
import { noDatabases } from './no-databases.ts'
import { toldToNobody } from './notifier.ts'
import { joinNothing as joinRepository, reachFolders } from './target-at.ts'

export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface Served extends AsyncDisposable {
  readonly instance: TestInstance
  readonly deps: ApiDeps
  readonly api: Api
  readonly logged: readonly LoggedLine[]
  stop(): void
}

/**
 * An instance with its API, as a daemon would serve it.
 *
 * @param job what a run does, of whichever job it is
 * @param verify what a verification does
 */
export async function aServedInstance(
  job: BackUp = async () => [],
  verify: ServedInstance['verify'] = async () => [],
): Promise<Served> {
  const instance = await anInstance()
  const { clock } = instance
  const logged: LoggedLine[] = []
  const logAs =
    (level: LoggedLine['level']) =>
    (event: string, fields: LoggedLine['fields'] = {}): void => {
      logged.push({ level, event, fields })
    }
  const log = { info: logAs('info'), warn: logAs('warn'), error: logAs('error') }
  const stop = new AbortController()
  const served = { ...servedBy(instance, log, job), verify }
  const deps: ApiDeps = { instance: served, clock, version: '1.2.3', stopping: stop.signal }
  return {
    instance,
    deps,
    api: makeApi(deps, admitOwner('tester')),
    logged,
    stop: () => {
      stop.abort()
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await instance[Symbol.asyncDispose]()
    },
  }
}

function servedBy(
  instance: TestInstance,
  log: ServedInstance['log'],
  job: BackUp,
): Omit<ServedInstance, 'verify'> {
  const { catalogue, clock, home } = instance
  const reportReadiness = makeReportReadiness({ catalogue, clock })
  const reach = reachFolders(clock)
  const notifier = queueingNotifier({ catalogue, clock })
  const access = makeAccess({ catalogue, clock, notifier, openProvider: makeOpenProvider(clock) })
  const createBackup = makeCreateBackup({
    runHook,
    machine: 'here',
    ...{ catalogue, clock, actor: 'tester', log, processId: process.pid, reportReadiness },
    reach: (record) => targetOf(record, reach),
    jobs: { secrets: job, system: job, recordings: job },
    notifier: { tell: async () => undefined },
    keepIncidents: async () => [],
    stampLedgers: async () => [],
  })
  return {
    ...{ catalogue, log, reportReadiness },
    look: lookingAtFolders(instance, reach),
    restores: restoringFromFolders(instance, reach),
    createBackup: async (...asked) => ({ run: await createBackup(...asked), transfers: [] }),
    reportCoverage: makeReportCoverage({
      ...{ catalogue, clock },
      runFolder: join(home, 'run'),
      sources: async () => [registrySource(catalogue.credentials)],
    }),
    access: () => Promise.resolve(access),
    as: (actor) => tracedUseCases(instance, reach, actor),
  }
}

function lookingAtFolders({ catalogue, clock }: TestInstance, reach: Reach): ServedInstance['look'] {
  const deps = { clock, primitives: portablePrimitives(), fileCalls: portableFileCalls() }
  return makeLookIntoSnapshots({
    clock,
    listSnapshots: makeListSnapshots(deps),
    browse: makeBrowseSystem(deps),
    repositoryAt: (name) => repositoryIn(catalogue, reach, name),
  })
}

function restoringFromFolders(
  { catalogue, clock, home }: TestInstance,
  reach: Reach,
): ServedInstance['restores'] {
  const deps = { clock, primitives: portablePrimitives(), fileCalls: portableFileCalls() }
  return makeRestores({
    root: async () => undefined,
    ownPlaces: async () => ({ home, others: [] }),
    listSnapshots: makeListSnapshots(deps),
    restoreSystem: makeRestoreSystem(deps),
    repositoryAt: (name) => repositoryIn(catalogue, reach, name),
    secondPersonFor: async (actor) => secondPersonFor({ catalogue, clock, actor }),
  })
}

async function repositoryIn(catalogue: TestInstance['catalogue'], reach: Reach, name: string) {
  const record = await catalogue.destinations.get(name)
  return { ...(await targetOf(record, reach)).repository, knownId: record.repositoryId }
}

function secondPersonFor(audited: Pick<TestInstance, 'catalogue' | 'clock'> & { readonly actor: string }) {
  return makeRequireSecondPerson({
    ...audited,
    administrators: () => administratorsOf(audited.catalogue),
    notifier: toldToNobody,
    patienceMs: 0,
    onWaiting: () => undefined,
    wait: (milliseconds, signal) => audited.clock.wait(milliseconds, signal),
  })
}

function tracedUseCases(
  { catalogue, clock, home }: TestInstance,
  reach: Reach,
  actor: string,
): TracedUseCases {
  const audited = { catalogue, clock, actor }
  return {
    users: () =>
      Promise.resolve(
        guardAdministrators(makeKeepUsers(audited), {
          ...audited,
          notifier: toldToNobody,
          isOnMachine: !isOfApi(actor),
          requireSecondPerson: secondPersonFor(audited),
        }),
      ),
    tokens: () => Promise.resolve(makeKeepTokens(audited)),
    acknowledgeIncident: makeAcknowledgeIncident(audited),
    addPlan: makeAddPlan(audited),
    editPlan: makeEditPlan(audited),
    removePlan: makeRemovePlan(audited),
    setRoutine: makeSetRoutine(audited),
    addChannel: makeAddChannel(audited),
    changeChannel: makeChangeChannel(audited),
    removeChannel: makeRemoveChannel(audited),
    testChannel: makeTestChannel({
      ...audited,
      host: 'pam-1',
      makeChannel: async ({ name }) => ({ deliver: async () => `250 ${name} has it` }),
    }),
    addCredential: makeAddCredential(audited),
    editCredential: makeEditCredential(audited),
    removeCredential: makeRemoveCredential(audited),
    addSource: makeAddSource({ ...audited, databaseSource: noDatabases, home: join(home, 'home') }),
    removeSource: makeRemoveSource(audited),
    addDestination: makeAddDestination({
      ...{ ...audited, joinRepository, reach },
      home: join(home, 'home'),
      machine: ownMachine(),
      remarksOn: async () => [],
    }),
    removeDestination: makeRemoveDestination(audited),
    answerApproval: makeAnswerApproval({
      ...audited,
      administrators: () => administratorsOf(catalogue),
    }),
  }
}
