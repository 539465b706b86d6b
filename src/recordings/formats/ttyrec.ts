import type { OpenRecording, RecordingFacts } from './format.ts'
import type { Peek, ScanEnd } from './peek.ts'
import { plausibleDuration, plausibleTime } from './plausible.ts'

/** Little-endian: seconds, microseconds, length of the data that follows. */
const headerBytes = 12
const maximumFrameBytes = 16 * 1024 * 1024
const maximumGapSeconds = 366 * 24 * 3600

interface Frame {
  readonly seconds: number
  readonly length: number
}

export async function readTtyrec(
  recording: OpenRecording,
  signal: AbortSignal,
): Promise<RecordingFacts | undefined> {
  for (const peek of recording.peeks) {
    const head = await peek.head()
    const first = frameAt(head, 0)
    if (first === undefined || !secondFits(head, first)) continue
    const walk = await walkFrames(peek, first, signal)
    return {
      format: 'ttyrec',
      startedAt: plausibleTime(first.seconds),
      durationSeconds: plausibleDuration(
        walk.end === 'too-long' ? undefined : walk.lastSeconds - first.seconds,
      ),
      endMark: 'none',
      details: {},
      problems: walk.isCut || walk.end === 'damaged' ? ['the frames do not end where the file does'] : [],
    }
  }
  return undefined
}

/** The format has no magic number, so two headers that agree must do. */
function secondFits(head: Buffer, first: Frame): boolean {
  const next = headerBytes + first.length
  if (next + headerBytes > head.length) return next === head.length
  const second = frameAt(head, next)
  return second !== undefined && follows(first.seconds, second.seconds)
}

function follows(before: number, after: number): boolean {
  return after >= before - 1 && after - before < maximumGapSeconds
}

function frameAt(bytes: Buffer, offset: number): Frame | undefined {
  if (offset + headerBytes > bytes.length) return undefined
  const seconds = bytes.readUInt32LE(offset)
  const microseconds = bytes.readUInt32LE(offset + 4)
  const length = bytes.readUInt32LE(offset + 8)
  const isFrame =
    microseconds < 1_000_000 && length <= maximumFrameBytes && plausibleTime(seconds) !== undefined
  return isFrame ? { seconds: seconds + microseconds / 1e6, length } : undefined
}

interface Walk {
  readonly lastSeconds: number
  readonly isCut: boolean
  readonly end: ScanEnd
}

async function walkFrames(peek: Peek, first: Frame, signal: AbortSignal): Promise<Walk> {
  const walker = new FrameWalker(first.seconds)
  const end = await peek.scan((chunk) => walker.walk(chunk), signal)
  return { lastSeconds: walker.lastSeconds, isCut: !walker.isAtBorder, end }
}

/** Goes from header to header, holding no more than one header's bytes. */
class FrameWalker {
  lastSeconds: number
  #dataLeft = 0
  #held = Buffer.alloc(0)
  #isBroken = false

  constructor(firstSeconds: number) {
    this.lastSeconds = firstSeconds
  }

  get isAtBorder(): boolean {
    return !this.#isBroken && this.#dataLeft === 0 && this.#held.length === 0
  }

  /** False: what follows is no frame. */
  walk(chunk: Buffer): boolean {
    for (let offset = 0; offset < chunk.length && !this.#isBroken; ) {
      offset += this.#dataLeft > 0 ? this.#skipData(chunk, offset) : this.#addToHeader(chunk, offset)
    }
    return !this.#isBroken
  }

  #skipData(chunk: Buffer, offset: number): number {
    const skipped = Math.min(this.#dataLeft, chunk.length - offset)
    this.#dataLeft -= skipped
    return skipped
  }

  #addToHeader(chunk: Buffer, offset: number): number {
    const added = chunk.subarray(offset, offset + headerBytes - this.#held.length)
    this.#held = Buffer.concat([this.#held, added])
    if (this.#held.length === headerBytes) this.#takeFrame(frameAt(this.#held, 0))
    return added.length
  }

  #takeFrame(frame: Frame | undefined): void {
    this.#held = Buffer.alloc(0)
    if (frame === undefined || !follows(this.lastSeconds, frame.seconds)) {
      this.#isBroken = true
      return
    }
    this.lastSeconds = frame.seconds
    this.#dataLeft = frame.length
  }
}
