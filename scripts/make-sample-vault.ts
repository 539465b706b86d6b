/*
 * Writes the sample vault of the demonstration and the tests to standard output:
 *
 *     node scripts/make-sample-vault.ts > demo-data/sample-vault.json
 *
 * The same every time. Everything secret in it holds a token of its own, `FAKE` and twelve characters of A to Z and
 * 2 to 7, so that a test can look for each of them where no secret may be.
 */
import { createHash } from 'node:crypto'
import type { CredentialJson } from '../src/ports/credential-json.ts'
import { credentialListSchema, encodeCredentialWhole, parseCredential } from '../src/ports/credential-json.ts'

const count = 200
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const sites = ['lisbon', 'oslo', 'turin', 'recife', 'kyoto']
const people = ['alma.reis', 'bo.larsen', 'carla.conti', 'dele.okoro', 'emi.sato']
const words = ['harbour', 'lantern', 'copper', 'meadow', 'signal', 'orchid', 'granite', 'tundra']

type Draft = Omit<CredentialJson, 'id' | 'createdAt' | 'changedAt' | 'tags'>

/** Numbers that look random and are the same every time. */
function draw(label: string): Buffer {
  return createHash('sha256').update(`sample vault/${label}`).digest()
}

function uuid(label: string): string {
  const hex = draw(label).toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`]
  return [...parts, hex.slice(20, 32)].join('-')
}

function token(label: string): string {
  const letters = [...draw(label).subarray(0, 12)].map((byte) => base32[byte % 32] ?? 'A')
  return `FAKE${letters.join('')}`
}

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? ''
}

function password(label: string): string {
  const bytes = draw(`word/${label}`)
  const ends = ['!', '&\\', '"quoted"', 'ü', "'", ' %$`', '#']
  return `${pick(words, bytes[0] ?? 0)}-${token(label)}-${bytes[1] ?? 0}${pick(ends, bytes[2] ?? 0)}`
}

/** What looks like a private key and is none. */
function privateKey(label: string): string {
  const lines = [0, 1, 2].map((part) => draw(`${label}/${part}`).toString('base64'))
  const body = [`b3BlbnNzaC1rZXktdjEAAAAA${token(label)}`, ...lines]
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...body, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}

function day(offset: number): string {
  return new Date(Date.UTC(2021, 0, 1, 6) + offset * 86_400_000).toISOString()
}

function history(index: number, length: number, make: (label: string) => string): Draft['history'] {
  return Array.from({ length }, (_, age) => ({
    secret: make(`${index}/former/${age}`),
    since: day(1000 + index - (age + 1) * 90),
    until: day(1000 + index - age * 90),
  }))
}

function textFile(name: string, text: string) {
  return { name, content: Buffer.from(text).toString('base64') }
}

function certificate(label: string): string {
  const body = [token(label), draw(label).toString('base64'), draw(`${label}/2`).toString('base64')]
  return ['-----BEGIN CERTIFICATE-----', ...body, '-----END CERTIFICATE-----', ''].join('\n')
}

const makers: readonly ((index: number) => Draft)[] = [
  (index) => ({
    title: `root at ${pick(sites, index)}-srv-${index}`,
    kind: 'password',
    user: 'root',
    secret: password(`${index}`),
    host: `srv-${index}.${pick(sites, index)}.example`,
    port: 22,
    folder: `Servers/${pick(sites, index)}`,
    owner: pick(people, index),
    notes: index % 3 === 0 ? `Break-glass account.\nSealed envelope ${token(`${index}/notes`)}.` : undefined,
    history: history(index, index % 4, password),
  }),
  (index) => ({
    title: `${pick(['grafana', 'gitlab', 'proxmox', 'vcenter', 'netbox'], index)} of ${pick(sites, index)}`,
    kind: 'password',
    user: `${pick(people, index)}@example.org`,
    secret: password(`${index}`),
    url: `https://${pick(['grafana', 'gitlab', 'proxmox'], index)}.${pick(sites, index)}.example/login`,
    folder: 'Web consoles',
    totp:
      index % 2 === 0
        ? `otpauth://totp/Example:${pick(people, index)}?secret=${token(`${index}/totp`)}&issuer=Example`
        : token(`${index}/totp`),
    fields: [
      { name: 'recovery code', value: token(`${index}/recovery`), hidden: true },
      { name: 'realm', value: 'pam', hidden: false },
    ],
    history: history(index, index % 3, password),
  }),
  (index) => ({
    title: `deploy key ${index}`,
    kind: 'ssh-key',
    user: 'deploy',
    secret: privateKey(`${index}`),
    host: `git-${index}.${pick(sites, index)}.example`,
    folder: 'Keys/SSH',
    fields: [{ name: 'passphrase', value: password(`${index}/passphrase`), hidden: true }],
    attachments: [textFile('id_ed25519.pub', `ssh-ed25519 AAAA${token(`${index}/public`)} deploy@example\n`)],
    history: history(index, index % 2, privateKey),
  }),
  (index) => ({
    title: `${pick(['orders', 'billing', 'archive'], index)} database, ${pick(sites, index)}`,
    kind: 'database',
    user: 'app',
    secret: password(`${index}`),
    host: `db-${index}.${pick(sites, index)}.example`,
    port: index % 2 === 0 ? 5432 : 3306,
    database: pick(['orders', 'billing', 'archive'], index),
    folder: 'Databases',
    owner: 'database team',
    history: history(index, index % 5, password),
  }),
  (index) => ({
    title: `object store, ${pick(sites, index)} ${index}`,
    kind: 'access-key',
    user: `AKIAEXAMPLE${String(index).padStart(9, '0')}`,
    secret: password(`${index}`),
    url: `https://s3.${pick(sites, index)}.example`,
    folder: 'Cloud/Object stores',
    fields: [{ name: 'region', value: pick(sites, index), hidden: false }],
  }),
  (index) => ({
    title: `${pick(['CI', 'monitoring', 'chat', 'DNS'], index)} token ${index}`,
    kind: 'token',
    secret: `glpat-${token(`${index}`)}`,
    url: 'https://api.example/v4',
    folder: 'Tokens',
    history: history(index, 1, (label) => `glpat-${token(label)}`),
  }),
  (index) => ({
    title: `Licence and certificate ${index}`,
    kind: 'note',
    secret: `The licence is ${token(`${index}`)}.\nÀ renouveler chaque année. 更新は毎年。\n`,
    folder: 'Documents/Licences & certificates',
    attachments: [
      textFile(`licence ${index}.txt`, `Licence ${token(`${index}/licence`)}\nValid for 50 nodes.\n`),
      textFile('server.crt', certificate(`${index}/certificate`)),
    ],
  }),
]

function credential(index: number): CredentialJson {
  const maker = makers[index % makers.length]
  if (maker === undefined) throw new TypeError('there is no maker')
  const tags = [pick(['production', 'test', 'office'], index), pick(sites, index)]
  const dates = { createdAt: day(index), changedAt: day(1000 + index) }
  return { id: uuid(`${index}`), ...maker(index), tags, ...dates }
}

const lines: string[] = []
for (let index = 0; index < count; index++) {
  lines.push(JSON.stringify(await encodeCredentialWhole(parseCredential(credential(index)))))
}
process.stdout.write(`{"schema":"${credentialListSchema}","credentials":[\n${lines.join(',\n')}\n]}\n`)
