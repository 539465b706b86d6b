import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { chunkerModulePath, compileChunker } from '../support/chunker-module.ts'

test('the committed chunker is what its AssemblyScript compiles to, byte for byte', async () => {
  expect(await compileChunker()).toBe(await readFile(chunkerModulePath, 'utf8'))
})
