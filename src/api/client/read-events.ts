import { messageOf, RedomaError } from '../../core/errors.ts'
import { notUnderstood } from './ask-by-socket.ts'

export interface StreamedEvent {
  readonly event: string
  readonly data: unknown
}

const longest = 16 * 1024 * 1024

/**
 * Server-sent events, each with JSON in it, as the daemon writes them. Comments are passed over.
 *
 * @throws RedomaError `DAEMON_FAILED`, `LIMIT_EXCEEDED`
 */
export async function* readEvents(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<StreamedEvent> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of broken(pieces)) {
    text += decoder.decode(piece, { stream: true })
    if (text.length > longest) throw new RedomaError('LIMIT_EXCEEDED', 'an event of the daemon has no end')
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parseEvent(text.slice(0, end))
      text = text.slice(end + 2)
      if (event !== undefined) yield event
    }
  }
}

async function* broken(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces
  } catch (error) {
    throw new RedomaError('DAEMON_FAILED', `the daemon broke off: ${messageOf(error)}`, { cause: error })
  }
}

function parseEvent(text: string): StreamedEvent | undefined {
  const lines = text.split('\n')
  const valueOf = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2))
  const [event] = valueOf('event')
  if (event === undefined) return undefined
  try {
    return { event, data: JSON.parse(valueOf('data').join('\n')) as unknown }
  } catch (error) {
    throw notUnderstood(error)
  }
}
