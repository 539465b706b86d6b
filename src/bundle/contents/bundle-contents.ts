import { createHash } from 'node:crypto'
import { canonicalJson } from '../../core/canonical-json.ts'
import { RedomaError } from '../../core/errors.ts'
import { locationOf } from '../../ports/destination-spec.ts'
import type { ZipContent } from '../zip/write-zip.ts'
import type {
  BundleInput,
  CredentialFiles,
  LeftOut,
  RepositoryAccess,
  SourcedRecord,
} from './bundle-input.ts'
import { bundleReadme } from './bundle-readme.ts'
import { type KeptRecords, keepRecords } from './kept-records.ts'
import { bundleSchema, encodeManifest, type Manifest, type ManifestEntry, manifestName } from './manifest.ts'
import { restoreInstructions } from './restore-instructions.ts'

type BundleContent = ZipContent & Pick<ManifestEntry, 'attachment'> & { readonly sha256?: string }

/**
 * What a bundle holds, one entry after the other, the manifest last. Each must have been read to its end before the next
 * is asked for, as the manifest tells their hashes. A chunk is good only until the next is asked for.
 *
 * Throws, when read, `SOURCE_UNREADABLE` for an attachment that is not what its source says it is.
 */
export async function* bundleContents(input: BundleInput): AsyncGenerator<ZipContent> {
  using kept = keepRecords()
  const files = input.files ?? filesOf(kept, input.records)
  const entries: ManifestEntry[] = []
  for (const content of contentsBeforeManifest(input, files)) yield recorded(content, entries)
  yield ofBytes(manifestName, encodeManifest(manifestOf(input, files, entries)))
}

function filesOf(kept: KeptRecords, records: readonly SourcedRecord[]): CredentialFiles {
  for (const { source, record } of records) kept.keep(source, record)
  return kept.files
}

/** What people look for first comes first. */
function* contentsBeforeManifest(input: BundleInput, files: CredentialFiles): Generator<BundleContent> {
  yield ofText('README.txt', bundleReadme(input))
  yield { name: 'secrets.json', open: () => files.secretsJson() }
  yield { name: 'secrets.csv', open: () => files.secretsCsv() }
  yield { name: 'bitwarden.json', open: () => files.bitwardenJson() }
  if (input.instanceKeyHex !== undefined) {
    yield ofText('system/restore-instructions.txt', restoreInstructions(input))
    yield ofText('system/repositories.json', repositoriesJson(input.repositories))
    yield ofText('system/instance.key', `${input.instanceKeyHex.reveal()}\n`)
  }
  yield ofText('system/allowed_signers', allowedSigners(input))
  for (const { path, credential, attachment } of files.attachments) {
    const { name, size, sha256 } = attachment
    yield { name: path, size, sha256, attachment: { credential, name }, open: () => attachment.open() }
  }
}

function recorded(content: BundleContent, entries: ManifestEntry[]): ZipContent {
  const { name: path, attachment } = content
  return {
    name: path,
    size: content.size,
    async *open() {
      const hash = createHash('sha256')
      let bytes = 0
      for await (const chunk of content.open()) {
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
      const sha256 = hash.digest('hex')
      requireHash(content, sha256)
      entries.push({ path, bytes, sha256, ...(attachment === undefined ? {} : { attachment }) })
    },
  }
}

function requireHash(content: BundleContent, sha256: string): void {
  if (content.sha256 === undefined || content.sha256 === sha256) return
  throw new RedomaError(
    'SOURCE_UNREADABLE',
    `the attachment ${JSON.stringify(content.attachment?.name)} of credential ${JSON.stringify(content.attachment?.credential)} is damaged`,
  )
}

function manifestOf(
  input: BundleInput,
  { counts }: CredentialFiles,
  entries: readonly ManifestEntry[],
): Manifest {
  const { previous, scope, doubts = [] } = input
  return {
    schema: bundleSchema,
    ...(scope === undefined ? {} : { scope }),
    sequence: input.sequence,
    time: input.time.toISOString(),
    instance: { id: input.instance.id, name: input.instance.name },
    generation: { number: input.generation.number, fingerprint: input.generation.fingerprint },
    previous: previous === undefined ? null : { sequence: previous.sequence, sha256: previous.sha256 },
    counts,
    entries: [...entries],
    ...(doubts.length === 0 ? {} : { doubts: [...doubts] }),
    leftOut: [...leftOutAlways, ...(scope === undefined ? [] : leftOutOfScopes), ...input.leftOut],
  }
}

const leftOutAlways: readonly LeftOut[] = [
  { what: 'secrets.csv: former values, custom fields, attachments', why: 'a table has no place for lists' },
  { what: 'bitwarden.json: attachments', why: 'Bitwarden imports none' },
  { what: 'the key that signs ledgers', why: 'it is in the catalogue, which instance.key opens' },
]

const leftOutOfScopes: readonly LeftOut[] = [
  {
    what: 'system/: the keys of the system backups and of the catalogue',
    why: 'they would open what is not of this scope; the bundle of the whole vault has them',
  },
]

function repositoriesJson(repositories: readonly RepositoryAccess[]): string {
  return canonicalJson({
    schema: 'redoma-repositories/1',
    repositories: repositories.map(({ password, spec, ...access }) => ({
      ...access,
      kind: spec.kind,
      location: locationOf(spec),
      password: password.reveal(),
    })),
  })
}

/** As `ssh-keygen -Y verify -f` takes it; the principal is the instance's id, which needs no quoting. */
function allowedSigners({ instance, signingPublicKey }: BundleInput): string {
  const [type, key] = signingPublicKey.split(' ')
  return `${instance.id} namespaces="redoma-ledger" ${type ?? ''} ${key ?? ''}\n`
}

function ofText(name: string, text: string): ZipContent {
  return ofBytes(name, new TextEncoder().encode(text))
}

function ofBytes(name: string, bytes: Uint8Array): ZipContent {
  return {
    name,
    size: bytes.length,
    async *open() {
      yield bytes
    },
  }
}
