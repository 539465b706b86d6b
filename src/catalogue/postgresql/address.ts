import { readFileSync } from 'node:fs'
import { type ConnectionOptions, checkServerIdentity } from 'node:tls'
import { messageOf, RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'

/** Where a PostgreSQL is, and as whom. */
export interface PostgresqlAddress {
  /** A name, an IP address, or the folder of a socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: Secret
  readonly database: string
  /** `false`: in the clear, which is to this machine as a rule. */
  readonly tls: ConnectionOptions | false
}

/**
 * Parses `postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=/path`. What is not known is refused: a misspelt
 * `sslmode` must not mean none. Without one, the server is verified (`verify-full`), but for one on this machine.
 *
 * @throws RedomaError `USAGE`, never with the text, which holds the password
 */
export function parseAddress(text: Secret): PostgresqlAddress {
  const { url, user, password, host, database } = partsOf(text)
  const options = new Map(url.searchParams)
  if (database === '' || user === '') throw wrong('it has to name a user and a database')
  for (const name of options.keys())
    if (!known.includes(name)) throw wrong(`it has ${name}, which is not known`)
  const at = options.get('host') ?? (host === nowhere ? '/var/run/postgresql' : host)
  return { host: at, port: Number(url.port || 5432), user, password, database, tls: tlsOf(at, options) }
}

const known: readonly string[] = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey']

/** Stands for a server that is not named, which URLs of Node.js do not bear. */
const nowhere = 'socket.invalid'

function partsOf(text: Secret) {
  try {
    const url = new URL(
      text
        .reveal()
        .trim()
        .replace(/^(postgres(?:ql)?:\/\/[^/?#@]*@)(?=[/?])/, `$1${nowhere}`),
    )
    if (url.protocol === 'postgres:' || url.protocol === 'postgresql:') {
      return {
        url,
        user: decodeURIComponent(url.username),
        password: new Secret(decodeURIComponent(url.password)),
        host: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
        database: decodeURIComponent(url.pathname.slice(1)),
      }
    }
  } catch {
    // Its message would show the text.
  }
  throw wrong('it is not of the form postgres://user:password@host/database')
}

/** By libpq's words; those that go on in the clear when there is no TLS are refused. */
function tlsOf(host: string, options: ReadonlyMap<string, string>): ConnectionOptions | false {
  const mode = options.get('sslmode') ?? (isHere(host) ? 'disable' : 'verify-full')
  const files = {
    ca: fileOf(options, 'sslrootcert'),
    cert: fileOf(options, 'sslcert'),
    key: fileOf(options, 'sslkey'),
  }
  const given = Object.fromEntries(Object.entries(files).filter(([, content]) => content !== undefined))
  switch (mode) {
    case 'disable':
      return false
    case 'require':
      return { ...given, rejectUnauthorized: false }
    case 'verify-ca':
      return { ...given, rejectUnauthorized: true, checkServerIdentity: () => undefined }
    case 'verify-full':
      return {
        ...given,
        rejectUnauthorized: true,
        checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
      }
    default:
      throw wrong(`sslmode can be verify-full, verify-ca, require or disable, and not ${mode}`)
  }
}

function isHere(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function fileOf(options: ReadonlyMap<string, string>, name: string): string | undefined {
  const path = options.get(name)
  // libpq's word for the authorities of the system, which are those of Node.js here.
  if (path === undefined || path === 'system') return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw wrong(`${name} cannot be read: ${messageOf(error)}`)
  }
}

function wrong(why: string): RedomaError {
  return new RedomaError('USAGE', `the address of the catalogue's database does not fit: ${why}`, {
    hint: 'See DATABASE_URL and DATABASE_URL_FILE, as the handbook has them under "Several nodes".',
  })
}
