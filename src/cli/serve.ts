import type { Command } from 'commander'
import { RedomaError } from '../core/errors.ts'
import type { Context } from './context.ts'
import { example } from './help.ts'
import type { ServeRequest } from './services.ts'

/** Defines `redoma serve`. */
export function defineServe(command: Command, context: Context): void {
  command
    .option('--listen <address:port>', 'serve /metrics, /healthz and /readyz there: 127.0.0.1:9477')
    .addHelpText(
      'after',
      `${example('redoma serve', 'redoma serve --listen 127.0.0.1:9477')}
It runs until it is stopped (Ctrl-C, SIGTERM), and what is under way ends at the next point where nothing is lost.
As a service of the system: redoma install`,
    )
    .action(async (options: { listen?: string }) => {
      const { terminal, services, signal } = context
      const listen = options.listen === undefined ? undefined : parseAddress(options.listen)
      await services.serve(
        {
          listen,
          onReady(addresses) {
            terminal.note(`Serving, at ${addresses.join(' and ')}. Ctrl-C ends it.`)
          },
        },
        signal,
      )
    })
}

/** @throws RedomaError `USAGE` */
function parseAddress(text: string): NonNullable<ServeRequest['listen']> {
  const [, bare, bracketed, digits] = /^(?:([^:[\]]+)|\[([^[\]]+)\]):(\d{1,5})$/.exec(text) ?? []
  const host = bare ?? bracketed
  const port = Number(digits)
  if (host !== undefined && port <= 65_535) return { host, port }
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is not an address and a port`, {
    hint: 'They look like 127.0.0.1:9477, or [::1]:9477.',
  })
}
