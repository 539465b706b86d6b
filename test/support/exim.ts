import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type Authority, privateAuthority } from './certificates.ts'
import { programMissing } from './programs.ts'
import { untilListening } from './rsyslog.ts'
import { freePort } from './ssh-server.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

/** Whether a real Exim cannot be had: it is started as root alone. */
export function eximMissing(): boolean {
  return ['exim4', 'openssl'].map(programMissing).includes(true) || userInfo().uid !== 0
}

export interface Exim extends AsyncDisposable {
  /** In the clear, with STARTTLS offered; TLS from the beginning. */
  readonly ports: { readonly smtp: number; readonly smtps: number }
  readonly authority: Authority
  readonly login: { readonly user: string; readonly password: string }
  /** All mails so far, as they lie in the mailbox, oldest first, once there are so many. */
  mails(count: number): Promise<readonly string[]>
}

/**
 * A real Exim on ports of the test's own, on the loopback only. Who has not logged in may send to nobody; `nobody@…` it refuses,
 * and `later@…` it asks to come back for.
 */
export async function startExim(): Promise<Exim> {
  const folder = await temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  const authority = await privateAuthority()
  const [smtp = 0, smtps = 0] = await Promise.all([1, 2].map(() => freePort('127.0.0.1')))
  const login = { user: 'redoma', password: 'a pass:word "with" $all' }
  await Promise.all([
    writeFile(at('server.pem'), authority.server.cert),
    writeFile(at('server.key'), authority.server.key),
    writeFile(at('password'), login.password),
    writeFile(at('exim.conf'), configuration(at, { smtp, smtps })),
    mkdir(at('spool')),
    mkdir(at('mails')),
  ])
  const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'Debian-exim'])))
  await chmod(folder.path, 0o755)
  for (const name of ['server.key', 'password', 'spool', 'mails']) await chown(at(name), uid, gid)
  const child = spawn('exim4', ['-C', at('exim.conf'), '-bdf', '-oP', at('pid')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  await Promise.all([smtp, smtps].map((port) => untilListening(port, child, () => said)))
  return {
    ports: { smtp, smtps },
    authority,
    login,
    mails: (count) =>
      until(`${count} mails have arrived: ${said}`, async () => {
        const names = await readdir(at('mails/new')).catch(() => [])
        return names.length < count ? undefined : Promise.all(names.toSorted(byTime).map(read))
      }),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await folder[Symbol.asyncDispose]()
    },
  }

  function read(name: string): Promise<string> {
    return readFile(join(at('mails/new'), name), 'utf8')
  }
}

/** `SECONDS.M…P….HOST`, with microseconds after the M, which have no zeros before them. */
function byTime(a: string, b: string): number {
  const time = (name: string): number => {
    const [, seconds = '', micro = ''] = /^(\d+)\.M(\d+)P/.exec(name) ?? []
    return Number(seconds) * 1e6 + Number(micro)
  }
  return time(a) - time(b)
}

function configuration(at: (name: string) => string, { smtp, smtps }: Exim['ports']): string {
  return `primary_hostname = mail.example.com
spool_directory = ${at('spool')}
log_file_path = ${at('spool/log-%s')}
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${smtp} : ${smtps}
tls_on_connect_ports = ${smtps}
tls_advertise_hosts = *
tls_certificate = ${at('server.pem')}
tls_privatekey = ${at('server.key')}
deliver_drop_privilege = true
keep_environment =
smtp_accept_max = 50
acl_smtp_rcpt = recipients
acl_smtp_data = accept
host_lookup =
rfc1413_query_timeout = 0s
begin acl
recipients:
  deny  message = log in first
        !authenticated = *
  deny  local_parts = nobody
        message = no such user
  defer local_parts = later
        message = come back later
  accept
begin routers
all:
  driver = accept
  transport = mailbox
begin transports
mailbox:
  driver = appendfile
  maildir_format = true
  directory = ${at('mails')}
  create_directory = true
  batch_max = 50
  user = Debian-exim
  group = Debian-exim
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{redoma}}{eq{$auth3}{\${readfile{${at('password')}}}}}}}
  server_advertise_condition = \${if def:tls_in_cipher}
`
}
