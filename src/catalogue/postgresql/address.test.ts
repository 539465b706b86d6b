import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { parseAddress } from './address.ts'

const parsed = (text: string) => parseAddress(new Secret(text))

describe('the address of a PostgreSQL', () => {
  test('names server, user and database, with any character in them', () => {
    const address = parsed('postgres://redoma:p%40ss%3A%2F%25@db.example.com:5433/the%20vault')

    expect(address).toMatchObject({
      host: 'db.example.com',
      port: 5433,
      user: 'redoma',
      database: 'the vault',
    })
    expect(address.password.reveal()).toBe('p@ss:/%')
    expect(inspect(address)).not.toContain('p@ss')
  })

  test.each([
    ['postgresql://u@localhost/d', 'localhost', 5432],
    ['postgres://u@[2001:db8::1]:6000/d', '2001:db8::1', 6000],
    ['postgres://u@/d', '/var/run/postgresql', 5432],
    ['postgres://u@/d?host=/run/pg', '/run/pg', 5432],
    ['postgres://u@%2Frun%2Fpg/d', '/run/pg', 5432],
  ])('is understood as libpq does: %s', (text, host, port) => {
    expect(parsed(text)).toMatchObject({ host, port })
  })

  test('verifies the server unless it is on this machine, or it is said otherwise', () => {
    expect(parsed('postgres://u@db.example.com/d').tls).toMatchObject({ rejectUnauthorized: true })
    expect(parsed('postgres://u@db.example.com/d?sslmode=verify-full').tls).toMatchObject({
      rejectUnauthorized: true,
    })
    expect(parsed('postgres://u@db.example.com/d?sslmode=require').tls).toMatchObject({
      rejectUnauthorized: false,
    })
    expect(parsed('postgres://u@127.0.0.1/d').tls).toBe(false)
    expect(parsed('postgres://u@/d').tls).toBe(false)
    expect(parsed('postgres://u@127.0.0.1/d?sslmode=verify-full').tls).toMatchObject({
      rejectUnauthorized: true,
    })
  })

  test.each([
    ['mysql://u:hunter2@h/d', 'of the form'],
    ['hunter2', 'of the form'],
    ['postgres://:hunter2@h/d', 'a user and a database'],
    ['postgres://u:hunter2@h', 'a user and a database'],
    ['postgres://u:hunter2@h/d?sslmode=prefer', 'not prefer'],
    ['postgres://u:hunter2@h/d?sslmod=verify-full', 'sslmod,'],
    ['postgres://u:hunter2@h/d?sslrootcert=/nowhere', 'sslrootcert cannot be read'],
    ['postgres://u:%zzhunter2@h/d', 'of the form'],
  ])('is refused without its password being shown: %s', (text, why) => {
    let thrown: unknown
    try {
      parsed(text)
    } catch (error) {
      thrown = error
    }

    expect(thrown).toMatchObject({ code: 'USAGE', message: expect.stringContaining(why) as string })
    expect(inspect(thrown)).not.toContain('hunter2')
  })
})
