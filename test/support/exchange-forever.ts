import { lstatSync, renameSync, symlinkSync } from 'node:fs'
import { openDoor } from '../../src/crypto/native/door.ts'

/*
 * A program of somebody who may write to a folder that is restored: exchanges what is at the first path for a link to the
 * second one, and back, each in one step and as often as it can, until it is killed. Says so once it has begun.
 */

const [path = '', elsewhere = '', aside = ''] = process.argv.slice(2)
// RENAME_EXCHANGE of renameat2(2), and AT_FDCWD.
const exchange = 2
const here = -100
const renameat2 = openDoor().integer('renameat2', 'int', 'str', 'int', 'str', 'unsigned int')
symlinkSync(elsewhere, aside)
process.stdout.write('begun')
for (let round = 0; ; round++) {
  renameat2(here, path, here, aside, exchange)
  if (isLink(aside) || isLink(path)) continue
  // The restore has taken the link away, and made a folder there.
  renameSync(aside, `${aside} ${round}`)
  symlinkSync(elsewhere, aside)
}

function isLink(candidate: string): boolean {
  return lstatSync(candidate, { throwIfNoEntry: false })?.isSymbolicLink() === true
}
