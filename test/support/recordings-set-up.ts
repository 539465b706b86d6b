import { chmod, cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBackUpRecordings } from '../../src/app/back-up-recordings.ts'
import { makeOpenRecordings, type OpenedOrNot } from '../../src/app/open-recording.ts'
import { makeRecordInLedger } from '../../src/app/record-in-ledger.ts'
import type { Target } from '../../src/app/target.ts'
import { Secret } from '../../src/core/secret.ts'
import { generateIdentity } from '../../src/crypto/age/recipients.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import type { RecordingCopy, RunPart } from '../../src/ports/catalogue.ts'
import type { Destination } from '../../src/ports/destination.ts'
import { noProgress } from '../../src/ports/progress.ts'
import type { OpenedRecording } from '../../src/recordings/sealed/open-sealed.ts'
import { alone } from './alone.ts'
import { anInstance, type TestInstance } from './instance.ts'
import { toldToNobody } from './notifier.ts'
import { targetAt } from './target-at.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const recordingVectors = join(import.meta.dirname, '../vectors/recordings')

/** An instance that has a recovery key and one source of recordings, `/sessions` in a folder of its own. */
export interface RecordingsSetUp extends AsyncDisposable {
  readonly instance: TestInstance
  /** The source's folder, empty. */
  readonly sessions: string
  /** A folder for anything. */
  readonly scratch: string
  /** `AGE-SECRET-KEY-1…` */
  readonly identity: Secret
  copies(): Promise<RecordingCopy[]>
  backUp(destination: Destination): Promise<RunPart>
  /** From the first of them that has it. */
  open(from: Destination | Destination[], copy: RecordingCopy, to: string): Promise<OpenedRecording>
}

const { signal } = new AbortController()

export async function recordingsSetUp(): Promise<RecordingsSetUp> {
  const instance = await anInstance()
  const folder = await temporaryFolder()
  const [sessions, scratch] = [join(folder.path, 'sessions'), join(folder.path, 'scratch')]
  await Promise.all([mkdir(sessions), mkdir(scratch)])
  const { catalogue, clock } = instance
  const { identity, recipient } = await generateIdentity('classic')
  const spec = { kind: 'recordings', path: sessions, settleSeconds: 60 } as const
  await catalogue.sources.add({ name: 'sessions', spec, createdAt: clock.now() })
  const generation = { number: 1, profile: 'classic', recipient, fingerprint: 'f'.repeat(64) } as const
  await catalogue.generations.add({ ...generation, passwordFile: new Uint8Array(), heldAt: clock.now() })
  const primitives = loadPrimitives()
  const recordInLedger = makeRecordInLedger({
    notifier: toldToNobody,
    instance: catalogue.instance,
    ledgers: catalogue.ledgers,
    signingKey: () => catalogue.signingKey(),
    clock,
    whileWriting: alone,
  })
  const { home } = instance
  const backUpRecordings = makeBackUpRecordings({ catalogue, recordInLedger, primitives, clock, home })
  const openRecordings = makeOpenRecordings({ primitives })
  const record: Target['record'] = {
    id: 'c0ffee00-0000-4000-8000-000000000001',
    name: 'shelf',
    spec: { kind: 'local', path: '/nowhere' },
    repositoryPassword: new Secret('x'),
    createdAt: clock.now(),
    runsBefore: 0,
  }
  await catalogue.destinations.add(record)
  return {
    instance,
    sessions,
    scratch,
    identity,
    copies: () => catalogue.recordings.list(),
    async backUp(destination) {
      const [part] = await backUpRecordings(1, [targetAt(record, destination)], noProgress, signal)
      if (part === undefined) throw new Error('no part')
      return part
    },
    async open(from, { folder: at }, to) {
      const ended: OpenedOrNot[] = []
      await openRecordings(
        {
          places: [
            {
              kind: 'destinations',
              copies: [from].flat().map((destination) => ({ destination, folder: at })),
            },
          ],
          identities: async () => [identity],
          to,
        },
        (one) => ended.push(one),
        signal,
      )
      const [opened] = ended
      if (opened?.kind !== 'opened') throw new Error('it was not opened')
      return opened
    },
    [Symbol.asyncDispose]: async () => {
      await instance[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** The real samples, as they were on the machines that made them: the clock is turned until all of them are settled. */
export async function copySamples({ sessions, instance }: RecordingsSetUp): Promise<void> {
  await cp(recordingVectors, sessions, { recursive: true })
  // sudo's mark of a session that is over, which git does not keep.
  await chmod(join(sessions, 'sudo-io/nobody/20261122/00/00/01/timing'), 0o400)
  settle(instance)
}

/** Turns the clock to an hour after now: whatever was written until now is settled then. */
export function settle({ clock }: TestInstance): void {
  clock.advance(Date.now() + 3_600_000 - clock.now().getTime())
}
