import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type ChildWords, writeWords } from './child-words.ts'

/** How Node.js is started. */
export interface NodeProgram {
  readonly path: string
  readonly flags: readonly string[]
  /** All of the child's environment: it is given nothing of ours that is not in here. */
  readonly environment: Readonly<Record<string, string>>
}

/** As this program was started, but for what listens or measures in it. */
export function thisNode(environment: Readonly<Record<string, string>>): NodeProgram {
  const flags = process.execArgv.filter(
    (flag) => !/^--(?:inspect|debug|cpu-prof|heap-prof|prof|watch)/.test(flag),
  )
  return { path: process.execPath, flags, environment }
}

export interface Child {
  readonly socket: Socket
  /** Kept when it ended and all it said has come: how, in words. */
  readonly ended: Promise<string>
  hasEnded(): boolean
  /** Returns at once; one that hangs in a call ends when the call does. */
  kill(): void
}

/** Calls that hang take a thread each; what else is asked goes on in the others. */
const threads = '8'
const longestLastWords = 2000

/** In a session of its own: what a terminal tells Redoma (Ctrl-C) is not for it, which is to clean up then. It does not keep this process from ending. */
export function startChild(node: NodeProgram, words: ChildWords): Child {
  const program = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const child = spawn(node.path, [...node.flags, program, ...writeWords(words)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { UV_THREADPOOL_SIZE: threads, ...node.environment },
    cwd: '/',
    detached: true,
  })
  const lastWords = collectLastWords(child)
  const socket = child.stdio[3] as Socket
  socket.on('error', () => undefined) // 'close' follows.
  const { promise: ended, resolve } = Promise.withResolvers<string>()
  let over = false
  const end = (how: string): void => {
    over = true
    resolve(how)
  }
  child.on('error', (error) => {
    end(`could not be started: ${error.message}`)
  })
  child.on('close', (code, signal) => {
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`
    end([how, lastWords()].filter((text) => text !== '').join(': '))
  })
  child.unref()
  return {
    socket,
    ended,
    hasEnded: () => over,
    kill() {
      socket.destroy()
      child.stderr?.destroy()
      child.kill('SIGKILL')
    },
  }
}

/** The end of what it printed, on one line. */
function collectLastWords(child: ChildProcess): () => string {
  let text = ''
  const stderr = child.stderr as Socket | null
  stderr?.setEncoding('latin1')
  stderr?.on('data', (piece: string) => {
    text = (text + piece).slice(-longestLastWords)
  })
  stderr?.on('error', () => undefined)
  stderr?.unref()
  return () => text.replace(/[^\x20-\x7e]+/g, ' ').trim()
}
