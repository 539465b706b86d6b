import { setImmediate } from 'node:timers/promises'
import { RedomaError } from '../core/errors.ts'
import type { Terminal } from './terminal.ts'

/**
 * A line typed on the terminal, never echoed, not even as dots: its length is nobody's business.
 * Understands backspace, Ctrl-U (begin anew), Ctrl-C and Ctrl-D.
 *
 * @throws RedomaError `CANCELLED`
 */
export async function readHidden(terminal: Terminal, prompt: string): Promise<string> {
  const { stdin, stderr } = terminal
  terminal.ask(prompt)
  stdin.setRawMode?.(true)
  stdin.resume()
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = ''
      const decoder = new TextDecoder()
      const listen = (chunk: Buffer): void => {
        for (const character of decoder.decode(chunk, { stream: true })) {
          const outcome = press(typed, character)
          if (outcome.kind === 'typing') {
            typed = outcome.typed
            continue
          }
          stdin.off('data', listen)
          if (outcome.kind === 'done') resolve(typed)
          else reject(new RedomaError('CANCELLED', 'interrupted'))
          return
        }
      }
      stdin.on('data', listen)
    })
  } finally {
    stdin.setRawMode?.(false)
    stdin.pause()
    stderr.write('\n')
    // Node stops the terminal a tick after the pause: it would stop whoever reads on before.
    await setImmediate()
  }
}

type Press =
  | { readonly kind: 'typing'; readonly typed: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'interrupted' }

function press(typed: string, key: string): Press {
  switch (key) {
    case '\r':
    case '\n':
      return { kind: 'done' }
    case '\u0003':
      return { kind: 'interrupted' }
    case '\u0004':
      return typed === '' ? { kind: 'interrupted' } : { kind: 'typing', typed }
    case '\u0015':
      return { kind: 'typing', typed: '' }
    case '\u0008':
    case '\u007f':
      return { kind: 'typing', typed: typed.replace(/.$/su, '') }
    default:
      return { kind: 'typing', typed: key < ' ' ? typed : typed + key }
  }
}
