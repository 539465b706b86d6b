import type { Command } from 'commander'
import type { HttpsSettings } from '../../app/https-settings.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { addHttpsOptions, type HttpsOptions, httpsSettingsFrom } from '../https-options.ts'
import { printable } from '../printable.ts'

interface Options extends HttpsOptions {
  readonly off?: true
  readonly json?: true
}

/** Of this machine, and so in no file of `config export`. */
export function defineConfigHttps(group: Command, context: Context): void {
  addHttpsOptions(
    group
      .command('https')
      .description('show or change where the daemon of this machine serves the API by HTTPS')
      .argument('[address:port]', '127.0.0.1:8443 for a proxy of this machine; 0.0.0.0:8443 for everybody'),
  )
    .option('--off', 'nowhere')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `${example(
        'redoma config https 0.0.0.0:8443 --name vault.example.com',
        'redoma config https 127.0.0.1:8443 --name vault.example.com --behind-proxy 127.0.0.1',
      )}
It counts from the next start of the daemon: systemctl restart redoma`,
    )
    .action(async (address: string | undefined, options: Options) => {
      const { services, terminal } = context
      // There is nothing to serve where there is no instance.
      await (await services.openInstance())[Symbol.asyncDispose]()
      const https = await services.https()
      if (options.off === true) await https.write(undefined)
      else if (address !== undefined) await https.write(await httpsSettingsFrom(address, options))
      else if (Object.keys(options).some((name) => name !== 'json'))
        throw new RedomaError('USAGE', 'an address is missing: 127.0.0.1:8443')
      const kept = await https.read()
      if (options.json) terminal.printJson(kept ?? null)
      else terminal.print(...wordsOf(kept))
    })
}

function wordsOf(kept: HttpsSettings | undefined): string[] {
  if (kept === undefined) return ['The API is not served by HTTPS.']
  const { host, port, files, names, proxies } = kept
  return [
    `The API is served by HTTPS at ${host.includes(':') ? `[${host}]` : host}:${port}.`,
    files === undefined
      ? 'Its certificate is its own.'
      : `Its certificate is ${printable(files.certificate)}, the key of it ${printable(files.key)}.`,
    ...(names.length === 0 ? [] : [`It is also called ${names.join(', ')}.`]),
    ...(proxies.length === 0 ? [] : [`X-Forwarded-For is believed of ${proxies.join(', ')}.`]),
  ]
}
