import { join } from 'node:path'
import { agreedBefore } from '../../src/app/approvals/require-second-person.ts'
import { makeBackUpSecrets } from '../../src/app/back-up-secrets.ts'
import type { BundleDeps } from '../../src/app/bundles/bundle-deps.ts'
import { makeHoldCeremony } from '../../src/app/hold-ceremony.ts'
import { makeRecordInLedger } from '../../src/app/record-in-ledger.ts'
import { Secret } from '../../src/core/secret.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import type { DestinationRecord } from '../../src/ports/catalogue.ts'
import type { CredentialRecord } from '../../src/ports/credential.ts'
import { attachmentOfBytes } from '../../src/ports/credential-json.ts'
import type { Destination } from '../../src/ports/destination.ts'
import { noProgress } from '../../src/ports/progress.ts'
import type { SecretsSource } from '../../src/ports/source.ts'
import { alone } from './alone.ts'
import { anInstance, type TestInstance } from './instance.ts'
import { toldToNobody } from './notifier.ts'
import { targetAt } from './target-at.ts'

const signal = new AbortController().signal

export function aCredential(id: string, more: Partial<CredentialRecord> = {}): CredentialRecord {
  return {
    id,
    title: `Router ${id}`,
    kind: 'password',
    user: 'admin',
    secret: new Secret(`=cmd|'/c calc'!A1 "p;ä🔑 ${id}`),
    host: `10.0.0.${id}`,
    port: 22,
    folder: 'network/core',
    tags: ['prod'],
    notes: new Secret('line one\nline two'),
    totp: new Secret('JBSWY3DPEHPK3PXP'),
    fields: [{ name: 'enable', value: new Secret('hidden value'), hidden: true }],
    attachments: [
      attachmentOfBytes('clé/../privée.pem'.replaceAll('/', ' '), Buffer.from(`key of ${id}`)),
      attachmentOfBytes('CON.txt', new Uint8Array(70_000).fill(7)),
    ],
    history: [{ secret: new Secret('former'), until: new Date('2026-01-01T00:00:00Z') }],
    changedAt: new Date('2026-02-01T00:00:00Z'),
    ...more,
  }
}

export function sourceOf(records: readonly CredentialRecord[], name = 'registry'): SecretsSource {
  return {
    name,
    async *records() {
      yield* records
    },
  }
}

export interface GlassWorld extends TestInstance {
  /** Where the ceremony's files are. */
  readonly ceremonyFolder: string
  readonly record: DestinationRecord
  backUp(
    destination: Destination,
    deps?: Partial<BundleDeps>,
  ): ReturnType<ReturnType<typeof makeBackUpSecrets>>
  /** @returns the master password */
  holdCeremony(folder: string, scope?: string): Promise<Secret>
  /** Of the first ceremony. */
  readonly masterPassword: Secret
}

/** An instance with one destination and two credentials; a ceremony was held. */
export async function aGlassWorld(records = [aCredential('1'), aCredential('2')]): Promise<GlassWorld> {
  const instance = await anInstance()
  const { catalogue, clock, home } = instance
  const primitives = loadPrimitives()
  const record: DestinationRecord = {
    id: 'c0ffee00-0000-4000-8000-000000000001',
    name: 'shelf',
    spec: { kind: 'local', path: '/srv/copies' },
    repositoryPassword: new Secret(`pass'word`),
    createdAt: clock.now(),
    runsBefore: 0,
  }
  await catalogue.destinations.add(record)
  const notifier = toldToNobody
  const openers = async () => []
  const ceremony = makeHoldCeremony({
    catalogue,
    clock,
    actor: 'test',
    notifier,
    requireSecondPerson: agreedBefore,
    primitives,
    scryptLogN: 10,
    openers,
  })
  const holdCeremony = async (folder: string, scope?: string) => {
    // A generated one, as judging a given one takes longer than all the rest.
    const shown: Secret[] = []
    const show = async (password: Secret) => {
      shown.push(password)
    }
    const request = { profile: 'classic', outFolder: folder, scope } as const
    await ceremony({ ...request, masterPassword: { kind: 'generated', show } }, signal)
    return shown[0] ?? new Secret('')
  }
  const recordInLedger = makeRecordInLedger({
    notifier: toldToNobody,
    instance: catalogue.instance,
    ledgers: catalogue.ledgers,
    signingKey: () => catalogue.signingKey(),
    clock,
    whileWriting: alone,
  })
  const backUp: GlassWorld['backUp'] = (destination, deps = {}) => {
    const target = targetAt(record, destination)
    clock.advance(1000)
    return makeBackUpSecrets({
      catalogue,
      sources: async () => [sourceOf(records)],
      instanceKeyHex: async () => new Secret('ab'.repeat(32)),
      openers: async () => [],
      recordInLedger,
      keepBundles: async () => [],
      notifier: toldToNobody,
      primitives,
      clock,
      hostName: 'bastion',
      runFolder: join(home, 'run'),
      ...deps,
    })(1, [target], noProgress, signal)
  }
  const ceremonyFolder = join(home, 'ceremony')
  const masterPassword = await holdCeremony(ceremonyFolder)
  return { ...instance, masterPassword, ceremonyFolder, record, backUp, holdCeremony }
}
