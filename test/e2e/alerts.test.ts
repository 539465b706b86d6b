import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { hookServer } from '../support/hook-server.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { rsyslogMissing, startRsyslog } from '../support/rsyslog.ts'
import { freePort } from '../support/ssh-server.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

describe('redoma alert', () => {
  test('tells a test over a webhook, signed with a credential, and says what was answered', async () => {
    await using folder = await temporaryFolder()
    await using server = await hookServer()
    const redoma = await anInstance(folder)
    await redoma.run(['credential', 'add', 'Hook', '--secret-file', '-'], 'the-signing-key\n')
    const url = `http://127.0.0.1:${server.port}/hook`

    const added = await redoma.run(['alert', 'add', 'soc', '--webhook', url, '--credential', 'Hook'])
    const tested = await redoma.run(['alert', 'test', 'soc'])

    const [posted] = await server.posted(1)
    expect(added).toMatchObject({ code: 0 })
    expect(tested).toMatchObject({ code: 0, stdout: expect.stringContaining('soc: 200 ok') as string })
    expect(posted?.headers['redoma-signature']).toMatch(/^v1=[0-9a-f]{64}$/)
    expect(JSON.parse(posted?.body ?? '')).toMatchObject({ event: 'test', subject: 'soc' })
    expect(redoma.printed()).not.toContain('the-signing-key')
  })

  test.skipIf(rsyslogMissing())('tells a test to a SIEM by TLS, with a certificate of its own', async () => {
    await using folder = await temporaryFolder()
    await using rsyslog = await startRsyslog()
    const redoma = await anInstance(folder)
    const at = (name: string): string => join(folder.path, name)
    const { ca, client } = rsyslog.authority
    await Promise.all([
      writeFile(at('ca.pem'), ca),
      writeFile(at('client.pem'), client.cert),
      writeFile(at('client.key'), client.key),
    ])
    const own = ['--client-certificate', at('client.pem'), '--client-key', at('client.key')]
    const to = [
      '--syslog',
      `tls://127.0.0.1:${rsyslog.ports.mutual}`,
      '--format',
      'cef',
      '--ca',
      at('ca.pem'),
    ]

    await redoma.run(['alert', 'add', 'siem', ...to, ...own])
    const tested = await redoma.run(['alert', 'test', '--json'])

    const [message] = await rsyslog.arrived(1)
    expect(JSON.parse(tested.stdout)).toMatchObject([{ channel: 'siem', told: true }])
    expect(message).toMatchObject({ msgid: 'test', '$!': { cef: { SignatureID: '900' } } })
  })

  test('says of a server that is down what is wrong, and ends with 1', async () => {
    await using folder = await temporaryFolder()
    const redoma = await anInstance(folder)
    const port = await freePort('127.0.0.1')
    await redoma.run(['alert', 'add', 'siem', '--syslog', `tcp://127.0.0.1:${port}`])

    const tested = await redoma.run(['alert', 'test'])

    expect(tested).toMatchObject({ code: 1, stdout: expect.stringContaining('ECONNREFUSED') as string })
  })

  test('shows what a channel refused, and why', async () => {
    await using folder = await temporaryFolder()
    const redoma = await anInstance(folder)
    await redoma.run(['alert', 'add', 'siem', '--syslog', 'tcp://127.0.0.1:9'])
    const catalogue = await openCatalogue({
      home: join(folder.path, 'home'),
      clock: { now: () => new Date() },
    })
    const [channel] = await catalogue.channels.list()
    const words = { severity: 'error', subject: 'nas', title: 'nas is away', text: 'x', fields: {} } as const
    const id = await catalogue.notices.add('destination-lost', { ...words, at: new Date() })
    const refused = { kind: 'refused', why: '550 no such\u001b[2J address' } as const
    await catalogue.notices.settle(channel?.id ?? '', [id], refused, new Date())
    await catalogue.close()

    const listed = await redoma.run(['alert', 'list'])
    const shown = await redoma.run(['alert', 'show', 'siem'])
    const asJson = await redoma.run(['alert', 'show', 'siem', '--json'])

    expect(listed.stdout).toMatch(/REFUSED\n.* 1\n/)
    expect(listed.stderr).toContain('redoma alert show NAME')
    expect(shown.stdout).toMatch(/nas is away: 550 no such.*address/)
    expect(shown.stdout).not.toContain('\u001b[2J')
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      refused: [{ id, event: 'destination-lost', severity: 'error', why: refused.why }],
    })
  })

  test('lists, shows and removes channels; a credential that one uses stays', async () => {
    await using folder = await temporaryFolder()
    const redoma = await anInstance(folder)
    await redoma.run(['credential', 'add', 'Relay', '--user', 'redoma', '--secret-file', '-'], 'x\n')
    const people = [
      '--smtp',
      'smtps://mail.example.com',
      '--from',
      'a@b.example',
      '--to',
      'c@d.example',
      'e@f.example',
    ]
    const rules = [
      '--quiet',
      '22:00-07:00',
      '--time-zone',
      'Europe/Lisbon',
      '--digest',
      '30',
      '--least-severity',
      'error',
    ]
    await redoma.run(['alert', 'add', 'mail', ...people, ...rules, '--credential', 'Relay'])

    const listed = await redoma.run(['alert', 'list'])
    const shown = await redoma.run(['alert', 'show', 'mail', '--json'])
    const used = await redoma.run(['credential', 'remove', 'Relay', '--yes'])
    await redoma.run(['alert', 'remove', 'mail', '--yes'])

    expect(listed.stdout).toMatch(
      /mail +smtp +c@d\.example, e@f\.example by mail\.example\.com:465 +error and worse/,
    )
    expect(JSON.parse(shown.stdout)).toMatchObject({
      port: 465,
      security: 'tls',
      leastSeverity: 'error',
      quietHours: { from: '22:00', to: '07:00', zone: 'Europe/Lisbon' },
      digestMinutes: 30,
      waiting: { count: 0 },
    })
    expect(used).toMatchObject({ code: 2, stderr: expect.stringContaining('mail') as string })
    expect(JSON.parse((await redoma.run(['alert', 'list', '--json'])).stdout)).toEqual([])
  })

  test.each([
    [['--smtp', 'smtps://mail', '--from', 'a@b.example\nBcc: x@y.example', '--to', 'c@d.example'], 'from'],
    [['--webhook', 'https://hooks.slack.com/services/T0/B0/x', '--preset', 'slack'], '{secret}'],
    [['--syslog', 'tls://siem', '--from', 'a@b.example'], '--from does not go with --syslog'],
    [['--syslog', 'tcp://siem', '--digest', '5'], 'no digest'],
    [['--syslog', 'ftp://siem'], 'tls://HOST:6514'],
    [['--syslog', 'udp://siem', '--quiet', 'night'], '22:00-07:00'],
    [[], '--webhook'],
  ])('refuses what does not fit: %j', async (words, why) => {
    await using folder = await temporaryFolder()
    const redoma = await anInstance(folder)

    const { code, stderr } = await redoma.run(['alert', 'add', 'x', ...words])

    expect(code).toBe(2)
    expect(stderr).toContain(why)
  })

  test('has its channels in the configuration, and a file that says nothing of them leaves them', async () => {
    await using folder = await temporaryFolder()
    const redoma = await anInstance(folder)
    await redoma.run(['alert', 'add', 'siem', '--syslog', 'udp://siem.example.com', '--quiet', '22:00-07:00'])
    const exported = (await redoma.run(['config', 'export'])).stdout

    const other = redomaAt(join(folder.path, 'other'))
    await other.run(['init'])
    await other.run(['config', 'apply', '-', '--yes'], exported)
    const applied = (await other.run(['config', 'export'])).stdout
    const harder = exported.replace('leastSeverity: warning', 'leastSeverity: critical')
    const changed = await other.run(['config', 'apply', '-', '--yes'], harder)
    const silent = harder.replace(/channels:\n(?: .*\n)+/, '')
    const untouched = await other.run(['config', 'apply', '-', '--yes'], silent)
    const emptied = await other.run(['config', 'apply', '-', '--yes'], `${silent}channels: []\n`)

    expect(applied).toBe(exported)
    expect(changed.stdout).toContain('~ channel siem')
    expect(untouched.stdout).toContain('Nothing is to be changed')
    expect(emptied.stdout).toContain('- channel siem')
  })
})

async function anInstance(folder: TemporaryFolder): Promise<Redoma> {
  const redoma = redomaAt(join(folder.path, 'home'))
  await redoma.run(['init', '--name', 'bastion'])
  return redoma
}
