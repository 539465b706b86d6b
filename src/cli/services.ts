import type { AcceptRepository } from '../app/accept-repository.ts'
import type { AddCredential } from '../app/add-credential.ts'
import type { AddDestination } from '../app/add-destination.ts'
import type { AddSource } from '../app/add-source.ts'
import type { AdoptRecoveryKey } from '../app/adopt-recovery-key.ts'
import type { RecordOpening, SettleExposures } from '../app/aftercare/record-opening.ts'
import type { ReportAftercare } from '../app/aftercare/report-aftercare.ts'
import type { AddChannel, ChangeChannel, RemoveChannel } from '../app/alerts/keep-channel.ts'
import type { TestChannel } from '../app/alerts/test-channel.ts'
import type { AnswerDrill } from '../app/answer-drill.ts'
import type { ApplyConfig } from '../app/apply-config.ts'
import type { AnswerApproval } from '../app/approvals/answer-approval.ts'
import type { RequireSecondPerson } from '../app/approvals/require-second-person.ts'
import type { SetRules } from '../app/approvals/set-rules.ts'
import type { BrowseSystem } from '../app/browse-system.ts'
import type { ForgetBundles } from '../app/bundles/forget-bundles.ts'
import type { PlanForgetBundles } from '../app/bundles/plan-forget-bundles.ts'
import type { SetBundleRetention } from '../app/bundles/set-bundle-retention.ts'
import type { CopySystem, CopySystemRequest } from '../app/copy-system.ts'
import type { ReportCoverage } from '../app/coverage/report-coverage.ts'
import type { CreateBackup, CreateBackupRequest } from '../app/create-backup.ts'
import type { EditCredential } from '../app/edit-credential.ts'
import type { ForgetRequest, ForgetSnapshots } from '../app/forget-snapshots.ts'
import type { HoldCeremony, HoldCeremonyElsewhere } from '../app/hold-ceremony.ts'
import type { HttpsSettings, KeptHttps } from '../app/https-settings.ts'
import type { ImportCredentials } from '../app/import-credentials.ts'
import type { AcknowledgeIncident } from '../app/incidents/acknowledge-incident.ts'
import type { KeepIncidents } from '../app/incidents/keep-incidents.ts'
import type { AddGuardian, EditGuardian, RemoveGuardian } from '../app/keep-guardian.ts'
import type { MakeAllInOne } from '../app/make-all-in-one.ts'
import type { OpenDrill } from '../app/open-drill.ts'
import type { OpenGlassUseCase } from '../app/open-glass.ts'
import type { OpenRecordings } from '../app/open-recording.ts'
import type { ForgetChoice, PlanForget } from '../app/plan-forget.ts'
import type { AddPlan, EditPlan, RemovePlan } from '../app/plans/keep-plan.ts'
import type { ReportReadiness } from '../app/readiness.ts'
import type { RemarksOnCopies } from '../app/remarks-on-copies.ts'
import type { RemoveCredential } from '../app/remove-credential.ts'
import type { RemoveDestination } from '../app/remove-destination.ts'
import type { RemoveSource } from '../app/remove-source.ts'
import type { RepairRepository } from '../app/repair-repository.ts'
import type { RestoreInto } from '../app/restore-into.ts'
import type { ListSnapshots, RepositoryAccess, RestoreSystem } from '../app/restore-system.ts'
import type { RestoreRoot } from '../app/restores/set-restore-root.ts'
import type { Rewrap } from '../app/rewrap/rewrap.ts'
import type { KeepScope, RemoveScope } from '../app/scopes/keep-scope.ts'
import type { PlanScope } from '../app/scopes/plan-scope.ts'
import type { InstallService, UninstallService } from '../app/service/install-service.ts'
import type { SetDrillDays } from '../app/set-drill-days.ts'
import type { SetRoutine } from '../app/set-routine.ts'
import type { SettleHooks } from '../app/settle-hooks.ts'
import type { ShowCredential } from '../app/show-credential.ts'
import type { StampLedger } from '../app/stamp-ledger.ts'
import type { StartDrill } from '../app/start-drill.ts'
import type { Target } from '../app/target.ts'
import type { TestDestination } from '../app/test-destination.ts'
import type { UnlockRepositories, UnlockRepository } from '../app/unlock-repositories.ts'
import type { Access as ApiAccess } from '../app/users/access.ts'
import type { InviteFirst } from '../app/users/invitations.ts'
import type { KeepTokens } from '../app/users/keep-tokens.ts'
import type { KeepUsers } from '../app/users/keep-users.ts'
import type { Proof } from '../app/users/prove-user.ts'
import type { KeepProvider } from '../app/users/set-provider.ts'
import type { VerifyBackup } from '../app/verify-backup.ts'
import type { FurtherVerdict } from '../app/verify-glass-further.ts'
import type { WatchDestinations } from '../app/watch/watch-destinations.ts'
import type { KeptHead } from '../bundle/ledger/head.ts'
import type { LedgerSigner } from '../bundle/ledger/signers.ts'
import type { Secret } from '../core/secret.ts'
import type { Approval } from '../ports/approval.ts'
import type { Catalogue, DestinationRecord, Instance } from '../ports/catalogue.ts'
import type { Destination } from '../ports/destination.ts'
import type { DestinationFigures } from '../ports/destination-figures.ts'
import type { LocalSpec, RsyncSpec, S3Spec } from '../ports/destination-spec.ts'
import type { Log } from '../ports/log.ts'
import type { Plan } from '../ports/plan.ts'
import type { Progress } from '../ports/progress.ts'
import type { Daemon } from './daemon.ts'

/**
 * On which mount a folder lies, or the one above it where it is not there yet; `undefined` on the system's root, and on any but a
 * network file system where only that is asked for.
 */
export type MountPointOf = (path: string, kind: 'network' | 'any') => Promise<string | undefined>

/** Who reads without a lock changes nothing, whatever else goes wrong; a lock is written. */
export type Access = 'reading' | 'writing'

/** Where somebody logs in by SSH. */
export type AccountPlace = Pick<RsyncSpec, 'user' | 'host' | 'port' | 'jump' | 'jumpHostKeys'>

export interface FoundHostKey {
  /** `ssh-ed25519 AAAA…`, as a spec pins it. */
  readonly key: string
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string
}

/** What `redoma glass verify` may be given. */
export interface GlassChecks {
  readonly identities: readonly Secret[] | undefined
  readonly head: KeptHead | undefined
  readonly scope: string | undefined
}

/** The same of a folder, without an instance; `signer` where it is known. */
export type VerifyFolder = (
  path: string,
  signer: LedgerSigner | undefined,
  checks: GlassChecks,
  progress: Progress,
  signal: AbortSignal,
) => Promise<FurtherVerdict>

/** An instance that was opened, and what can be done with it. Each use case is loaded when it is first called. */
export interface OpenInstance extends AsyncDisposable {
  readonly catalogue: Catalogue
  readonly log: Log
  reach(record: DestinationRecord): Promise<Target>
  /** The destinations of these names, all of them when there are none. @throws RedomaError `NOT_FOUND` */
  targets(names: readonly string[]): Promise<readonly Target[]>
  /** The same, but of those that are not named only what can be read; all when none can. */
  repositoryTargets(names: readonly string[]): Promise<readonly Target[]>
  /** The repositories of system backups, at one destination where it is named. @throws RedomaError `NOT_FOUND`, `DESTINATION_FORBIDDEN` */
  systemRepositories(
    destination: string | undefined,
    access: Access,
  ): Promise<readonly (RepositoryAccess & { name: string; knownId: string | undefined })[]>
  /** The same, over the same ways to destinations, with another name in the audit trail. */
  as(actor: string): Omit<OpenInstance, typeof Symbol.asyncDispose>
  /** Who may sign in at the API. */
  users(): Promise<KeepUsers>
  tokens(): Promise<KeepTokens>
  /** By what it says users may sign in. */
  provider(): Promise<KeepProvider>
  readonly inviteFirst: InviteFirst
  readonly access: () => Promise<ApiAccess>
  readonly addCredential: AddCredential
  readonly editCredential: EditCredential
  readonly importCredentials: ImportCredentials
  readonly removeCredential: RemoveCredential
  readonly showCredential: ShowCredential
  readonly addSource: AddSource
  readonly restoreInto: RestoreInto
  readonly removeSource: RemoveSource
  readonly addPlan: AddPlan
  readonly editPlan: EditPlan
  readonly removePlan: RemovePlan
  readonly addDestination: AddDestination
  readonly removeDestination: RemoveDestination
  readonly testDestination: TestDestination
  readonly addChannel: AddChannel
  readonly changeChannel: ChangeChannel
  readonly removeChannel: RemoveChannel
  readonly testChannel: TestChannel
  readonly mountPointOf: MountPointOf
  /** What a server shows as its key, for a person to compare; by way of the jump host, where there is one. */
  findHostKey(account: AccountPlace, signal: AbortSignal): Promise<FoundHostKey>
  /** The same of a jump host, `USER@HOST` or `USER@HOST:PORT`. */
  findHostKeyOfJump(jump: string, signal: AbortSignal): Promise<FoundHostKey>
  /** What went to each place and came from it, by its location. */
  transfers(): readonly {
    readonly location: string
    readonly figures: DestinationFigures
    readonly retries: number
  }[]
  acceptRepository(): Promise<AcceptRepository>
  /**
   * The SSH key by which the instance logs in at servers, made when there is none.
   *
   * @param folder at a server, for the lines of its `authorized_keys`
   * @throws RedomaError `KEY_WRONG`, `FORMAT_UNKNOWN`; `PATH_UNSAFE` for a folder that cannot stand in such a line
   */
  sshKey(folder: string): Promise<SshKeyWords>
  readonly holdCeremony: HoldCeremony
  readonly adoptRecoveryKey: AdoptRecoveryKey
  readonly reportCoverage: ReportCoverage
  readonly addGuardian: AddGuardian
  readonly editGuardian: EditGuardian
  readonly removeGuardian: RemoveGuardian
  readonly startDrill: StartDrill
  readonly answerDrill: AnswerDrill
  readonly setDrillDays: SetDrillDays
  readonly setRoutine: SetRoutine
  restoreRoot(): Promise<RestoreRoot>
  readonly reportReadiness: ReportReadiness
  readonly planScope: PlanScope
  readonly addScope: KeepScope
  readonly editScope: KeepScope
  readonly removeScope: RemoveScope
  readonly recordOpening: RecordOpening
  readonly rewrap: Rewrap
  readonly reportAftercare: ReportAftercare
  readonly settleExposures: SettleExposures
  readonly planForgetBundles: PlanForgetBundles
  readonly forgetBundles: ForgetBundles
  /** What is known of bundles that lie nowhere any more. */
  forgetGoneContents(): Promise<void>
  readonly setBundleRetention: SetBundleRetention
  /** For what a command does itself. */
  readonly requireSecondPerson: RequireSecondPerson
  /** By the actor. */
  readonly answerApproval: AnswerApproval
  /**
   * By somebody else, who proves it.
   *
   * @throws RedomaError `NOT_SIGNED_IN`, and what `AnswerApproval` throws
   */
  answerApprovalAs(proof: Proof, id: number, agreed: boolean): Promise<Approval>
  readonly setRules: SetRules
  readonly createBackup: (
    request: CreateBackupRequest & {
      /** Of the snapshots. */
      readonly tags: readonly string[]
      readonly leastShare?: number | undefined
      /** How long others are waited for who work on a repository, in milliseconds. */
      readonly patienceMs: number
    },
    ...rest: AfterFirst<Parameters<CreateBackup>>
  ) => ReturnType<CreateBackup>
  /** Of runs whose process died on this machine. */
  readonly settleHooks: SettleHooks
  readonly copySystem: (
    request: CopySystemRequest & { readonly patienceMs: number },
    ...rest: AfterFirst<Parameters<CopySystem>>
  ) => ReturnType<CopySystem>
  readonly verifyBackup: VerifyBackup
  readonly verifyGlass: (
    target: Target,
    checks: GlassChecks,
    progress: Progress,
    signal: AbortSignal,
  ) => Promise<FurtherVerdict>
  stampLedger(): Promise<StampLedger>
  readonly planForget: (
    target: Target,
    choice: ForgetChoice,
    patienceMs: number,
    signal: AbortSignal,
  ) => ReturnType<PlanForget>
  readonly forgetSnapshots: (
    target: Target,
    request: ForgetRequest & { readonly patienceMs: number },
    progress: Progress,
    signal: AbortSignal,
  ) => ReturnType<ForgetSnapshots>
  /** @param patienceMs how long others are waited for who work on the repository */
  repairRepository(patienceMs: number): Promise<RepairRepository>
  readonly unlockRepositories: UnlockRepositories
  readonly applyConfig: ApplyConfig
  /** What changed goes to the log, too. */
  readonly watchDestinations: WatchDestinations
  readonly remarksOnCopies: RemarksOnCopies
  /** Opens and closes incidents by what is known now. */
  readonly keepIncidents: KeepIncidents
  readonly acknowledgeIncident: AcknowledgeIncident
}

/** The public side of an SSH key. */
export interface SshKeyWords {
  /** Of the private key's file. */
  readonly path: string
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string
  /** Lines for `authorized_keys`: reading and writing, or writing alone. */
  readonly authorizedKeys: { readonly full: string; readonly writeOnly: string }
}

type AfterFirst<List extends readonly unknown[]> = List extends readonly [unknown, ...infer Rest]
  ? Rest
  : never

/** What `main` gives to the commands. */
export interface ServeRequest {
  /** Where `/metrics`, `/healthz` and `/readyz` are served by TCP, too: an address of this machine alone. */
  readonly listen?: { readonly host: string; readonly port: number } | undefined
  /** Where the API is served by HTTPS; `false`: nowhere; absent: as the instance remembers it. */
  readonly https?: HttpsSettings | false | undefined
  /** Whether what it says is read by a person at a terminal, and kept nowhere. */
  readonly isAtTerminal?: boolean | undefined
  /** Called when it serves, with the addresses of its API, and what there is to know of them. */
  readonly onReady: (addresses: readonly string[], notes: readonly string[]) => void
}

export interface Services {
  /** The instance's folder. */
  readonly home: string
  readonly logFolder: string
  readonly hostName: string
  /** Of the machine, as the IANA calls it. */
  readonly timeZone: string
  /** With the plan that it begins with. */
  createInstance(
    name: string,
    isAppliance: boolean,
  ): Promise<{ readonly instance: Instance; readonly plan: Plan }>
  /** Moves the catalogue from the instance's folder into the database that the environment names. */
  moveCatalogue(): Promise<Instance>
  /** @throws RedomaError `INSTANCE_MISSING`, `INSTANCE_KEY_WRONG`, `CATALOGUE_DAMAGED` */
  openInstance(): Promise<OpenInstance>
  /** The daemon of the instance, if there is one. @throws RedomaError `DAEMON_FAILED` where its socket may not be opened */
  findDaemon(): Promise<Daemon | undefined>
  /** Of the program. */
  readonly version: string
  /**
   * The daemon, until the signal says so.
   *
   * @throws RedomaError `DAEMON_RUNNING`, `INSTANCE_MISSING`, `CATALOGUE_DAMAGED`
   */
  serve(request: ServeRequest, signal: AbortSignal): Promise<void>
  /** Where the daemon of this machine serves its API by HTTPS. */
  https(): Promise<KeptHttps>
  readonly installService: InstallService
  readonly uninstallService: UninstallService
  /** What follows needs no instance: in an emergency there is none. */
  reachNamed(spec: LocalSpec | S3Spec, access: Access): Promise<Destination & AsyncDisposable>
  verifyFolder(): Promise<VerifyFolder>
  readonly holdCeremonyElsewhere: HoldCeremonyElsewhere
  readonly openDrill: OpenDrill
  /** Before anything secret is typed or made: no core dump from here on. */
  forbidDumps(): Promise<void>
  /** SHA-256 of an opener, lower-case hex; `undefined` where it was not built. */
  openerSha256(name: 'open.html' | 'open.mjs'): Promise<string | undefined>
  readonly openGlass: OpenGlassUseCase
  readonly makeAllInOne: MakeAllInOne
  readonly openRecordings: OpenRecordings
  readonly listSnapshots: ListSnapshots
  readonly restoreSystem: RestoreSystem
  readonly unlockRepository: UnlockRepository
  browseSystem(): Promise<BrowseSystem>
}
