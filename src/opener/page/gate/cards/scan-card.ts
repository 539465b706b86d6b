import { decodeQR } from 'qr/decode.js'
import type { PageContext } from '../../context.ts'
import { h } from '../../element.ts'
import { openDialog } from '../../open-dialog.ts'

/** Between two looks at what the camera sees. */
const lookMs = 200
/** A larger picture is made smaller: codes are read as well, and sooner. */
const mostPixels = 1600

/** Reads QR codes from the camera, where there is one that the browser lets the page have, or from a picture. `take` says whether it is one of a card. */
export function scanCard({ texts, announce }: PageContext, take: (text: string) => boolean): void {
  const said = h('p', { class: 'hint', role: 'status' })
  const video = h('video', { playsinline: true, muted: true, hidden: true })
  const input = h('input', {
    type: 'file',
    accept: 'image/*',
    class: 'unseen',
    tabindex: -1,
    'aria-hidden': 'true',
    'data-chooser': 'picture',
  })
  const dialog = openDialog(
    texts.scan,
    texts.close,
    h('p', { class: 'quiet' }, texts.scanLead),
    video,
    said,
    h(
      'div',
      { class: 'buttons' },
      h(
        'button',
        {
          type: 'button',
          onclick: () => {
            input.click()
          },
        },
        texts.scanPicture,
      ),
    ),
    input,
  )
  let stream: MediaStream | undefined
  let looking: ReturnType<typeof setInterval> | undefined
  const end = () => {
    clearInterval(looking)
    for (const track of stream?.getTracks() ?? []) track.stop()
  }
  dialog.addEventListener('close', end)
  const read = (source: CanvasImageSource, width: number, height: number): string | undefined => {
    const text = codeIn(source, width, height)
    if (text !== undefined) {
      dialog.close()
      take(text)
    }
    return text
  }
  input.addEventListener('change', () => {
    const [file] = Array.from(input.files ?? [])
    if (file === undefined) return
    void pictureText(file).then((text) => {
      if (text === undefined) {
        said.textContent = texts.scanNothing
        return
      }
      dialog.close()
      take(text)
    })
  })
  void startCamera().then((started) => {
    if (typeof started === 'string') {
      said.textContent = started === 'refused' ? texts.scanRefused : texts.scanNoCamera
      announce(said.textContent)
      return
    }
    stream = started
    if (!dialog.open) {
      end()
      return
    }
    video.srcObject = started
    video.hidden = false
    void video.play()
    announce(texts.scanRunning)
    looking = setInterval(() => {
      if (video.videoWidth > 0) read(video, video.videoWidth, video.videoHeight)
    }, lookMs)
  })
}

/** What the code in a picture says. */
export async function pictureText(picture: Blob): Promise<string | undefined> {
  try {
    const bitmap = await createImageBitmap(picture)
    return codeIn(bitmap, bitmap.width, bitmap.height)
  } catch {
    return undefined
  }
}

/** `refused`: by who was asked, or by the browser itself. `none`: there is no camera, or another program has it. */
async function startCamera(): Promise<MediaStream | 'refused' | 'none'> {
  const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices }
  // As the camera has it: to fit a size, browsers cut off what is above and below.
  const video = {
    ...{ facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
    resizeMode: 'none',
  }
  try {
    return (await mediaDevices?.getUserMedia({ video })) ?? 'none'
  } catch (error) {
    return error instanceof DOMException && error.name === 'NotAllowedError' ? 'refused' : 'none'
  }
}

function codeIn(source: CanvasImageSource, width: number, height: number): string | undefined {
  const scale = Math.min(1, mostPixels / Math.max(width, height))
  const canvas = h('canvas', { width: Math.round(width * scale), height: Math.round(height * scale) })
  const drawing = canvas.getContext('2d', { willReadFrequently: true })
  if (drawing === null) return undefined
  drawing.drawImage(source, 0, 0, canvas.width, canvas.height)
  try {
    return decodeQR(drawing.getImageData(0, 0, canvas.width, canvas.height))
  } catch {
    return undefined
  }
}
