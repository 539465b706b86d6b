import type { AddCredential } from '../app/add-credential.ts'
import type { AddDestination } from '../app/add-destination.ts'
import type { AddSource } from '../app/add-source.ts'
import type { AddChannel, ChangeChannel, RemoveChannel } from '../app/alerts/keep-channel.ts'
import type { TestChannel } from '../app/alerts/test-channel.ts'
import type { AnswerApproval } from '../app/approvals/answer-approval.ts'
import type { ReportCoverage } from '../app/coverage/report-coverage.ts'
import type { EditCredential } from '../app/edit-credential.ts'
import type { AcknowledgeIncident } from '../app/incidents/acknowledge-incident.ts'
import type { AddPlan, EditPlan, RemovePlan } from '../app/plans/keep-plan.ts'
import type { ReportReadiness } from '../app/readiness.ts'
import type { RemoveCredential } from '../app/remove-credential.ts'
import type { RemoveDestination } from '../app/remove-destination.ts'
import type { RemoveSource } from '../app/remove-source.ts'
import type { Restores } from '../app/restores/restores.ts'
import type { SetRoutine } from '../app/set-routine.ts'
import type { LookIntoSnapshots } from '../app/snapshots/look-into-snapshots.ts'
import type { Access } from '../app/users/access.ts'
import type { KeepTokens } from '../app/users/keep-tokens.ts'
import type { KeepUsers } from '../app/users/keep-users.ts'
import type { Catalogue, Run } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Progress } from '../ports/progress.ts'
import type { Transferred } from '../ports/run-progress.ts'
import type { RestoreDesk } from './restores/desk.ts'
import type { BackupRequest, RunDesk } from './runs/desk.ts'
import type { VerificationDesk, Verify } from './verifications/desk.ts'

/** The instance that is served: its catalogue, and the use cases that commands call, too. */
export interface ServedInstance {
  readonly catalogue: Catalogue
  readonly log: Log
  readonly reportReadiness: ReportReadiness
  readonly reportCoverage: ReportCoverage
  /** The one of this process. */
  readonly access: () => Promise<Access>
  /** What leaves a trace in the audit trail, done by this actor. So cheap that each request has its own. */
  as(actor: string): TracedUseCases
  createBackup(request: BackupRequest, progress: Progress, signal: AbortSignal): Promise<DoneRun>
  /** Leaves a trace in the audit trail, by the actor of the request. */
  readonly verify: Verify
  readonly look: LookIntoSnapshots
  readonly restores: Restores
}

/** A run that came to its end, and what it moved. */
export interface DoneRun {
  readonly run: Run
  readonly transfers: readonly Transferred[]
}

export interface TracedUseCases {
  users(): Promise<KeepUsers>
  tokens(): Promise<KeepTokens>
  readonly addCredential: AddCredential
  readonly editCredential: EditCredential
  readonly removeCredential: RemoveCredential
  readonly addSource: AddSource
  readonly removeSource: RemoveSource
  readonly addDestination: AddDestination
  readonly removeDestination: RemoveDestination
  readonly answerApproval: AnswerApproval
  readonly acknowledgeIncident: AcknowledgeIncident
  readonly addPlan: AddPlan
  readonly editPlan: EditPlan
  readonly removePlan: RemovePlan
  readonly setRoutine: SetRoutine
  readonly addChannel: AddChannel
  readonly changeChannel: ChangeChannel
  readonly removeChannel: RemoveChannel
  readonly testChannel: TestChannel
}

export interface ApiDeps {
  readonly instance: ServedInstance
  readonly clock: Clock
  /** Of the program. */
  readonly version: string
  /** Aborted when the daemon stops: it takes no more work, and ends what streams. */
  readonly stopping: AbortSignal
  /** Of who else in this process does runs, so that they can be followed and stopped, too; absent: the API's own. */
  readonly desk?: RunDesk | undefined
  /** The one of this process; absent: the API's own. */
  readonly verifications?: VerificationDesk | undefined
  readonly restores?: RestoreDesk | undefined
}
