import { execFile } from 'node:child_process'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts'

const call = promisify(execFile)

/**
 * For what takes many commands to set up: it is done once in a file of tests, and then put back for each test that asks, as it was and at the same path, as
 * instances know the paths of their sources and destinations. To be called where tests are collected, since all of it goes when the last one has ended.
 *
 * @param begin sets up, in an empty folder
 * @returns what gives a folder, to one test at a time
 */
export function madeOnce(begin: (path: string) => Promise<void>): () => Promise<TemporaryFolder> {
  let made: Promise<TemporaryFolder> | undefined
  let taken = false
  afterAll(async () => {
    await (await made)?.[Symbol.asyncDispose]()
  })
  return async () => {
    if (taken) throw new Error('a test has it: await using')
    taken = true
    const { path } = await (made ??= make(begin))
    await call('cp', ['--archive', join(path, 'begun'), join(path, 'world')])
    return {
      path: join(path, 'world'),
      async [Symbol.asyncDispose]() {
        await rm(join(path, 'world'), { recursive: true, force: true })
        taken = false
      },
    }
  }
}

async function make(begin: (path: string) => Promise<void>): Promise<TemporaryFolder> {
  const folder = await temporaryFolder()
  await mkdir(join(folder.path, 'world'))
  await begin(join(folder.path, 'world'))
  await rename(join(folder.path, 'world'), join(folder.path, 'begun'))
  return folder
}
