import type { Command } from 'commander'
import { RedomaError } from '../core/errors.ts'
import type { Context } from './context.ts'
import { example } from './help.ts'
import { addHttpsOptions, type HttpsOptions, httpsSettingsFrom, parseAddress } from './https-options.ts'
import type { ServeRequest } from './services.ts'

interface ServeOptions extends HttpsOptions {
  readonly listen?: string
  /** `false` for `--no-https`. */
  readonly https?: string | false
}

/** Defines `redoma serve`. */
export function defineServe(command: Command, context: Context): void {
  addHttpsOptions(
    command
      .option('--listen <address:port>', 'serve /metrics, /healthz and /readyz there: 127.0.0.1:9477')
      .option(
        '--https <address:port>',
        'serve the API there by HTTPS: 0.0.0.0:8443; as redoma config https keeps it',
      )
      .option('--no-https', 'do not, whatever is kept'),
  )
    .addHelpText(
      'after',
      `${example('redoma serve', 'redoma serve --listen 127.0.0.1:9477 --https 127.0.0.1:8443')}
It runs until it is stopped (Ctrl-C, SIGTERM), and what is under way ends at the next point where nothing is lost.
As a service of the system: redoma install`,
    )
    .action(async (options: ServeOptions) => {
      const { terminal, services, signal } = context
      await services.serve(
        {
          listen: options.listen === undefined ? undefined : parseAddress(options.listen),
          https: await httpsOf(options),
          isAtTerminal: terminal.live,
          onReady(addresses, notes) {
            terminal.note(`Serving, at ${addresses.join(' and ')}. Ctrl-C ends it.`, ...notes)
          },
        },
        signal,
      )
    })
}

/** @throws RedomaError `USAGE` */
async function httpsOf({ https, ...more }: ServeOptions): Promise<ServeRequest['https']> {
  if (typeof https === 'string') return httpsSettingsFrom(https, more)
  const { certificate, key, name, behindProxy } = more
  if ([certificate, key, name, behindProxy].some((given) => given !== undefined))
    throw new RedomaError('USAGE', '--certificate, --key, --name and --behind-proxy go with --https')
  return https === false ? false : undefined
}
