import { writeFile } from 'node:fs/promises'
import { unitNamed, unitNames } from './units.ts'

/** Writes `test/vectors/service` anew. */
for (const name of unitNames)
  await writeFile(new URL(`../vectors/service/${name}.service`, import.meta.url), unitNamed(name))
