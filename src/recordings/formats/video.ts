import type { FormatName, OpenRecording, RecordingFacts } from './format.ts'

/** By their magic numbers alone; what is in a video is for the player to know. */
export async function readVideo(recording: OpenRecording): Promise<RecordingFacts | undefined> {
  for (const peek of recording.peeks) {
    const format = videoFormat(await peek.head())
    if (format !== undefined) return { format, endMark: 'none', details: {}, problems: [] }
  }
  return undefined
}

function videoFormat(head: Buffer): FormatName | undefined {
  const text = head.toString('latin1', 0, 64)
  if (text.slice(4, 8) === 'ftyp') return 'mp4'
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'AVI ') return 'avi'
  // EBML header, document type `webm` (or Matroska, of which it is a part).
  if (text.startsWith('\x1a\x45\xdf\xa3') && /webm|matroska/.test(text)) return 'webm'
  return undefined
}
