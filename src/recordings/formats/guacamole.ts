import type { OpenRecording, RecordingFacts } from './format.ts'
import { plausibleDuration } from './plausible.ts'

/** What a recording can begin with: guacd writes drawing instructions and `sync`, and only those that it was told to. */
const firstInstruction =
  /^(?:4\.size|4\.sync|4\.rect|4\.move|4\.name|3\.img|3\.png|5\.mouse|3\.key|5\.ready|5\.cfill|6\.cursor|4\.blob|3\.end|7\.dispose|4\.copy|5\.shade|4\.args|5\.audio|5\.error|4\.jpeg)[,;]/
/** No wall clock: times are of the recording machine's monotonic clock, in milliseconds. */
const sync = /(?:^|;)4\.sync,\d+\.(\d+)/g

export async function readGuacamole(recording: OpenRecording): Promise<RecordingFacts | undefined> {
  for (const peek of recording.peeks) {
    const head = (await peek.head()).toString('latin1')
    if (!firstInstruction.test(head)) continue
    const first = [...head.matchAll(sync)].at(0)?.[1]
    const tail = (await peek.tail())?.toString('latin1') ?? ''
    const last = [...tail.matchAll(sync)].at(-1)?.[1]
    const size = /(?:^|;)4\.size,1\.0,\d+\.(\d+),\d+\.(\d+);/.exec(head)
    return {
      format: 'guacamole',
      durationSeconds: plausibleDuration(
        first === undefined || last === undefined ? undefined : (Number(last) - Number(first)) / 1000,
      ),
      endMark: 'none',
      details: size === null ? {} : { width: Number(size[1]), height: Number(size[2]) },
      problems: isCut(tail) ? ['the last instruction is cut off'] : [],
    }
  }
  return undefined
}

function isCut(tail: string): boolean {
  return tail !== '' && !tail.trimEnd().endsWith(';')
}
