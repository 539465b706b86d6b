import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import { type Authority, privateAuthority } from './certificates.ts'
import { programMissing } from './programs.ts'
import { freePort } from './ssh-server.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

/** Whether a real rsyslog that speaks TLS cannot be had. */
export function rsyslogMissing(): boolean {
  return ['rsyslogd', 'openssl'].map(programMissing).includes(true) || tlsMissing()
}

/** It is a module of a package of its own. */
function tlsMissing(): boolean {
  const isThere = globSync('/usr/lib/*/rsyslog/lmnsd_gtls.so').length > 0
  if (!isThere && process.env['CI'] !== undefined) throw new Error('rsyslog-gnutls is not installed')
  return !isThere
}

/** A message as rsyslog has understood it. */
export type SyslogMessage = z.output<typeof message>

export interface Rsyslog extends AsyncDisposable {
  /** UDP and TCP in the clear; TLS for anybody; TLS for who has a certificate of the authority. */
  readonly ports: {
    readonly udp: number
    readonly tcp: number
    readonly tls: number
    readonly mutual: number
  }
  readonly authority: Authority
  readonly processId: number
  /** All messages so far, once there are so many. */
  arrived(count: number): Promise<readonly SyslogMessage[]>
}

const message = z.object({
  msg: z.string(),
  rawmsg: z.string(),
  hostname: z.string(),
  'app-name': z.string(),
  msgid: z.string(),
  syslogfacility: z.string(),
  syslogseverity: z.string(),
  timereported: z.string(),
  'structured-data': z.string(),
  /** What liblognorm reads out of the message, where it is CEF; what rsyslog reads out of structured data. */
  '$!': z
    .looseObject({
      cef: z.looseObject({ Extensions: z.record(z.string(), z.string()) }).optional(),
      'rfc5424-sd': z.record(z.string(), z.record(z.string(), z.string())).optional(),
    })
    .nullish(),
})

/** A real rsyslogd on ports of the test's own, on the loopback only, which writes what it has understood to a file. */
export async function startRsyslog(): Promise<Rsyslog> {
  const folder = await temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  const authority = await privateAuthority()
  const [tcp = 0, tls = 0, mutual = 0] = await Promise.all([1, 2, 3].map(() => freePort('127.0.0.1')))
  const ports = { udp: tcp, tcp, tls, mutual }
  await Promise.all([
    writeFile(at('ca.pem'), authority.ca),
    writeFile(at('server.pem'), authority.server.cert),
    writeFile(at('server.key'), authority.server.key),
    writeFile(at('cef.rules'), 'version=2\nrule=:%cef:cef%\n'),
    writeFile(at('rsyslog.conf'), configuration(at, ports)),
    writeFile(at('messages'), ''),
  ])
  const child = spawn('rsyslogd', ['-n', '-f', at('rsyslog.conf'), '-i', at('pid')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  await Promise.all([tcp, tls, mutual].map((port) => untilListening(port, child, () => said)))
  return {
    ports,
    authority,
    processId: child.pid ?? 0,
    arrived: (count) =>
      until(`${count} messages have arrived`, async () => {
        const lines = (await readFile(at('messages'), 'utf8')).split('\n').slice(0, -1)
        return lines.length < count ? undefined : lines.map((line) => message.parse(JSON.parse(line)))
      }),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await folder[Symbol.asyncDispose]()
    },
  }
}

function configuration(at: (name: string) => string, { tcp, tls, mutual }: Rsyslog['ports']): string {
  const driver = 'streamDriver.name="gtls" streamDriver.mode="1"'
  return `global(workDirectory="${at('')}" parser.escapeControlCharactersOnReceive="off"
  defaultNetstreamDriverCAFile="${at('ca.pem')}" defaultNetstreamDriverCertFile="${at('server.pem')}"
  defaultNetstreamDriverKeyFile="${at('server.key')}")
module(load="imudp")
module(load="imtcp")
module(load="mmnormalize")
module(load="mmpstrucdata")
input(type="imudp" address="127.0.0.1" port="${tcp}")
input(type="imtcp" address="127.0.0.1" port="${tcp}")
input(type="imtcp" address="127.0.0.1" port="${tls}" ${driver} streamDriver.authMode="anon")
input(type="imtcp" address="127.0.0.1" port="${mutual}" ${driver} streamDriver.authMode="x509/certvalid")
template(name="whole" type="list") { property(name="jsonmesg") constant(value="\\n") }
if $inputname == "imudp" or $inputname == "imtcp" then {
  action(type="mmpstrucdata")
  action(type="mmnormalize" ruleBase="${at('cef.rules')}")
  action(type="omfile" file="${at('messages')}" template="whole" flushOnTXEnd="on")
}
`
}

/** A program that was started for a test, and is to listen at this port. */
export async function untilListening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  await until(`something listens at ${port}`, async () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${said()}`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return true
    } catch {
      return undefined
    } finally {
      socket.destroy()
    }
  })
}
