import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alone } from '../../../test/support/alone.ts'
import { aGlassWorld } from '../../../test/support/glass.ts'
import { toldToNobody } from '../../../test/support/notifier.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { openCatalogue } from '../../catalogue/open-catalogue.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import { makeRecordInLedger } from '../record-in-ledger.ts'

const numberOf = (name: string | undefined) => Number(/-(\d+)\.age$/.exec(name ?? '')?.[1])

describe('the number of a bundle', () => {
  test('is above all that the ledger lists, where the catalogue was restored from an older backup', async () => {
    await using world = await aGlassWorld()
    const { clock, home } = world
    const destination = memoryDestination()
    await world.backUp(destination)
    await using elsewhere = await temporaryFolder()
    await world.catalogue.copyTo(join(elsewhere.path, 'catalogue.sqlite'))
    await copyFile(join(home, 'instance.key'), join(elsewhere.path, 'instance.key'))
    for (let made = 2; made <= 4; made++) await world.backUp(destination)
    const catalogue = await openCatalogue({ home: elsewhere.path, clock })
    const recordInLedger = makeRecordInLedger({
      notifier: toldToNobody,
      instance: catalogue.instance,
      ledgers: catalogue.ledgers,
      signingKey: () => catalogue.signingKey(),
      clock,
      whileWriting: alone,
    })

    const [part] = await world.backUp(destination, { catalogue, recordInLedger })

    await catalogue.close()
    expect(numberOf(part?.product)).toBe(5)
    expect(part?.outcome).toMatchObject({
      warnings: [
        expect.stringMatching(/^Bundles 2 to 4 were published, says the ledger/),
        expect.stringContaining('says more than this instance remembers'),
      ],
    })
  })

  test('goes on above what a ledger lists, for ever', async () => {
    await using world = await aGlassWorld()
    const { bundles } = world.catalogue

    expect(await bundles.nextSequence('', 7)).toBe(8)
    expect(await bundles.nextSequence('', 3)).toBe(9)
    expect(await bundles.nextSequence()).toBe(10)
    expect(await bundles.nextSequence('unit', 2)).toBe(3)
  })
})
