import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** Where the demo plays: all of it below one folder, which git ignores. */
export interface Stage {
  readonly folder: string
  /** The tree of files that is backed up. */
  readonly files: string
  /** The recorded sessions that are sealed. */
  readonly recordings: string
  /** `REDOMA_HOME` of the demo's instance. */
  readonly home: string
  /** The destination. */
  readonly copies: string
  /** What the ceremony hands out. */
  readonly glass: string
  /** The demo plays the person who knows the master password, so it keeps it in a file. */
  readonly masterPassword: string
  /** Where things come back to; emptied before each run. */
  readonly back: string
  /** Whether this is the first time that the demo runs here. */
  readonly isFirst: boolean
}

export function setStage(project: string): Stage {
  const folder = join(project, 'demo')
  const at = (name: string): string => join(folder, name)
  const stage: Stage = {
    folder,
    files: at('files'),
    recordings: at('recordings'),
    home: at('instance'),
    copies: at('copies'),
    glass: at('glass'),
    masterPassword: at('master-password.txt'),
    back: at('back'),
    isFirst: !existsSync(at('instance')),
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (stage.isFirst) {
    makeFiles(project, stage.files)
    copyRecordings(join(project, 'test/vectors/recordings'), stage.recordings)
    mkdirSync(stage.copies)
    writePassword(stage.masterPassword)
  } else {
    changeFiles(stage.files)
  }
  return stage
}

/** The project's own sources and a few of its libraries, and one of each thing that a backup likes to lose. */
function makeFiles(project: string, files: string): void {
  mkdirSync(files)
  for (const name of ['src', 'docs', 'node_modules/typescript', 'node_modules/zod', 'node_modules/kysely']) {
    cpSync(join(project, name), join(files, name), { recursive: true, preserveTimestamps: true })
  }
  const special = join(files, 'special')
  mkdirSync(special)
  writeFileSync(join(special, 'sparse.img'), 'begin')
  truncateSync(join(special, 'sparse.img'), 64 * 1024 * 1024)
  appendFileSync(join(special, 'sparse.img'), 'end')
  writeFileSync(join(special, 'line\nbreak.txt'), 'a name with a line break\n')
  writeFileSync(Buffer.from(`${special}/latin-\xe9.txt`, 'latin1'), 'a name that is not UTF-8\n')
  linkSync(join(special, 'line\nbreak.txt'), join(special, 'hard-link'))
  symlinkSync('../nowhere', join(special, 'dangling-link'))
  execFileSync('mkfifo', [join(special, 'fifo')])
  writeFileSync(join(special, 'setuid'), '#!/bin/sh\n')
  chmodSync(join(special, 'setuid'), 0o4750)
}

function changeFiles(files: string): void {
  appendFileSync(join(files, 'special', 'diary.txt'), `${new Date().toISOString()} the demo ran again\n`)
}

/**
 * A checkout sets all times to now and forgets modes, so the copies get them back: a session counts as finished when its
 * files have been still for a while, and sudo marks a finished one by making its timing file read-only.
 */
function copyRecordings(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('README.md') })
  const yesterday = (Date.now() - 24 * 3600 * 1000) / 1000
  for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.name === 'timing') chmodSync(path, 0o400)
    lutimesSync(path, yesterday, yesterday)
  }
}

/** The demo's own master password, different at each place it is played. */
function writePassword(path: string): void {
  const seed = createHash('sha256').update(crypto.randomUUID()).digest('base64url')
  writeFileSync(path, `${seed.slice(0, 28)}\n`, { mode: 0o600 })
}
