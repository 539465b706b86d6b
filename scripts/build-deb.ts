import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDeb } from './deb/make-deb.ts'
import { buildOpenHtml } from './openers/open-html.ts'
import { buildOpenMjs } from './openers/open-mjs.ts'

/**
 * `npm run deb`: the Debian package for this kind of machine, into `dist/`. `SOURCE_DATE_EPOCH` says of when it is (the last commit), `DEBFULLNAME`
 * and `DEBEMAIL` by whom.
 */
const root = join(import.meta.dirname, '..')
const {
  SOURCE_DATE_EPOCH: epoch,
  DEBFULLNAME: name = 'Redoma',
  DEBEMAIL: mail = 'redoma@example.org',
} = process.env
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

const path = await makeDeb({
  root,
  openers: { 'open.html': await buildOpenHtml(), 'open.mjs': await buildOpenMjs() },
  folder: join(root, 'dist'),
  version,
  architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
  maintainer: `${name} <${mail}>`,
  at: new Date(Number(epoch ?? lastCommit()) * 1000),
  compression: 'xz',
})
console.log(path)

function lastCommit(): string {
  return execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' })
}
