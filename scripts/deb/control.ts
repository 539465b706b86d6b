import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Module } from './production-modules.ts'

export interface Release {
  readonly version: string
  readonly architecture: 'amd64' | 'arm64'
  readonly maintainer: string
  /** Of the package and all that is in it. */
  readonly at: Date
}

export function controlFile({ version, architecture, maintainer }: Release, kibibytes: number): string {
  return `Package: redoma
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${kibibytes}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Recommends: openssh-client, rsync
Suggests: age, cifs-utils, mariadb-client, nfs-common, postgresql-client, restic
Section: admin
Priority: optional
Description: backups of a privileged-access instance
 Redoma copies the secrets of a vault, the server that it runs on and the
 recordings of the sessions that went through it to places elsewhere.
 .
 Bundles of secrets open with age and a recovery key that is never on the
 instance, snapshots of the system with restic. What was written is read back
 before it is called a backup.
 .
 The package has the Node.js that it runs on.
`
}

/** What \`dpkg --verify\` compares with. */
export function md5sums(stage: string, files: readonly string[]): string {
  const lines = files.map((path) => {
    const sum = createHash('md5').update(readFileSync(path)).digest('hex')
    return `${sum}  ${relative(stage, path)}\n`
  })
  return lines.join('')
}

export function copyrightFile(modules: readonly Module[]): string {
  const others = modules.map(
    ({ name, version, license, path }) => ` ${name} ${version}: ${license}, in /usr/lib/redoma/${path}`,
  )
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: redoma

Files: *
Copyright: 2026 the authors of Redoma
License: Apache-2.0
Comment:
 Below /usr/lib/redoma/node_modules lies what the authors of these packages
 made. The license of each, and whose it is, lies in its folder.
 .
${others.join('\n')}

License: Apache-2.0
 On Debian systems the license is in /usr/share/common-licenses/Apache-2.0.
`
}

export function debianChangelog({ version, maintainer, at }: Release): string {
  const day = at.toUTCString().replace(' GMT', ' +0000')
  return `redoma (${version}) stable; urgency=medium

  * What is new for users: /usr/share/doc/redoma/CHANGELOG.md.gz

 -- ${maintainer}  ${day}
`
}

/** What lintian says of it and is meant so. */
export const lintianOverrides = `# Node.js as its authors built it, byte for byte.
redoma: hardening-no-pie
redoma: unstripped-binary-or-object
redoma: embedded-library zlib *
# The package is built from what npm installs, by the lock file, and not from Debian's packages.
redoma: embedded-javascript-library *
redoma: script-not-executable *
`
