import { expect } from 'chai'
import { storeUpload } from './storeUpload.ts'

describe('storeUpload', () => {
  const picture = 'R0lGODlh'

  for (const [field, event, message] of [
    ['no event', null, 'the event must be an object, but is null'],
    ['no name', { picture }, 'name must be letters, digits, ".", "-" and "_", but is missing'],
    ['a path', { name: 'a/b', picture }, 'name must be letters, digits, ".", "-" and "_", but is "a/b"'],
    ['the folder above', { name: '..', picture }, 'name must be letters, digits, ".", "-" and "_", but is ".."'],
    ['a long name', { name: 'a'.repeat(101), picture }, 'name must be letters'],
    ['no picture', { name: 'a' }, 'picture must be the picture in base64'],
    ['an empty picture', { name: 'a', picture: '' }, 'picture must be the picture in base64'],
    ['another text', { name: 'a', picture: 'not base64!' }, 'picture must be the picture in base64'],
    [
      'a large picture',
      { name: 'a', picture: 'A'.repeat(4_000_004) },
      'picture must have 4000000 characters at most, but has 4000004',
    ],
    ['another outage', { name: 'a', picture, outage: 'all of it' }, 'outage must be a part and a time'],
  ] as const)
    it(`refuses ${field} before anything is stored`, async () => {
      const failure = await storeUpload('synchronous', 'uploads', event).then(
        () => undefined,
        (error: Error) => error,
      )

      expect(failure).to.be.instanceOf(field === 'a large picture' ? RangeError : TypeError)
      expect(failure?.message).to.contain(message)
    })
})
