import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildOpenHtml } from './openers/open-html.ts'
import { buildOpenMjs } from './openers/open-mjs.ts'

/** `npm run openers`: what opens bundles without an instance and without Redoma, into `dist/`. */
const folder = join(import.meta.dirname, '../dist')

await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'open.html'), await buildOpenHtml())
await writeFile(join(folder, 'open.mjs'), await buildOpenMjs())
