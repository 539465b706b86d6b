import { createReadStream } from 'node:fs'
import { collectBytes } from '../core/bytes.ts'
import { messageOf, RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { readHidden } from './read-hidden.ts'
import { readLine } from './read-line.ts'
import type { Terminal } from './terminal.ts'

const secretLimitBytes = 1024 * 1024

export interface SecretRequest {
  /** What is asked for: `Master password`. */
  readonly prompt: string
  /** A file that holds it; `-` is standard input, to its end. */
  readonly file?: string | undefined
  /** Ask twice, as nobody sees what is typed. */
  readonly twice?: boolean
}

/**
 * A secret, from the file that was named, else typed without echo, else (no terminal) the next line of standard input.
 * One line break at the end is not part of it.
 *
 * @throws RedomaError `USAGE` when there is nowhere to get it from
 */
export async function askSecret(terminal: Terminal, request: SecretRequest): Promise<Secret> {
  if (request.file !== undefined) return readSecretFile(terminal, request.file)
  const secret = new Secret(await typedOrPiped(terminal, request.prompt))
  if (secret.byteLength === 0) {
    throw new RedomaError('USAGE', `${request.prompt.toLowerCase()}: nothing was given`, {
      hint: 'Type it, name a file that holds it, or give it on standard input.',
    })
  }
  if (request.twice === true && terminal.interactive) {
    const again = new Secret(await readHidden(terminal, `${request.prompt}, again: `))
    if (!again.equals(secret)) throw new RedomaError('USAGE', 'the two are not the same')
  }
  return secret
}

/**
 * Whether to go on. `yes` answers in advance.
 *
 * @throws RedomaError `USAGE` when nobody is there to ask
 */
export async function confirm(terminal: Terminal, question: string, yes: boolean): Promise<boolean> {
  if (yes) return true
  if (!terminal.interactive) {
    throw new RedomaError('USAGE', `this wants to be confirmed: ${question}`, {
      hint: 'Add --yes to confirm.',
    })
  }
  terminal.ask(`${question} [y/N] `)
  const answer = await readLine(terminal.stdin)
  return /^y(es)?$/i.test((answer ?? '').trim())
}

async function readSecretFile(terminal: Terminal, file: string): Promise<Secret> {
  try {
    const bytes = await collectBytes(file === '-' ? terminal.stdin : createReadStream(file), secretLimitBytes)
    return new Secret(new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, ''))
  } catch (error) {
    throw new RedomaError('USAGE', `cannot read the secret from ${file === '-' ? 'standard input' : file}`, {
      cause: new Error(messageOf(error)),
    })
  }
}

async function typedOrPiped(terminal: Terminal, prompt: string): Promise<string> {
  if (terminal.interactive) return readHidden(terminal, `${prompt}: `)
  return (await readLine(terminal.stdin)) ?? ''
}
