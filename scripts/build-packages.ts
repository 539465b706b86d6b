import { join } from 'node:path'
import { packagesInOne } from './packages/packages-in-one.ts'

/** `npm run packages`: makes one file of each package of very many, into `dist/packages`; commands begin sooner with them (docs/decisions/0068). */
await packagesInOne(join(import.meta.dirname, '..'))
