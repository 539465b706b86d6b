import { type Command, Option } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'

export function defineExportTemplate(group: Command, context: Context): void {
  group
    .command('export-template')
    .description('print a file to fill in, for credential import')
    .addOption(new Option('--format <format>').choices(['csv', 'json']).default('csv'))
    .addHelpText('after', example('redoma credential export-template > credentials.csv'))
    .action((options: { format: 'csv' | 'json' }) => {
      if (options.format === 'json') context.terminal.printJson(jsonTemplate)
      else context.terminal.print(...csvTemplate)
    })
}

const csvTemplate = [
  'title,kind,user,secret,host,port,url,folder,tags,notes,totp',
  'core router,password,admin,change-me,192.0.2.1,22,,network,"core,lisbon",rack 4,',
]

const jsonTemplate = {
  schema: 'redoma-credentials/1',
  credentials: [
    {
      id: 'core-router',
      title: 'core router',
      kind: 'password',
      user: 'admin',
      secret: 'change-me',
      host: '192.0.2.1',
      port: 22,
      folder: 'network',
      tags: ['core', 'lisbon'],
      notes: 'rack 4',
    },
  ],
}
