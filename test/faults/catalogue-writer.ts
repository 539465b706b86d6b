/*
 * A process to be killed: puts one credential after the other into the catalogue of the folder it is given, and prints
 * the number of each as soon as the catalogue has acknowledged it.
 */
import { writeSync } from 'node:fs'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { Secret } from '../../src/core/secret.ts'
import { attachmentOfBytes } from '../../src/ports/credential-json.ts'
import { handTurnedClock } from '../support/clock.ts'

const [, , home = '', first = '0'] = process.argv
const clock = handTurnedClock()
const catalogue = await openCatalogue({ home, clock })
await catalogue.runs.start(clock.now(), process.pid)
for (let number = Number(first); ; number++) {
  await catalogue.credentials.put({
    id: String(number % 500),
    title: `credential ${number % 500}`,
    kind: 'password',
    secret: new Secret(`secret ${number}`),
    tags: [],
    fields: [{ name: 'number', value: new Secret(String(number)), hidden: true }],
    attachments: [attachmentOfBytes('number', Buffer.alloc(300_000, String(number)))],
    history: [],
  })
  writeSync(1, `${number}\n`)
}
