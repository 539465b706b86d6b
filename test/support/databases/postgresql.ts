import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from '../kernel-mounts/commands.ts'
import { programMissing } from '../programs.ts'
import type { Certificate } from '../proxy.ts'
import { freePort } from '../ssh-server.ts'
import { memoryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)

/** A private PostgreSQL on a port of the test's own, on loopback only, which wants passwords (SCRAM) of everybody but its own user at the socket. */
export interface PostgresqlServer extends AsyncDisposable {
  readonly port: number
  /** The folder of its socket. */
  readonly socket: string
  readonly process: ChildProcess
  /** Ends it as an administrator does, whoever is connected, and starts it again. */
  restart(): Promise<void>
  /** Words of SQL as its superuser; gives the rows, a line each. */
  sql(text: string, database?: string): Promise<string>
}

export function postgresqlMissing(): boolean {
  return ['psql', 'pg_dump', 'pg_restore'].some(programMissing) || programs() === undefined
}

/** Debian has them on no PATH. */
function programs(): string | undefined {
  const root = '/usr/lib/postgresql'
  const [newest] = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a)) : []
  return newest === undefined ? undefined : join(root, newest, 'bin')
}

/** PostgreSQL refuses to be root. */
export const postgresUser = userInfo().uid === 0 ? 'postgres' : userInfo().username

/** @param certificate with it, TLS is offered */
export async function startPostgresql(
  password: string,
  certificate?: Certificate,
): Promise<PostgresqlServer> {
  const bin = programs()
  if (bin === undefined) throw new Error('there is no PostgreSQL')
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(await memoryFolder())
  chmodSync(folder.path, 0o755)
  const [data, socket] = [join(folder.path, 'data'), join(folder.path, 'socket')]
  const secret = join(folder.path, 'first-password')
  await writeFile(secret, password)
  for (const path of [data, socket]) mkdirSync(path)
  for (const path of [data, socket, secret]) giveToPostgres(path)
  const words = [
    '--pgdata',
    data,
    '--username',
    'postgres',
    '--pwfile',
    secret,
    '--no-sync',
    '--encoding',
    'UTF8',
  ]
  await run(
    ...asPostgres(join(bin, 'initdb'), [...words, '--auth-local', 'trust', '--auth-host', 'scram-sha-256']),
  )
  const port = await freePort('127.0.0.1')
  const tls = certificate === undefined ? [] : await tlsSettings(data, certificate)
  const settings = [...tls, 'listen_addresses=127.0.0.1', `unix_socket_directories=${socket}`, 'fsync=off']
  const [program, argv] = asPostgres(join(bin, 'postgres'), [
    ...['-D', data, '-p', `${port}`],
    ...settings.flatMap((one) => ['-c', one]),
  ])
  let process = spawn(program, argv, { stdio: 'ignore' })
  opening.defer(() => endOf(process, 'SIGQUIT'))
  const sql = async (text: string, database = 'postgres'): Promise<string> => {
    const at = ['-h', socket, '-p', `${port}`, '-U', 'postgres', '-d', database]
    const { stdout } = await run('psql', ['-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...at, '-c', text])
    return stdout.trim()
  }
  const answers = (): Promise<boolean> =>
    sql('SELECT 1').then(
      () => true,
      () => false,
    )
  await until('the server answers', answers)
  const stack = opening.move()
  return {
    ...{ port, socket, sql },
    get process() {
      return process
    },
    async restart() {
      await endOf(process, 'SIGINT')
      process = spawn(program, argv, { stdio: 'ignore' })
      await until('the server answers', answers)
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

async function tlsSettings(data: string, { key, cert }: Certificate): Promise<string[]> {
  const files = { ssl_key_file: ['server.key', key], ssl_cert_file: ['server.pem', cert] } as const
  for (const [name, content] of Object.values(files)) {
    const path = join(data, name)
    await writeFile(path, content, { mode: 0o600 })
    giveToPostgres(path, 0o600)
  }
  return ['ssl=on', ...Object.entries(files).map(([setting, [name]]) => `${setting}=${name}`)]
}

function asPostgres(program: string, words: readonly string[]): [string, string[]] {
  if (userInfo().uid !== 0) return [program, [...words]]
  return [
    'setpriv',
    [`--reuid=${postgresUser}`, `--regid=${postgresUser}`, '--clear-groups', '--', program, ...words],
  ]
}

function giveToPostgres(path: string, mode = 0o700): void {
  chmodSync(path, mode)
  if (userInfo().uid !== 0) return
  const id = (which: string): number =>
    Number(execFileSync('id', [which, postgresUser], { encoding: 'utf8' }))
  chownSync(path, id('-u'), id('-g'))
}

async function endOf(child: ChildProcess, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill(signal)
  })
}
