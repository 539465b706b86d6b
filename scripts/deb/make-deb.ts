import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { noNeeds } from '../../src/app/service/needs.ts'
import { serviceUnit } from '../../src/app/service/unit.ts'
import { rootsHome } from '../../src/main/settings.ts'
import { packagesInOne } from '../packages/packages-in-one.ts'
import {
  controlFile,
  copyrightFile,
  debianChangelog,
  lintianOverrides,
  md5sums,
  type Release,
} from './control.ts'
import { allCommands, bashCompletion, manualPage } from './manual.ts'
import { type Module, productionModules } from './production-modules.ts'
import { copyFiles, programFolder, settleFiles, stageFile, stageProgram } from './stage-files.ts'

export interface DebRequest extends Release {
  /** The project. */
  readonly root: string
  /** `open.html` and `open.mjs`. */
  readonly openers: Readonly<Record<string, string | Uint8Array>>
  /** Where the package comes to lie. */
  readonly folder: string
  readonly compression: 'xz' | 'none'
}

/** Makes the Debian package: the same files make the same bytes. @returns its path */
export async function makeDeb(request: DebRequest): Promise<string> {
  const { root, folder, version, architecture, compression, at } = request
  const stage = await mkdtemp(join(tmpdir(), 'redoma-deb-'))
  try {
    const modules = productionModules(root)
    await stageProgram(root, stage, modules)
    await packagesInOne(root, join(stage, programFolder))
    await stageRest(request, stage, modules)
    const seconds = Math.floor(at.getTime() / 1000)
    const files = await settleFiles(stage, seconds)
    await stageControl(request, stage, files)
    await settleFiles(stage, seconds)
    await mkdir(folder, { recursive: true })
    const path = join(folder, `redoma_${version}_${architecture}.deb`)
    await promisify(execFile)(
      'dpkg-deb',
      ['--root-owner-group', `-Z${compression}`, '--build', stage, path],
      {
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', SOURCE_DATE_EPOCH: String(seconds) },
      },
    )
    return path
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

async function stageRest(request: DebRequest, stage: string, modules: readonly Module[]): Promise<void> {
  const { root, version, openers } = request
  for (const [name, content] of Object.entries(openers))
    await stageFile(stage, `${programFolder}/dist/${name}`, content)
  const docs = 'usr/share/doc/redoma'
  const all = await allCommands()
  await mkdir(join(stage, 'usr/bin'), { recursive: true })
  await symlink('../lib/redoma/bin/redoma', join(stage, 'usr/bin/redoma'))
  await stageFile(stage, 'usr/lib/systemd/system/redoma.service', packagedUnit())
  await stageFile(stage, 'usr/share/man/man1/redoma.1.gz', gzipped(manualPage(all, version)))
  await stageFile(stage, 'usr/share/bash-completion/completions/redoma', bashCompletion(all))
  await stageFile(stage, `${docs}/copyright`, copyrightFile(modules))
  await stageFile(stage, `${docs}/changelog.gz`, gzipped(debianChangelog(request)))
  await stageFile(
    stage,
    `${docs}/CHANGELOG.md.gz`,
    gzipped(await readFile(join(root, 'CHANGELOG.md'), 'utf8')),
  )
  copyFiles(join(root, 'docs'), join(stage, docs), (path) =>
    /^(threat-model\.md|operator|formats)/.test(path),
  )
  await stageFile(stage, 'usr/share/lintian/overrides/redoma', lintianOverrides)
}

/** For an instance that does not need more yet; `redoma install` writes the one that does. */
function packagedUnit(): string {
  return serviceUnit({
    program: `/${programFolder}/bin/redoma`,
    home: rootsHome,
    usualHome: rootsHome,
    logFolder: '/var/log/redoma',
    needs: noNeeds,
  })
}

async function stageControl(request: DebRequest, stage: string, files: readonly string[]): Promise<void> {
  const sizes = await Promise.all(files.map(async (path) => Math.ceil((await stat(path)).size / 1024)))
  const kibibytes = sizes.reduce((sum, size) => sum + size, 0)
  await stageFile(stage, 'DEBIAN/control', controlFile(request, kibibytes))
  await stageFile(stage, 'DEBIAN/md5sums', md5sums(stage, files))
  copyFiles(join(import.meta.dirname, 'maintainer'), join(stage, 'DEBIAN'), () => true)
}

function gzipped(text: string): Uint8Array {
  return gzipSync(text, { level: 9 })
}
