import { mkdir, writeFile } from 'node:fs/promises'
import { openApiDocument } from '../src/api/openapi.ts'

/** Writes docs/api/openapi.json; test/checks/openapi.test.ts finds one that is not of this code. */
const folder = new URL('../docs/api/', import.meta.url)
await mkdir(folder, { recursive: true })
await writeFile(new URL('openapi.json', folder), `${JSON.stringify(openApiDocument(), undefined, 2)}\n`)
