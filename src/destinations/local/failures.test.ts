import { expect, test } from 'vitest'
import { destinationFailure, readingFailure } from './failures.ts'

test.each(['EAGAIN', 'EHOSTDOWN', 'ECONNREFUSED', 'ENETUNREACH', 'EPIPE', 'ESTALE'])(
  '%s of a share is a server out of reach, which may pass, and no disk that fails',
  (code) => {
    const error = Object.assign(new Error(`${code}: of the system`), { code })
    for (const failure of [destinationFailure('writing a', error), readingFailure('reading a', error)])
      expect(failure).toMatchObject({ code: 'DESTINATION_UNREACHABLE', cause: error })
  },
)
