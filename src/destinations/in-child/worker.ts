import { flushCompileCache } from 'node:module'
import { Socket } from 'node:net'
import type { Root } from '../local/folders.ts'
import { folderDestination } from '../local/local-destination.ts'
import { openObject } from '../local/read-object.ts'
import { type Channel, sendOn } from './channel.ts'
import { readWords } from './child-words.ts'
import { explainFailure } from './explain-failure.ts'
import { makeFrameReader } from './frames.ts'
import { holdRoot } from './held-root.ts'
import type { Answer } from './messages.ts'
import { type Server, serve } from './serve.ts'

/* The child process: does the file work in one folder. It hears and speaks on descriptor 3, and ends when nobody is there any more. */

const { expected, startedMs } = readWords(process.argv.slice(2))
const clock = { now: () => new Date(startedMs + performance.now()) }
const held = holdRoot(expected)
held.catch(() => undefined) // Whoever asks for something hears of it.
const touched = new Set<string>()
let over = false

async function rootNow(): Promise<Root> {
  try {
    return await (await held).prove()
  } catch (error) {
    over = true
    throw error
  }
}

const channel: Channel<Answer> = { send: (answer, payload) => sendOn(socket, answer, payload) }
const server: Server = serve(
  {
    destination: folderDestination(rootNow, clock, {
      touched,
      onSynced: () => {
        server.onSynced()
      },
    }),
    open: async (name, range) => openObject(await rootNow(), name, range),
    isOver: () => over,
    explain: (error) => explainFailure(error, rootNow),
    addUnflushed(names) {
      for (const name of names) touched.add(name)
    },
  },
  channel,
)
const reader = makeFrameReader(server)
const socket = new Socket({
  fd: 3,
  readable: true,
  writable: true,
  // Straight to where it belongs: no memory for each read, no copy.
  onread: {
    buffer: () => reader.room(),
    callback: (bytes) => {
      reader.filled(bytes)
      return true
    },
  },
})

socket.on('error', () => undefined) // 'close' follows.
socket.on('end', leave)
socket.on('close', leave)
void channel.send({ answer: 'alive', id: 0 })
flushCompileCache() // Who is killed leaves none.

/** An ordinary exit waits for calls that are under way, which may hang. */
function leave(): void {
  if (server.isIdle()) process.exit()
  process.kill(process.pid, 'SIGKILL')
}
