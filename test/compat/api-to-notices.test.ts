import { once } from 'node:events'
import { mkdir, rmdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eximMissing, startExim } from '../support/exim.ts'
import { aProtectedTree, type ProtectedTree } from '../support/protected-tree.ts'
import { readMails } from '../support/read-mails.ts'
import { rsyslogMissing, startRsyslog } from '../support/rsyslog.ts'

/** What would end a header, a mail, a frame and a line, if it were let. */
const breaks =
  '\r\nBcc: evil@example.com\r\n\r\n.\r\nQUIT\r\n<13>1 - - - - - - forged\u2028\u2029\u0085\u202e'

test.skipIf(eximMissing() || rsyslogMissing())(
  'what somebody names by the API breaks out of no mail and no line of syslog, when it goes wrong and people are told',
  async () => {
    await using world = await aProtectedTree()
    await using exim = await startExim()
    await using rsyslog = await startRsyslog()
    await addChannels(world, exim, rsyslog.ports.tcp)
    await using daemon = await serve(world)
    const folder = join(world.path, `folder${breaks}`)
    await mkdir(folder)
    const paths = [folder]
    const spec = { kind: 'files', paths, exclude: [], excludeCaches: false, oneFileSystem: false }

    expect(await post(world, '/api/v1/sources', { name: 'odd', spec })).toBe(201)
    await rmdir(folder)
    expect(await post(world, '/api/v1/runs', { jobs: ['system'] })).toBe(202)

    const [first] = await rsyslog.arrived(1)
    const [mail] = readMails(await exim.mails(1))
    expect(first).toMatchObject({ 'app-name': 'redoma', syslogfacility: '3' })
    expect(first?.msg).toContain('forged')
    expect(mail?.headers).toMatchObject({ to: ['soc@example.com'] })
    expect(mail?.headers).not.toHaveProperty('bcc')
    expect(mail?.defects).toEqual([])
    expect(mail?.text).toContain('Bcc: evil@example.com')
    // What came is whole, and nothing came that was made of a part of it.
    await daemon[Symbol.asyncDispose]()
    const messages = await rsyslog.arrived(1)
    expect(messages.map((message) => message['app-name'])).toEqual(messages.map(() => 'redoma'))
  },
)

async function addChannels(
  { redoma, path }: ProtectedTree,
  exim: Awaited<ReturnType<typeof startExim>>,
  syslogPort: number,
): Promise<void> {
  const ca = join(path, 'ca.pem')
  await writeFile(ca, exim.authority.ca)
  const { user, password } = exim.login
  const login = ['credential', 'add', 'Mail', '--user', user, '--secret-file', '-']
  expect(await redoma.run(login, password)).toMatchObject({ code: 0 })
  const addresses = ['--from', 'redoma@pam.example.com', '--to', 'soc@example.com']
  const to = [
    '--smtp',
    `smtp://127.0.0.1:${exim.ports.smtp}`,
    ...addresses,
    '--credential',
    'Mail',
    '--ca',
    ca,
  ]
  expect(await redoma.run(['alert', 'add', 'mail', ...to])).toMatchObject({ code: 0 })
  expect(
    await redoma.run(['alert', 'add', 'siem', '--syslog', `tcp://127.0.0.1:${syslogPort}`]),
  ).toMatchObject({ code: 0 })
}

async function serve({ redoma }: ProtectedTree): Promise<AsyncDisposable> {
  const { child, ended } = redoma.start(['serve'])
  let said = ''
  child.stderr?.on('data', (text: string) => (said += text))
  while (!said.includes('Serving')) {
    if (child.exitCode !== null) throw new Error(`it has ended: ${said}`)
    if (child.stderr !== null) await Promise.race([once(child.stderr, 'data'), ended])
  }
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function post({ home }: ProtectedTree, path: string, body: object): Promise<number | undefined> {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  const asked = request({
    socketPath: join(home, 'run', 'api.sock'),
    method: 'POST',
    path,
    headers,
    agent: false,
  }).end(text)
  const [answer] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }]
  answer.resume()
  return answer.statusCode
}
