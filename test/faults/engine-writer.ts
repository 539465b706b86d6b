import { backUp } from '../../src/repository/archiving/back-up.ts'
import { openRepository } from '../../src/repository/open.ts'
import { aBackup, placeAt } from '../support/repositories.ts'

/* A program that backs up and is killed meanwhile: says `open` when the repository is, and `done` in the end. */

const [at = '', source = ''] = process.argv.slice(2)
const { signal } = new AbortController()
const repository = await openRepository(placeAt(at), signal)
process.stdout.write('open\n')
await backUp(repository, aBackup([source]), () => undefined, signal)
process.stdout.write('done\n')
