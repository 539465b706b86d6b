import type { ErrorCode } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { ShownCertificate } from '../core/shown-certificate.ts'
import type { ApprovalStore } from './approval.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { BundleRetentionStore } from './bundle-retention.ts'
import type { BundleStore, ValueTags } from './bundle-store.ts'
import type { ChannelRecord } from './channel.ts'
import type { CredentialKind, CredentialRecord } from './credential.ts'
import type { DatabaseSpec } from './database.ts'
import type { DestinationSpec } from './destination-spec.ts'
import type { WatchStore } from './destination-state.ts'
import type { DrillStore, GuardianStore, Keeper, Proof } from './guardian.ts'
import type { ProviderStore } from './identity-provider.ts'
import type { IncidentStore, NoticeQueue } from './incident.ts'
import type { KeptAnswers } from './kept-answers.ts'
import type { ExchangingStore, NamedStore } from './named-store.ts'
import type { OpeningStore } from './opening.ts'
import type { OwedHookStore } from './owed-hook.ts'
import type { Page, PageRequest } from './paging.ts'
import type { PlanStore } from './plan.ts'
import type { Presence } from './presence.ts'
import type { Job } from './progress.ts'
import type { RestoreStore } from './restore.ts'
import type { RoutineStore } from './routine.ts'
import type { ScopeStore } from './scope.ts'
import type { CertificateStore } from './seen-certificate.ts'
import type { InspectedCredential } from './source.ts'
import type { TimestampingStore } from './timestamping.ts'
import type { PassStore, UserStore } from './user.ts'
import type { VerificationStore } from './verification.ts'

/** The instance that this catalogue belongs to. */
export interface Instance {
  /** A UUID, made by `init` and never changed. */
  readonly id: string
  readonly name: string
  readonly createdAt: Date
  /** Keys are in its hardware: no copy may be on the instance itself. */
  readonly isAppliance: boolean
}

/** What a source is, by kind. Paths are absolute. */
export type SourceSpec =
  | {
      readonly kind: 'files'
      readonly paths: readonly string[]
      /** gitignore patterns, seen from each path. */
      readonly exclude: readonly string[]
      readonly excludeLargerThanBytes?: number | undefined
      /** Leave out folders that hold a `CACHEDIR.TAG`. */
      readonly excludeCaches: boolean
      /** Do not cross into other file systems. */
      readonly oneFileSystem: boolean
    }
  | {
      readonly kind: 'recordings'
      readonly path: string
      /** How long a recording must have been unchanged before it counts as finished, where its format does not say. */
      readonly settleSeconds: number
    }
  /** A program, started without a shell, whose standard output is credential records as JSON lines. */
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  | DatabaseSpec

export interface SourceRecord {
  readonly name: string
  readonly spec: SourceSpec
  readonly createdAt: Date
}

export interface DestinationRecord {
  /** A UUID: renaming a destination must not lose what is known about it. */
  readonly id: string
  readonly name: string
  readonly spec: DestinationSpec
  readonly repositoryPassword: Secret
  /** `config.id` of its repository, 64 hex digits, from the first backup on: another one is not written to. */
  readonly repositoryId?: string | undefined
  /** Id of the key file that `repositoryPassword` opens; known from the first backup on, or from when it was added to a repository of others. */
  readonly repositoryKey?: string | undefined
  readonly createdAt: Date
  /**
   * Number of the last run before it was added; 0 where there was none. What that and earlier runs did at a destination of this name, they
   * did at another one. Not told by `createdAt`: a clock may have been set back since.
   */
  readonly runsBefore: number
}

/** A repository at a destination, as far as it is remembered. */
export interface KnownRepository {
  /** `config.id`, 64 hex digits. */
  readonly id: string
  /** Id of the key file that the password opens. */
  readonly key: string
}

export type GlassProfile = 'classic' | 'pq'

/** A recovery key's public side: what the instance knows of a ceremony. */
export interface Generation {
  /** 1 for the first ceremony; those of scopes are counted with the others, so that a number means one key. */
  readonly number: number
  /** Name of the part of the vault whose own key it is; absent: it is for all that has none. */
  readonly scope?: string | undefined
  readonly profile: GlassProfile
  /** `age1…` or `age1pq1…`. */
  readonly recipient: string
  /** SHA-256 of the recipient's text, lower-case hex. */
  readonly fingerprint: string
  readonly heldAt: Date
  /** The content of `identity.password.age`, copied to every destination: useless without the master password. */
  readonly passwordFile?: Uint8Array | undefined
  /** At least one of the two is there. */
  readonly quorum?: Quorum | undefined
}

/** What is known of a generation when it begins. */
export interface GenerationBeginning {
  readonly proofs: readonly Proof[]
  readonly keepers: readonly Keeper[]
  /** What the audit trail gets to say of it. */
  readonly audited?: AuditEntry | undefined
}

/** What of a recovery key is opened by several guardians together; copied to every destination, useless without their shares. */
export interface Quorum {
  /** The content of `identity.quorum.age`. */
  readonly identityFile: Uint8Array
  /** The content of `shares.json`: what each share is known by. Public. */
  readonly shareList: Uint8Array
}

export interface CredentialSummary {
  readonly id: string
  readonly title: string
  readonly kind: CredentialKind
  readonly user?: string | undefined
  readonly host?: string | undefined
  readonly folder?: string | undefined
  readonly tags: readonly string[]
  readonly formerSecrets: number
  readonly attachments: number
  readonly hasTotp: boolean
  readonly changedAt: Date
}

/** What is known of one credential without its secrets. */
export interface CredentialMetadata extends CredentialSummary {
  readonly port?: number | undefined
  readonly url?: string | undefined
  readonly database?: string | undefined
  readonly owner?: string | undefined
  readonly createdAt?: Date | undefined
  readonly hasSecret: boolean
  readonly hasNotes: boolean
  readonly fields: readonly { readonly name: string; readonly hidden: boolean }[]
  readonly attached: readonly { readonly name: string; readonly size: number }[]
  /** 1, and one more with every change. */
  readonly revision: number
}

/** Those that all of it holds for. */
export interface CredentialFilter {
  /** Anywhere in title, user, host, folder or a tag, whatever the case and the accents. */
  readonly search?: string | undefined
  readonly kind?: CredentialKind | undefined
  /** With all that is below it. */
  readonly folder?: string | undefined
  readonly user?: string | undefined
  readonly host?: string | undefined
  readonly owner?: string | undefined
  readonly tag?: string | undefined
}

/** `folder`: those without one first; within a folder by title. */
export type CredentialSort = 'folder' | 'title' | 'changedAt'

/** What became of a record that was put. */
export type PutOutcome = 'added' | 'changed' | 'unchanged'

export interface CredentialStore {
  /** In the order of folder and title. */
  list(): Promise<CredentialSummary[]>
  count(): Promise<number>
  /** @throws RedomaError `USAGE` for a position of another order */
  page(filter: CredentialFilter, request: PageRequest<CredentialSort>): Promise<Page<CredentialSummary>>
  /** @throws RedomaError `NOT_FOUND` */
  look(id: string): Promise<CredentialMetadata>
  /** @throws RedomaError `NOT_FOUND`, `INSTANCE_KEY_WRONG` */
  get(id: string): Promise<CredentialRecord>
  /** Ids whose id, or whole title, is `text`. */
  find(text: string): Promise<string[]>
  /**
   * Adds the record, or brings the one of its id up to date. A secret that changed goes to the history; a value of the
   * history that is known already is not added again, so that importing a file twice changes nothing. One transaction.
   */
  put(record: CredentialRecord): Promise<PutOutcome>
  /** Runs `work` in one transaction: all of it counts, or nothing. What belongs to it is done with the store it is given. */
  atomically<T>(work: (inside: CredentialStore) => Promise<T>): Promise<T>
  /** @throws RedomaError `NOT_FOUND` */
  remove(id: string): Promise<void>
  records(): AsyncIterable<CredentialRecord>
  /** The same, but one that cannot be read is told, and the others come all the same. */
  inspect(): AsyncIterable<InspectedCredential>
}

export interface DestinationStore extends NamedStore<DestinationRecord> {
  /** Remembers which repository is there, where none is remembered yet, and which of its keys opened it last. */
  rememberRepository(destinationId: string, repository: KnownRepository): Promise<void>
  /**
   * From now on it is this one: snapshots that runs made until now are not missed in it, and of nothing in it is known when it was
   * read. One transaction.
   */
  acceptRepository(destinationId: string, repository: KnownRepository): Promise<void>
}

/** What went wrong, as it is kept with a run. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
}

export type PartOutcome =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'done-with-warnings'
      readonly warnings: readonly string[]
      /** A bundle that people are to look at before they trust it. */
      readonly isDoubtful?: true | undefined
    }
  | { readonly kind: 'failed'; readonly failure: Failure }

export interface Figures {
  /** Files, credentials or recordings looked at. */
  readonly items: number
  /** Of those, how many are new or changed since the run before. */
  readonly itemsNew: number
  /** Bytes in the clear that this copy protects. */
  readonly bytes: number
  /** Bytes that were really added at the destination. */
  readonly bytesStored: number
}

/** What one run did with one source at one destination. */
export interface RunPart {
  readonly job: Job
  readonly source: string
  readonly destination: string
  readonly outcome: PartOutcome
  readonly figures: Figures
  /** Name of the bundle, or id of the snapshot, that came of it. */
  readonly product?: string | undefined
  readonly startedAt: Date
  readonly finishedAt: Date
}

export type RunState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly finishedAt: Date }
  | { readonly kind: 'done-with-warnings'; readonly finishedAt: Date }
  | { readonly kind: 'failed'; readonly finishedAt: Date }
  /** Somebody stopped it: who, as the audit trail calls them. */
  | { readonly kind: 'cancelled'; readonly finishedAt: Date; readonly by: string }
  /** Its process died. */
  | { readonly kind: 'lost' }

export interface Run {
  /** 1, 2, 3 … */
  readonly id: number
  readonly startedAt: Date
  /** Process that does the run, to recognise one that died. */
  readonly processId: number
  /** Of the plan that it is a run of; absent for other runs by hand. */
  readonly planId?: string | undefined
  /** What the plan was due at; absent when it was begun by hand. */
  readonly dueAt?: Date | undefined
  readonly state: RunState
  /** What went wrong with the run itself, and with none of its parts: a sentence each. */
  readonly remarks: readonly string[]
  readonly parts: readonly RunPart[]
}

/** Those that all of it holds for; of a part, one and the same has to have job, source and destination. */
export interface RunFilter {
  readonly state?: RunState['kind'] | undefined
  readonly job?: Job | undefined
  readonly source?: string | undefined
  readonly destination?: string | undefined
  readonly planId?: string | undefined
  /** Begun then or later, and before. */
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

export type RunSort = 'id' | 'startedAt'

export interface RunStore {
  /**
   * Begins a run, unless one is under way: two at once would write one bundle sequence and one repository.
   *
   * @throws RedomaError `RUN_UNDER_WAY`
   */
  start(startedAt: Date, processId: number, planId?: string): Promise<number>
  /** Ends as lost what this process began without being told so: `start` or `PlanStore.claim` failed, and it may have happened all the same. */
  endUntold(): Promise<void>
  addPart(run: number, part: RunPart): Promise<void>
  finish(
    run: number,
    state: Exclude<RunState, { kind: 'running' }>,
    remarks?: readonly string[],
  ): Promise<void>
  /** Adds a sentence to what went wrong with a run, also when it has ended. */
  remark(run: number, sentence: string): Promise<void>
  /** Newest first. */
  list(limit: number): Promise<Run[]>
  /** The newest that nobody cancelled. */
  newestUncancelled(): Promise<Run | undefined>
  /** @throws RedomaError `USAGE` for a position of another order */
  page(filter: RunFilter, request: PageRequest<RunSort>): Promise<Page<Run>>
  /**
   * The newest snapshot of each source that runs made at a destination, however long ago, but for those in `except`. The newest
   * run comes first.
   */
  newestSnapshots(
    at: Pick<DestinationRecord, 'name' | 'runsBefore'>,
    except: ReadonlySet<string>,
  ): Promise<MadeSnapshot[]>
  /** Of each job, source and destination the newest part that there is, but of those that were removed since. */
  latestParts(): Promise<(RunPart & { readonly run: number })[]>
  /** Ids of all snapshots that runs made, wherever: each is the hash of its content, so nobody else has made one of them. */
  madeSnapshots(): Promise<ReadonlySet<string>>
  /** Of each job and source that had a part at a destination since it was added. */
  lastCopies(at: Pick<DestinationRecord, 'name' | 'runsBefore'>): Promise<LastCopies[]>
  count(): Promise<RunCounts>
  /** @throws RedomaError `NOT_FOUND` */
  get(id: number): Promise<Run>
}

/** The newest of what runs did with one source at one destination. */
export interface LastCopies {
  readonly last: RunPart
  /** The newest that did not fail; absent where none did. */
  readonly lastGood?: RunPart | undefined
}

/** How many runs there are of each state. */
export type RunCounts = Readonly<Record<RunState['kind'], number>>

export interface MadeSnapshot {
  readonly id: string
  readonly source: string
  /** That made it. */
  readonly run: number
}

/** What one process of this instance does alone with the repository of a destination. */
export interface Lease {
  readonly destinationId: string
  /** For people: `backup`, `prune` … */
  readonly purpose: string
  readonly processId: number
  readonly takenAt: Date
}

export interface TakenLease {
  /** Where several nodes share the catalogue: counts up with each lease that is taken, of whatever destination. */
  readonly token?: number | undefined
  /** Whose it was, where that is a process that died, or that the other nodes heard nothing of any more. */
  readonly former?: Lease | undefined
}

export interface LeaseStore {
  /**
   * Takes the lease of a destination's repository, from a process that died too.
   *
   * @throws RedomaError `RUN_UNDER_WAY` while a process that lives has it
   */
  take(lease: Lease): Promise<TakenLease>
  /** Says only whether it could be taken now. @throws RedomaError `RUN_UNDER_WAY` */
  requireFree(destinationId: string): Promise<void>
  release(lease: Pick<Lease, 'destinationId' | 'processId'>): Promise<void>
}

/** The sealed copy of one recording at one destination. */
export interface RecordingCopy {
  readonly destinationId: string
  readonly source: string
  /** Stable, made from source and path; the folder's name at the destination. */
  readonly recordingId: string
  /** Folder at the destination: `recordings/<yyyy>/<mm>/<dd>/<recording id>`. */
  readonly folder: string
  /** Changes when the recording does: from names, sizes and times of its files. */
  readonly fingerprint: string
  readonly sealedAt: Date
  /** SHA-256 of the plaintext, lower-case hex. */
  readonly sha256: string
  readonly bytes: number
  /** Generation of the recovery key that opens it. */
  readonly generation: number
  /** What may be shown without the key: format, start, duration; never what was typed or shown. */
  readonly summary: Readonly<Record<string, string | number>>
}

export interface RecordingFilter {
  readonly destinationId?: string | undefined
  readonly source?: string | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

export interface RecordingStore {
  list(destinationId?: string): Promise<RecordingCopy[]>
  /** In the order in which they were sealed. @throws RedomaError `USAGE` for a position of another order */
  page(filter: RecordingFilter, request: PageRequest<'sealedAt'>): Promise<Page<RecordingCopy>>
  add(copy: RecordingCopy): Promise<void>
}

/** A line of a destination's ledger, as this instance wrote it. */
export interface LedgerLine {
  readonly sequence: number
  readonly line: string
}

/** This instance's own memory of what its ledgers say, so that an altered or rolled-back one shows. */
export interface LedgerStore {
  lines(destinationId: string): Promise<LedgerLine[]>
  append(destinationId: string, lines: readonly LedgerLine[]): Promise<void>
  /** The last sequence that is known to have reached the destination; 0 when none has. */
  acknowledged(destinationId: string): Promise<number>
  acknowledge(destinationId: string, sequence: number): Promise<void>
}

/** When a slice of a destination's repository (its packs whose names begin with this byte) was last read whole. */
export interface SliceReading {
  /** 0 to 255. */
  readonly slice: number
  readonly readAt: Date
  /** Whether something was wrong with a pack in it then. */
  readonly isDamaged: boolean
}

export interface ReadingStore {
  list(destinationId: string): Promise<SliceReading[]>
  /** Takes the place of what was known of these slices. One transaction. */
  record(destinationId: string, readings: readonly SliceReading[]): Promise<void>
}

/** Snapshots that were removed on purpose, so that nobody misses them later. */
export interface ForgottenSnapshots {
  ids(destinationId: string): Promise<ReadonlySet<string>>
  /** Adding one twice changes nothing. */
  add(destinationId: string, ids: readonly string[], at: Date): Promise<void>
}

/** A snapshot that one destination got in a run, and another did not. */
export interface MissedSnapshot extends MadeSnapshot {
  /** Name of the destination that has it. */
  readonly destination: string
}

export interface MissedSnapshots {
  /** What runs stored elsewhere and not there, oldest first, without what was settled. */
  list(at: Pick<DestinationRecord, 'id' | 'name' | 'runsBefore'>): Promise<MissedSnapshot[]>
  /** They were copied since, or are gone at the other destination, too. Doing so twice changes nothing. */
  settle(destinationId: string, ids: readonly string[], at: Date): Promise<void>
}

export interface AuditFilter {
  readonly actor?: string | undefined
  /** `credential.add`, or `credential` for all that was done with credentials. */
  readonly action?: string | undefined
  readonly subject?: string | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

/** Where an audit trail ends: it stands for all entries before. */
export interface AuditHead {
  readonly entries: number
  /** Of the newest entry, 64 hex digits; absent where there is none. */
  readonly link?: string | undefined
}

export interface AuditVerdict extends AuditHead {
  /**
   * Number of the first entry that is not as it was written, or before which others are missing; `cut-off` where it does not hold the head it is compared with;
   * absent where all is whole.
   */
  readonly brokenAt?: number | 'cut-off' | undefined
}

export interface AuditTrail {
  /** Chained to the one before. */
  append(entry: AuditEntry): Promise<void>
  /** When any of this was done last. */
  lastOf(actions: readonly string[]): Promise<Date | undefined>
  head(): Promise<AuditHead>
  /**
   * Reads it all. That its newest entries were cut off shows by a head alone that somebody kept.
   *
   * @param kept a head of before, which it must still hold
   */
  verify(kept?: AuditHead): Promise<AuditVerdict>
  /** Newest first. */
  list(limit: number): Promise<AuditEntry[]>
  /** @throws RedomaError `USAGE` for a position of another order */
  page(filter: AuditFilter, request: PageRequest<'id'>): Promise<Page<AuditEntry & { readonly id: number }>>
}

/** All that the instance remembers. Secrets in it are sealed with the instance's key. */
export interface Catalogue {
  readonly instance: Instance
  /** Says whether the instance is an appliance; `instance` says so from then on. */
  setAppliance(isAppliance: boolean): Promise<void>
  /** The instance's Ed25519 key that signs ledgers, as a PKCS #8 PEM. */
  signingKey(): Promise<Secret>
  readonly credentials: CredentialStore
  readonly sources: NamedStore<SourceRecord>
  readonly destinations: DestinationStore
  readonly generations: {
    /** Of all scopes, newest first. */
    list(): Promise<Generation[]>
    /** The newest of a scope's own; of those for the whole vault where none is named. */
    current(scope?: string): Promise<Generation | undefined>
    /** With what its ceremony proved, who keeps its shares, and its line in the audit trail. One transaction. @throws RedomaError `ALREADY_EXISTS` */
    add(generation: Generation, more?: GenerationBeginning): Promise<void>
  }
  readonly guardians: GuardianStore
  readonly drills: DrillStore
  readonly runs: RunStore
  readonly plans: PlanStore
  readonly leases: LeaseStore
  readonly bundles: BundleStore
  /** Parts of the vault that have bundles of their own. */
  readonly scopes: ScopeStore
  readonly timestamping: TimestampingStore
  readonly bundleRetention: BundleRetentionStore
  readonly openings: OpeningStore
  readonly approvals: ApprovalStore
  /** Marks of a credential's values, by which it is told whether they have changed since a bundle. */
  tagValues(source: string, record: CredentialRecord): ValueTags
  readonly recordings: RecordingStore
  readonly ledgers: LedgerStore
  readonly readings: ReadingStore
  readonly verifications: VerificationStore
  readonly restores: RestoreStore
  readonly routines: RoutineStore
  readonly owedHooks: OwedHookStore
  readonly forgotten: ForgottenSnapshots
  readonly missed: MissedSnapshots
  /** How destinations do. */
  readonly watch: WatchStore
  /** As they were seen last. */
  readonly certificates: CertificateStore
  /** What the server that holds the catalogue has shown last, where there is one and it is held to its certificate. */
  readonly serverCertificate: () => (ShownCertificate & { readonly place: string }) | undefined
  /** The ways by which people and SIEMs are told. */
  readonly channels: ExchangingStore<ChannelRecord>
  readonly incidents: IncidentStore
  readonly notices: NoticeQueue
  readonly keptAnswers: KeptAnswers
  readonly users: UserStore
  /** Who says who users are, beside their own passwords and passkeys. */
  readonly identityProvider: ProviderStore
  readonly passes: PassStore
  /** Of what a pass is and of its secret: HMAC-SHA-256, lower-case hex, under a key of its own. */
  readonly passMac: (text: string) => string
  readonly audit: AuditTrail
  /** That this process is there, for other nodes. */
  readonly presence: Presence
  /**
   * Takes in what another process changed of `instance` since.
   *
   * @throws RedomaError `FORMAT_UNKNOWN` when a newer program has changed the catalogue meanwhile: this one does not know what it may not touch
   */
  refresh(): Promise<void>
  /** Writes a consistent copy of the whole catalogue to a new file (secrets in it stay sealed). */
  copyTo(path: string): Promise<void>
  close(): Promise<void>
}
