import type { Browser } from 'puppeteer-core'
import encodeQR from 'qr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchWithCamera, launchWithColours } from '../../support/opener/browsers.ts'
import { filmCard } from '../../support/opener/film.ts'
import { type QuorumFiles, writeQuorumFiles } from '../../support/opener/quorum-files.ts'
import { aPage, type OpenerPage, type OpenerWorld, openerWorld } from '../../support/opener/world.ts'
import { programMissing } from '../../support/programs.ts'

const refused =
  'The browser keeps the camera from this page. Allow it there, where it shows the address of the page, and scan again; or choose a picture, or close this and type the words.'
const none =
  'No camera was found, or another program has it. Choose a picture, or close this and type the words.'

let world: OpenerWorld
let quorum: QuorumFiles

beforeAll(async () => {
  world = await openerWorld()
  quorum = await writeQuorumFiles(world.folder, world.files.pair)
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

/** Where the cards are entered; what the page gets of the camera is kept aside. */
async function scanning(page: OpenerPage): Promise<void> {
  await page.tab.evaluate(() => {
    const { mediaDevices } = navigator
    const ask = mediaDevices.getUserMedia.bind(mediaDevices)
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints)
      Object.assign(globalThis, { stream })
      return stream
    }
  })
  await page.give(world.files.bundle, quorum.identity, quorum.shares)
  await page.clickNamed('Scan a card')
}

const isCameraOff = ({ tab }: OpenerPage): Promise<boolean> =>
  tab.evaluate(() =>
    (globalThis as unknown as { stream: MediaStream }).stream
      .getTracks()
      .every(({ readyState }) => readyState === 'ended'),
  )

describe.skipIf(programMissing('chromium') || programMissing('pdftoppm'))(
  'the camera in open.html, in chromium',
  () => {
    test('reads a printed card that is held before it, and is off again', async () => {
      const browser = await launchWithCamera(await filmCard(quorum.cards[0] ?? '', world.folder), true)
      try {
        await using page = await aPage(browser, world)
        await scanning(page)

        await page.waitForTexts('.cards .file strong', ['Card 1, board'])

        expect(await page.texts('dialog')).toEqual([])
        expect(await isCameraOff(page)).toBe(true)
        expect(await page.violations()).toEqual([])
      } finally {
        await browser.close()
      }
    })

    test('has a way around it where the browser refuses it', async () => {
      const browser = await launchWithCamera(await filmCard(quorum.cards[0] ?? '', world.folder), false)
      try {
        await using page = await aPage(browser, world)
        await scanning(page)

        await page.waitForTexts('dialog .hint', [refused])
        await page.clickNamed('Close')
        await page.typeCard(quorum.cards[0] ?? '')

        await page.waitForTexts('.cards .file strong', ['Card 1, board'])
      } finally {
        await browser.close()
      }
    })
  },
)

describe.skipIf(programMissing('firefox-esr'))('the camera in open.html, in firefox-esr', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchWithColours(true)
  })
  afterAll(async () => {
    await browser.close()
  })

  test('is shown until the dialog is closed, whatever it sees', async () => {
    await using page = await aPage(browser, world)
    await scanning(page)

    await page.tab.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0)
    const isShown = await page.tab.$eval(
      'video',
      (video) => video.videoHeight > 400 && video.checkVisibility(),
    )
    await page.clickNamed('Close')

    expect(isShown).toBe(true)
    expect(await isCameraOff(page)).toBe(true)
  })

  // Its own test camera shows nothing but colours.
  test('reads a card from what a camera sends', async () => {
    await using page = await aPage(browser, world)
    await page.tab.evaluate(
      (rows) => {
        const canvas = document.createElement('canvas')
        ;[canvas.width, canvas.height] = [1280, 720]
        const drawing = canvas.getContext('2d')
        if (drawing === null) throw new Error('nothing can be drawn')
        const draw = () => {
          drawing.fillStyle = '#fff'
          drawing.fillRect(0, 0, canvas.width, canvas.height)
          drawing.fillStyle = '#222'
          for (const [y, row] of rows.entries())
            for (const [x, isDark] of row.entries())
              if (isDark) drawing.fillRect(300 + x * 6, 60 + y * 6, 6, 6)
        }
        draw()
        setInterval(draw, 100)
        navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10)
      },
      encodeQR(quorum.cards[2] ?? '', 'raw'),
    )
    await scanning(page)

    await page.waitForTexts('.cards .file strong', ['Card 3, board'])
    expect(await isCameraOff(page)).toBe(true)
    expect(await page.violations()).toEqual([])
  })

  test('has a way around it where the browser refuses it, or has none', async () => {
    const refusing = await launchWithColours(false)
    try {
      await using page = await aPage(refusing, world)
      await scanning(page)
      await page.waitForTexts('dialog .hint', [refused])
      await page.clickNamed('Close')
      await page.tab.evaluate(() => {
        Reflect.deleteProperty(Navigator.prototype, 'mediaDevices')
      })
      await page.clickNamed('Scan a card')

      await page.waitForTexts('dialog .hint', [none])
    } finally {
      await refusing.close()
    }
  })
})
