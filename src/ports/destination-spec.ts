/** How a destination is reached, by kind. No secret is in it: `credential` is the id of one in the registry. */
export type DestinationSpec = LocalSpec | CifsSpec | NfsSpec | RsyncSpec | S3Spec

/** Bytes a second, over all that a destination does at once; absent: as fast as it goes. */
interface Limits {
  readonly uploadLimit?: number | undefined
  readonly downloadLimit?: number | undefined
}

/** A folder of this machine, or of a share that somebody else mounts. */
export interface LocalSpec extends Limits {
  readonly kind: 'local'
  readonly path: string
  /** Where something has to be mounted, or the folder is not used: `path` or one above it. */
  readonly mountPoint?: string | undefined
  /** Folder of a repository that others made, which system backups go into; absent where it is the own one, under `system/`. */
  readonly repository?: string | undefined
}

/** A share that Redoma mounts. */
export interface CifsSpec extends Limits {
  readonly kind: 'cifs'
  /** A name or an address; IPv6 without brackets. */
  readonly host: string
  readonly port?: number | undefined
  readonly share: string
  /** In the share, without `/` at its ends; `''`: the share itself. */
  readonly folder: string
  /** Absent with Kerberos. */
  readonly credential?: string | undefined
  readonly domain?: string | undefined
  readonly version: CifsVersion
  /** Whether the connection has to be encrypted. */
  readonly seal: boolean
  readonly security: 'ntlmssp' | 'krb5'
}

export type CifsVersion = (typeof cifsVersions)[number]
export const cifsVersions = ['3.1.1', '3.0', '2.1'] as const

/** An export that Redoma mounts. */
export interface NfsSpec extends Limits {
  readonly kind: 'nfs'
  readonly host: string
  readonly port?: number | undefined
  /** An absolute path at the server. */
  readonly export: string
  /** In the export, without `/` at its ends; `''`: the export itself. */
  readonly folder: string
  readonly version: NfsVersion
  readonly security: NfsSecurity
}

export type NfsVersion = (typeof nfsVersions)[number]
export const nfsVersions = ['4.2', '4.1', '4.0', '3'] as const
export type NfsSecurity = (typeof nfsSecurities)[number]
export const nfsSecurities = ['sys', 'krb5', 'krb5i', 'krb5p'] as const

/** An account that may run rsync, and needs nothing else. */
export interface RsyncSpec extends Limits {
  readonly kind: 'rsync'
  readonly user: string
  readonly host: string
  readonly port?: number | undefined
  /** As the account sees it, without `/` at its ends; `''`: where it is led to. */
  readonly folder: string
  /** `USER@HOST` or `USER@HOST:PORT` of the machine that the connection goes through. */
  readonly jump?: string | undefined
  /** Each a type and a base64 key, as in a line of `known_hosts`. */
  readonly hostKeys: readonly string[]
  /** Of the jump host. Apart, or it could pass itself off as the server, which it stands in front of. */
  readonly jumpHostKeys?: readonly string[] | undefined
  /** The account cannot read: what lies there is known from the catalogue alone. */
  readonly writeOnly: boolean
}

/** A bucket, or a part of one. */
export interface S3Spec extends Limits {
  readonly kind: 's3'
  /** Scheme, host and port: `https://s3.example.com`. */
  readonly endpoint: string
  readonly bucket: string
  /** What all keys begin with, without `/` at its ends; `''`: the whole bucket. */
  readonly prefix: string
  readonly region: string
  readonly style: 'path' | 'virtual'
  /** Absent: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of the environment. */
  readonly credential?: string | undefined
  readonly storageClass?: string | undefined
  readonly encryption?: S3Encryption | undefined
  readonly lock?: S3Lock | undefined
  /** A PEM file of the authorities that vouch for the endpoint, in place of the system's. */
  readonly caFile?: string | undefined
}

export type S3Encryption =
  | { readonly kind: 'AES256' }
  | { readonly kind: 'aws:kms'; readonly key?: string | undefined }

export interface S3Lock {
  readonly mode: 'compliance' | 'governance'
  readonly days: number
}

/** Where it is, for people and for comparing: two of one location are one place. */
export function locationOf(spec: DestinationSpec): string {
  switch (spec.kind) {
    case 'local':
      return spec.path
    case 'cifs':
      return joined(`//${authority(spec)}/${spec.share}`, spec.folder)
    case 'nfs':
      return joined(`${authority(spec)}:${spec.export}`, spec.folder)
    case 'rsync':
      return `${spec.user}@${authority(spec)}:/${spec.folder}`
    case 's3':
      return joined(`${spec.endpoint}/${spec.bucket}`, spec.prefix)
  }
}

/** Whether nothing there can be listed, read or removed from here: what is there is known from the catalogue alone. */
export function isWriteOnly(spec: DestinationSpec): boolean {
  return spec.kind === 'rsync' && spec.writeOnly
}

function authority({ host, port }: { readonly host: string; readonly port?: number | undefined }): string {
  const name = host.includes(':') ? `[${host}]` : host.toLowerCase()
  return port === undefined ? name : `${name}:${port}`
}

function joined(place: string, folder: string): string {
  return folder === '' ? place : `${place.replace(/\/$/, '')}/${folder}`
}
