import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { selfSignedCertificate } from '../../src/crypto/self-signed.ts'
import { aProtectedTree, type ProtectedTree } from '../support/protected-tree.ts'
import { until } from '../support/until.ts'

test('the daemon serves by HTTPS where it was told once, says by which certificate, and lets nobody in unasked', async () => {
  await using world = await aProtectedTree()
  const { redoma } = world
  const keep = ['config', 'https', '127.0.0.1:0', '--name', 'vault.example.com']
  expect(await redoma.run([...keep, '--behind-proxy', '192.0.2.7'])).toMatchObject({ code: 0 })

  await using daemon = await serve(world)

  const [, port = ''] = /https:\/\/127\.0\.0\.1:(\d+)/.exec(daemon.said()) ?? []
  const ca = await readFile(join(world.home, 'tls', 'certificate.pem'), 'utf8')
  expect(await statusOf(port, ca, '/healthz')).toBe(200)
  expect(await statusOf(port, ca, '/api/v1/credentials')).toBe(401)
  expect(daemon.said()).toMatch(/SHA-256 of its own certificate.*\n {2}([0-9A-F]{2}:){31}[0-9A-F]{2}\n/)
  expect(daemon.said()).not.toContain('warning')
})

test('a daemon that others reach says so, and one that was told not to serve by HTTPS does not', async () => {
  await using world = await aProtectedTree()
  await world.redoma.run(['config', 'https', '0.0.0.0:0'])

  await using open = await serve(world)
  expect(open.said()).toMatch(/warning: https:\/\/0\.0\.0\.0:\d+ is open to whoever reaches this machine/)
  await open[Symbol.asyncDispose]()
  await using closed = await serve(world, '--no-https')

  expect(closed.said()).not.toContain('https:')
})

test('what is no address, half a certificate and a proxy that is none are refused before anything listens', async () => {
  await using world = await aProtectedTree()
  const refused = async (...words: string[]): Promise<string> => {
    const { code, stderr } = await world.redoma.run(words)
    expect(code).toBe(2)
    return stderr
  }

  expect(await refused('serve', '--https', 'x')).toContain('not an address and a port')
  expect(await refused('serve', '--https', '127.0.0.1:0', '--key', '/x')).toContain('go together')
  expect(await refused('config', 'https', '127.0.0.1:0', '--behind-proxy', 'nginx')).toContain(
    '"nginx" is neither',
  )
  expect(await refused('serve', '--name', 'x')).toContain('go with --https')
  const missing = ['--certificate', '/nowhere.pem', '--key', '/nowhere.key']
  const { code, stderr } = await world.redoma.run(['serve', '--https', '127.0.0.1:0', ...missing])
  expect([code, stderr]).toEqual([1, expect.stringContaining('/nowhere.pem cannot be read (ENOENT)')])
  expect((await world.redoma.run(['config', 'https', '--json'])).stdout.trim()).toBe('null')
})

test('a certificate that expires within days is an incident while the daemon serves by it', async () => {
  await using world = await aProtectedTree()
  const [certificate, key] = [join(world.path, 'c.pem'), join(world.path, 'k.pem')]
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [from, end] = [new Date(Date.now() - 360 * dayMs), new Date(Date.now() + 5 * dayMs)]
  const words = { names: ['vault.example.com'], from, until: end }
  await writeFile(certificate, selfSignedCertificate(privateKey, words))
  await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const told = async (): Promise<readonly Told[]> => {
    const { stdout } = await world.redoma.run(['incident', 'list', '--json'])
    return (JSON.parse(stdout) as Told[]).filter(({ kind }) => kind === 'certificate-expiring')
  }

  await using daemon = await serve(
    world,
    ...['--https', '127.0.0.1:0', '--certificate', certificate, '--key', key],
  )
  const expiring = await until('the certificate is an incident', async () => (await told())[0], 60_000)
  await daemon[Symbol.asyncDispose]()
  await using other = await serve(world, '--no-https')
  const isOver = async () => ((await told()).length === 0 ? true : undefined)
  expect(await until('it is closed', isOver, 60_000)).toBe(true)

  expect(expiring).toMatchObject({
    severity: 'critical',
    hint: expect.stringContaining(certificate) as string,
  })
  expect(other.said()).not.toContain('https:')
})

interface Told {
  readonly kind: string
  readonly severity: string
}

const dayMs = 24 * 60 * 60_000

async function serve({ redoma }: ProtectedTree, ...options: string[]) {
  const { child, ended } = redoma.start(['serve', ...options])
  let said = ''
  child.stderr?.on('data', (text: string) => (said += text))
  while (!said.includes('Serving') || (said.includes('https:') && !said.includes('--pinnedpubkey'))) {
    if (child.exitCode !== null) throw new Error(`it has ended: ${said}`)
    if (child.stderr !== null) await Promise.race([once(child.stderr, 'data'), ended])
  }
  return {
    said: () => said,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function statusOf(port: string, ca: string, path: string): Promise<number | undefined> {
  const asked = request({
    host: '127.0.0.1',
    port,
    path,
    ca,
    servername: 'vault.example.com',
    agent: false,
  }).end()
  const [answer] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }]
  answer.resume()
  return answer.statusCode
}
