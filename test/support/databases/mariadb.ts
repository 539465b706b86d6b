import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from '../kernel-mounts/commands.ts'
import { programMissing } from '../programs.ts'
import { freePort } from '../ssh-server.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)

/** A private MariaDB on a port of the test's own, on loopback only; root is let in at the socket without a password. */
export interface MariadbServer extends AsyncDisposable {
  readonly port: number
  readonly socket: string
  readonly process: ChildProcess
  sql(text: string, database?: string): Promise<string>
}

export function mariadbMissing(): boolean {
  return ['mariadb', 'mariadb-dump', 'mariadbd', 'mariadb-install-db'].some(programMissing)
}

export async function startMariadb(): Promise<MariadbServer> {
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(await temporaryFolder())
  chmodSync(folder.path, 0o777)
  const data = join(folder.path, 'data')
  const socket = join(folder.path, 'socket')
  // Not `mysql`, which the package of the server alone does not make.
  const owner = process.getuid?.() === 0 ? ['--user=nobody'] : []
  const install = [
    '--no-defaults',
    `--datadir=${data}`,
    '--skip-test-db',
    '--auth-root-authentication-method=normal',
  ]
  await run('mariadb-install-db', [...install, ...owner])
  const port = await freePort('127.0.0.1')
  const server = spawn(
    '/usr/sbin/mariadbd',
    [
      ...[
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${socket}`,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
      ],
      ...['--innodb-flush-log-at-trx-commit=0', `--pid-file=${join(folder.path, 'pid')}`, ...owner],
    ],
    { stdio: 'ignore' },
  )
  opening.defer(() => endOf(server))
  const sql = async (text: string, database = 'mysql'): Promise<string> => {
    const words = ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '--skip-column-names']
    const { stdout } = await run('mariadb', [...words, `--execute=${text}`, '--', database])
    return stdout.trim()
  }
  await until('the server answers', () =>
    sql('SELECT 1').then(
      () => true,
      () => false,
    ),
  )
  const stack = opening.move()
  return { port, socket, process: server, sql, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill('SIGKILL')
  })
}
