import { resolve } from 'node:path'
import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import {
  cifsVersions,
  type DestinationSpec,
  nfsSecurities,
  nfsVersions,
  type S3Spec,
} from '../../ports/destination-spec.ts'
import { destinationSpec } from '../../ports/specs.ts'
import { parseSize } from '../parse.ts'
import type { MountPointOf } from '../services.ts'
import { parseCifsPlace, parseNfsPlace, parseRsyncPlace, parseS3Place } from './parse-place.ts'

/** What a place is, as commander gives it; one of the first six. */
export interface PlaceOptions {
  readonly local?: string
  readonly mounted?: string
  readonly cifs?: string
  readonly nfs?: string
  readonly rsync?: string
  readonly s3?: string
  readonly credential?: string
  readonly domain?: string
  readonly smbVersion?: string
  readonly seal: boolean
  readonly kerberos?: true
  readonly folder?: string
  readonly nfsVersion?: string
  readonly security?: string
  readonly jump?: string
  readonly hostKey?: readonly string[]
  readonly jumpHostKey?: readonly string[]
  readonly writeOnly?: true
  readonly region?: string
  readonly virtualHost?: true
  readonly storageClass?: string
  readonly encryption?: string
  readonly lock?: string
  readonly ca?: string
  readonly uploadLimit?: string
  readonly downloadLimit?: string
  readonly repository?: string
}

export function addPlaceOptions(command: Command): Command {
  return command
    .optionsGroup('Where copies go, one of:')
    .option('--local <path>', 'a folder of this machine')
    .option(
      '--mounted <path>',
      'a folder on a share or disk that is mounted; without its mount it is not used',
    )
    .option(
      '--cifs <share>',
      'a share of Windows or Samba, which is mounted when needed: //HOST/SHARE/FOLDER',
    )
    .option('--nfs <export>', 'an NFS export, which is mounted when needed: HOST:/EXPORT')
    .option('--rsync <account>', 'an account that may run rsync, by SSH: USER@HOST:FOLDER')
    .option('--s3 <url>', 'a bucket of an S3 store: https://HOST/BUCKET/PREFIX')
    .optionsGroup('For any of them:')
    .option('--upload-limit <rate>', 'bytes a second at most: 500K, 10M')
    .option('--download-limit <rate>', 'the same for what is read back')
    .optionsGroup('For --cifs and --s3:')
    .option(
      '--credential <title>',
      'what is logged in with: a credential of the registry, by its title or id',
    )
    .optionsGroup('For --cifs:')
    .option('--domain <name>', 'the domain of the user')
    .option('--smb-version <version>', `${cifsVersions.join(', ')} (default: ${cifsVersions[0]})`)
    .option('--no-seal', 'do without encryption of the connection, where the server has none')
    .option('--kerberos', "log in with the machine's Kerberos ticket")
    .optionsGroup('For --nfs:')
    .option('--folder <path>', 'a folder in the export')
    .option('--nfs-version <version>', `${nfsVersions.join(', ')} (default: ${nfsVersions[0]})`)
    .option('--security <flavour>', `${nfsSecurities.join(', ')} (default: ${nfsSecurities[0]})`)
    .optionsGroup('For --rsync:')
    .option('--jump <account>', 'go through this machine: USER@HOST:PORT')
    .option(
      '--host-key <key...>',
      "what the server proves itself with: 'ssh-ed25519 AAAA…'; asked for where it is not given",
    )
    .option('--jump-host-key <key...>', 'the same of the jump host')
    .option('--write-only', 'the account cannot read: copies are neither read back nor thinned out from here')
    .optionsGroup('For --s3:')
    .option('--region <name>', 'the region of the bucket (default: us-east-1)')
    .option('--virtual-host', "the bucket is a part of the host's name: https://BUCKET.HOST")
    .option('--storage-class <name>', 'of what is stored: STANDARD_IA')
    .option('--encryption <kind>', 'by the store as well: AES256, or aws:kms, or aws:kms:KEY')
    .option('--lock <mode:days>', 'nobody can remove a copy for so long: compliance:30, governance:30')
    .option('--ca <file>', 'the authority that vouches for the endpoint, as PEM')
}

export interface PlaceLookups {
  /** The id of a credential that a person names. @throws RedomaError `NOT_FOUND`, `AMBIGUOUS` */
  readonly credentialId: (text: string) => Promise<string>
  readonly mountPointOf: MountPointOf
}

/**
 * @throws RedomaError `USAGE`, and what the lookups throw
 */
export async function specOfOptions(
  options: PlaceOptions,
  { credentialId, mountPointOf }: PlaceLookups,
): Promise<DestinationSpec> {
  refuseForeignOptions(options)
  const credential = options.credential === undefined ? undefined : await credentialId(options.credential)
  const place = {
    ...placeOf(options, credential),
    ...(await mountOf(options, mountPointOf)),
    ...limitsOf(options),
  }
  return understood(place)
}

/** @throws RedomaError `USAGE` */
export function s3SpecOf(url: string, options: S3Options): S3Spec {
  const spec = understood(s3PlaceOf(url, options, undefined))
  if (spec.kind === 's3') return spec
  throw new RedomaError('INTERNAL', 'a place in an S3 store became another')
}

function understood(place: object): DestinationSpec {
  const parsed = destinationSpec.safeParse(withoutAbsent(place))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const what = issue?.path.join('.') ?? ''
  throw new RedomaError(
    'USAGE',
    `${what === '' ? 'the place' : what} ${issue?.message ?? 'is not understood'}`,
    {
      hint: 'redoma destination add --help',
    },
  )
}

const kinds = ['local', 'mounted', 'cifs', 'nfs', 'rsync', 's3'] as const
type Kind = (typeof kinds)[number]

function kindOf(options: PlaceOptions): Kind {
  const given = kinds.filter((kind) => options[kind] !== undefined)
  const [kind] = given
  if (kind !== undefined && given.length === 1) return kind
  throw new RedomaError(
    'USAGE',
    given.length === 0 ? 'no place is named' : 'a destination is one place only',
    {
      hint: `Name one of ${kinds.map((one) => `--${one}`).join(', ')}.`,
    },
  )
}

/** Which options belong to which kinds; the others belong to all. */
const belonging: Readonly<Partial<Record<keyof PlaceOptions, readonly Kind[]>>> = {
  credential: ['cifs', 's3'],
  domain: ['cifs'],
  smbVersion: ['cifs'],
  kerberos: ['cifs'],
  folder: ['nfs'],
  nfsVersion: ['nfs'],
  security: ['nfs'],
  jump: ['rsync'],
  hostKey: ['rsync'],
  jumpHostKey: ['rsync'],
  writeOnly: ['rsync'],
  region: ['s3'],
  virtualHost: ['s3'],
  storageClass: ['s3'],
  encryption: ['s3'],
  lock: ['s3'],
  ca: ['s3'],
  repository: ['local', 'mounted'],
}

/** An option that is silently ignored is a promise that is not kept. */
function refuseForeignOptions(options: PlaceOptions): void {
  const kind = kindOf(options)
  for (const [option, where] of Object.entries(belonging)) {
    if (options[option as keyof PlaceOptions] === undefined || where.includes(kind)) continue
    const words = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new RedomaError('USAGE', `--${words} does not go with --${kind}`, {
      hint: `It is for ${where.map((one) => `--${one}`).join(' and ')}.`,
    })
  }
  if (!options.seal && kind !== 'cifs') throw new RedomaError('USAGE', `--no-seal does not go with --${kind}`)
}

function placeOf(options: PlaceOptions, credential: string | undefined): object {
  const { local, mounted, cifs, nfs, rsync, s3 } = options
  const path = local ?? mounted
  if (path !== undefined) {
    const repository = options.repository === undefined ? undefined : resolve(options.repository)
    return { kind: 'local', path: resolve(path), repository }
  }
  if (cifs !== undefined) {
    const security = options.kerberos ? 'krb5' : 'ntlmssp'
    const { domain, smbVersion: version, seal } = options
    return { kind: 'cifs', ...parseCifsPlace(cifs), credential, domain, version, seal, security }
  }
  if (nfs !== undefined) {
    const { nfsVersion: version, security, folder } = options
    return { kind: 'nfs', ...parseNfsPlace(nfs), folder, version, security }
  }
  if (rsync !== undefined) {
    const { jump, hostKey: hostKeys = [], jumpHostKey: jumpHostKeys, writeOnly } = options
    return { kind: 'rsync', ...parseRsyncPlace(rsync), jump, hostKeys, jumpHostKeys, writeOnly }
  }
  return s3PlaceOf(s3 ?? '', options, credential)
}

interface S3Options {
  readonly region?: string | undefined
  readonly virtualHost?: true | undefined
  readonly storageClass?: string | undefined
  readonly encryption?: string | undefined
  readonly lock?: string | undefined
  readonly ca?: string | undefined
}

function s3PlaceOf(url: string, options: S3Options, credential: string | undefined): object {
  const { region, storageClass, encryption, lock, ca } = options
  return {
    kind: 's3',
    ...parseS3Place(url),
    region,
    style: options.virtualHost ? 'virtual' : 'path',
    credential,
    storageClass,
    encryption: encryption === undefined ? undefined : encryptionOf(encryption),
    lock: lock === undefined ? undefined : lockOf(lock),
    caFile: ca === undefined ? undefined : resolve(ca),
  }
}

/** A share that somebody mounted is never used without its mount, whether that was asked for or not. */
async function mountOf(
  { local, mounted }: PlaceOptions,
  mountPointOf: PlaceLookups['mountPointOf'],
): Promise<{ readonly mountPoint?: string | undefined }> {
  if (local !== undefined) return { mountPoint: await mountPointOf(resolve(local), 'network') }
  if (mounted === undefined) return {}
  const mountPoint = await mountPointOf(resolve(mounted), 'any')
  if (mountPoint !== undefined) return { mountPoint }
  throw new RedomaError('USAGE', `nothing is mounted at ${resolve(mounted)} or above it`, {
    hint: 'Mount it first, or use --local for a folder on the disk of this machine.',
  })
}

function encryptionOf(text: string): object {
  const [, kind, key] = /^(AES256|aws:kms)(?::(.+))?$/.exec(text) ?? []
  return withoutAbsent({ kind: kind ?? text, key })
}

function lockOf(text: string): object {
  const [, mode, days] = /^([a-z]+):(\d{1,5})d?$/.exec(text) ?? []
  if (mode === undefined || days === undefined)
    throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a lock`, {
      hint: 'It is a mode and a number of days: compliance:30, governance:30.',
    })
  return { mode, days: Number(days) }
}

function limitsOf({ uploadLimit, downloadLimit }: PlaceOptions): object {
  return {
    uploadLimit: uploadLimit === undefined ? undefined : parseSize(uploadLimit),
    downloadLimit: downloadLimit === undefined ? undefined : parseSize(downloadLimit),
  }
}

function withoutAbsent(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))
}
