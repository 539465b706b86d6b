import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { compareCredentials, credentialList } from './compare-credentials.ts'
import { compareFolders } from './compare-folders.ts'
import { type Redoma, redomaWithHome, step } from './redoma.ts'
import type { Stage } from './stage.ts'

/** Something that came back, and how it differs from what it was. */
export interface CameBack {
  readonly what: string
  readonly detail: string
  readonly seconds: number
  readonly differences: readonly string[]
}

/**
 * The worst day: the instance is gone. What is left are the copies and the master password; with them, everything is
 * brought back and compared with what it was.
 */
export function playEmergency(project: string, stage: Stage): CameBack[] {
  console.log('\nThe emergency: only demo/copies and the master password are left')
  rmSync(stage.back, { recursive: true, force: true })
  mkdirSync(stage.back, { mode: 0o700 })
  const redoma = redomaWithHome(project, join(stage.back, 'no-instance'))
  return [openBundle(project, stage, redoma), restoreFiles(stage, redoma), openRecordings(stage, redoma)]
}

function identityOf(stage: Stage): string[] {
  const identity = join(stage.copies, 'secrets/identity.password.age')
  return ['--identity', identity, '--password-file', stage.masterPassword]
}

function openBundle(project: string, stage: Stage, redoma: Redoma): CameBack {
  const secrets = join(stage.copies, 'secrets')
  const bundles = readdirSync(secrets).filter((name) => /-\d+\.age$/.test(name))
  const newest = join(secrets, bundles.toSorted().at(-1) ?? '')
  const to = join(stage.back, 'bundle')
  const { seconds } = step('redoma glass open … --to …', () =>
    redoma(['glass', 'open', newest, ...identityOf(stage), '--to', to]),
  )
  const before = read(credentialList, join(project, 'demo-data/sample-vault.json')).credentials
  const after = read(credentialList, join(to, 'secrets.json')).credentials
  return {
    what: 'Passwords',
    detail: `${before.length} credentials, ${sum(before, 'history')} former values, ${sum(before, 'attachments')} attachments`,
    seconds,
    differences: compareCredentials(before, after, join(to, 'attachments')),
  }
}

function sum(
  credentials: z.infer<typeof credentialList>['credentials'],
  what: 'history' | 'attachments',
): number {
  return credentials.reduce((total, credential) => total + (credential[what]?.length ?? 0), 0)
}

const repositories = z.object({ repositories: z.array(z.looseObject({ password: z.string() })) })

function restoreFiles(stage: Stage, redoma: Redoma): CameBack {
  const access = read(repositories, join(stage.back, 'bundle/system/repositories.json'))
  const passwordFile = join(stage.back, 'repository-password')
  writeFileSync(passwordFile, access.repositories[0]?.password ?? '', { mode: 0o600 })
  const to = join(stage.back, 'files')
  const from = ['--repository', join(stage.copies, 'system'), '--password-file', passwordFile]
  const { seconds } = step('redoma restore … latest --to …', () =>
    redoma(['restore', ...from, 'latest', '--source', 'files', '--to', to]),
  )
  const { entries, bytes, differences } = compareFolders(stage.files, join(to, stage.files))
  const mebibytes = (bytes / 1024 / 1024).toFixed(1)
  return {
    what: 'System',
    detail: `${entries.toLocaleString('en-US')} files, folders and links, ${mebibytes} MiB`,
    seconds,
    differences,
  }
}

function openRecordings(stage: Stage, redoma: Redoma): CameBack {
  const to = join(stage.back, 'recordings')
  const sealed = filesBelow(join(stage.copies, 'recordings'))
    .filter((path) => basename(path) === 'original.age')
    .map((path) => dirname(path))
  const { seconds } = step('redoma recordings open … --to …', () =>
    redoma(['recordings', 'open', ...sealed, ...identityOf(stage), '--to', to]),
  )
  const originals = new Set(filesBelow(stage.recordings).map((path) => readFileSync(path, 'base64')))
  const cameBack = filesBelow(to)
  const different = cameBack.filter((path) => !originals.has(readFileSync(path, 'base64')))
  const tooFew = cameBack.length < sealed.length ? [`only ${cameBack.length} files came back`] : []
  return {
    what: 'Recordings',
    detail: `${sealed.length} sessions, in ${cameBack.length} files`,
    seconds,
    differences: [...tooFew, ...different.map((path) => `${path}: like none of the originals`)],
  }
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

function read<T>(schema: z.ZodType<T>, path: string): T {
  return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
}
