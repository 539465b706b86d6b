import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { cifsVersions, nfsSecurities, nfsVersions } from './destination-spec.ts'

/*
 * The parsers of what describes a source or a destination, wherever it comes from: the catalogue's rows, a
 * configuration file.
 */

export const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => isAbsolute(text) && !text.includes('\0'), 'is not an absolute path')

/** A name that people type: it must not look like an option, a path or a list. */
export const entryName = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}$/u,
    'is not a name of letters, digits, ".", "_" and "-", 63 at most',
  )

const user = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, 'is not a user name')
const jumpHost =
  /^[A-Za-z0-9_][A-Za-z0-9._-]*@([A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$/
const hostKey = z
  .string()
  .max(4096)
  .regex(/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}$/, 'is not a host key')

const port = z.int().min(1).max(65_535).optional()
const credential = z.uuid().optional()

/** A name or an address. It becomes a word of other programs: no option, no list, no path. */
export const host = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$|^[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9._-]+)?$/, 'is not a host')

/** Of a database: it becomes a word of other programs, and a name of a file. */
const databaseName = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !/^-|[\p{Cc}]/u.test(text), 'is not a database')

export const sourceSpec = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('files'),
    paths: z.array(path).min(1).max(1000),
    exclude: z.array(z.string().min(1).max(4096)).max(10_000),
    excludeLargerThanBytes: z.int().nonnegative().optional(),
    excludeCaches: z.boolean(),
    oneFileSystem: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('recordings'),
    path,
    settleSeconds: z.int().nonnegative().max(31_536_000),
  }),
  z.strictObject({
    kind: z.literal('command'),
    argv: z
      .array(
        z
          .string()
          .max(100_000)
          .refine((word) => !word.includes('\0'), 'holds a NUL'),
      )
      .min(1)
      .max(1000),
  }),
  serverOf('postgresql'),
  serverOf('mariadb'),
  z.strictObject({ kind: z.literal('sqlite'), path }),
])

function serverOf<Kind extends 'postgresql' | 'mariadb'>(kind: Kind) {
  return z
    .strictObject({
      kind: z.literal(kind),
      host: z.union([path, host]),
      port,
      user: databaseName,
      databases: z.array(databaseName).min(1).max(1000).optional(),
      accounts: z.boolean(),
      credential,
      runAs: user.optional(),
    })
    .refine(({ runAs, credential: id }) => runAs === undefined || id === undefined, {
      message: 'does not go with runAs: another user cannot read what is told to the program in secret',
      path: ['credential'],
    })
}

/** In words that follow what is wrong. */
export function oneOf<const Values extends readonly [string, ...string[]]>(
  values: Values,
): z.ZodType<Values[number], Values[number]> {
  return z.enum(values, { error: `is none of ${values.join(', ')}` })
}

const limits = {
  uploadLimit: z.int().positive().optional(),
  downloadLimit: z.int().positive().optional(),
}

/** Parts with `/` between them, none of which leads up; it may be empty. */
const folder = z
  .string()
  .max(1024)
  .refine(
    (text) => text === '' || text.split('/').every(isPlainPart),
    'is not a folder without / at its ends',
  )

export const destinationSpec = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('local'),
    path,
    mountPoint: path.optional(),
    repository: path.optional(),
    ...limits,
  }),
  z
    .strictObject({
      kind: z.literal('cifs'),
      host,
      port,
      share: z
        .string()
        .regex(/^[^\p{Cc}/\\,"[\]:|<>+=;*?-][^\p{Cc}/\\,"[\]:|<>+=;*?]{0,79}$/u, 'is not a share'),
      folder: folder.default(''),
      credential,
      domain: z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,255}$/, 'is not a domain')
        .optional(),
      version: oneOf(cifsVersions).default('3.1.1'),
      seal: z.boolean().default(true),
      security: z.enum(['ntlmssp', 'krb5']).default('ntlmssp'),
      ...limits,
    })
    .refine(({ security, credential: id }) => (security === 'krb5') === (id === undefined), {
      message: 'has to be there, unless security is krb5',
      path: ['credential'],
    }),
  z.strictObject({
    kind: z.literal('nfs'),
    host,
    port,
    export: path.refine((text) => !/[\p{Cc},\\]/u.test(text), 'is not an export'),
    folder: folder.default(''),
    version: oneOf(nfsVersions).default('4.2'),
    security: oneOf(nfsSecurities).default('sys'),
    ...limits,
  }),
  z.strictObject({
    kind: z.literal('rsync'),
    user,
    host,
    port,
    folder: folder.default(''),
    jump: z.string().regex(jumpHost, 'is not USER@HOST or USER@HOST:PORT').optional(),
    hostKeys: z.array(hostKey).min(1).max(20),
    jumpHostKeys: z.array(hostKey).max(20).optional(),
    writeOnly: z.boolean().default(false),
    ...limits,
  }),
  z.strictObject({
    kind: z.literal('s3'),
    endpoint: z.string().max(500).refine(isOrigin, 'is not http:// or https:// and a host'),
    bucket: z
      .string()
      .regex(
        /^[a-z0-9A-Z][a-zA-Z0-9._-]{1,62}$/,
        'is not a name of 3 to 63 letters, digits, ".", "_" and "-"',
      ),
    prefix: folder.default(''),
    region: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'is not a region')
      .default('us-east-1'),
    style: z.enum(['path', 'virtual']).default('path'),
    credential,
    storageClass: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not a storage class')
      .optional(),
    encryption: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('AES256') }),
        z.strictObject({
          kind: z.literal('aws:kms'),
          key: z
            .string()
            .regex(/^[\x21-\x7e]{1,2048}$/)
            .optional(),
        }),
      ])
      .optional(),
    lock: z
      .strictObject({ mode: oneOf(['compliance', 'governance']), days: z.int().min(1).max(36_500) })
      .optional(),
    caFile: path.optional(),
    ...limits,
  }),
])

function isPlainPart(part: string): boolean {
  return /^[^\p{Cc}\\,]+$/u.test(part) && !part.startsWith('-') && part !== '.' && part !== '..'
}

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && url.origin === text
}
