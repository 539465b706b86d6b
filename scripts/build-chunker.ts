import { writeFile } from 'node:fs/promises'
import { chunkerModulePath, compileChunker } from '../test/support/chunker-module.ts'

/** Compiles src/repository/chunking/assembly/rabin.ts; a test holds the committed module to what this writes. */
await writeFile(chunkerModulePath, await compileChunker())
