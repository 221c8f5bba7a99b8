import { expect } from 'chai'

Object.assign(process.env, { BUCKET: 'local-123456789012-faces', PREFIX: 'tmp/', MAX_AGE: '3600' })
const { expired, timeOf } = await import('./purgeBucketByPrefix.ts')

describe('purgeBucketByPrefix', () => {
  for (const [key, time] of [
    ['tmp/20261121093005-0b8b6c0e-4f0a-4c55-9d3f-0f8f1a0f2f11.jpg', '2026-11-21T09:30:05.000Z'],
    ['tmp/20240229000000-a.jpg', '2024-02-29T00:00:00.000Z'],
    ['tmp/deeper/19991231235959-a', '1999-12-31T23:59:59.000Z'],
    ['20261121093005-a.jpg', '2026-11-21T09:30:05.000Z'],
  ] as const)
    it(`reads ${time} from ${key}`, () => {
      expect(timeOf(key)).to.equal(Date.parse(time))
    })

  for (const key of [
    'tmp/',
    'tmp/notes.txt',
    'tmp/20261121093005.jpg', // no dash
    'tmp/2026112109300-a.jpg', // 13 digits
    'tmp/202611210930055-a.jpg', // 15 digits
    'tmp/x20261121093005-a.jpg',
    'tmp/20261121093005-a/b.jpg', // the name is b.jpg
    'tmp/20261321093005-a.jpg', // month 13
    'tmp/20260229000000-a.jpg', // no leap year
    'tmp/20260230000000-a.jpg',
    'tmp/20261121240000-a.jpg',
    'tmp/20261121236000-a.jpg',
    'tmp/20261121235960-a.jpg',
    'tmp/20260001000000-a.jpg',
    'tmp/٢٠٢٦١١٢١٠٩٣٠٠٥-a.jpg',
  ])
    it(`finds no date in ${key}`, () => {
      expect(timeOf(key)).to.equal(undefined)
    })

  it('takes what is older than 3600 seconds, and not what is just as old', () => {
    const now = Date.parse('2026-11-21T10:00:00.000Z')
    const objects = ['20261121085959', '20261121090000', '20261121090001', '20261121100000', '20271121100000'].map(
      (time) => ({ Key: `tmp/${time}-a.jpg` }),
    )

    expect(expired(objects, now)).to.deep.equal(['tmp/20261121085959-a.jpg'])
    expect(expired(objects, now + 1)).to.deep.equal(['tmp/20261121085959-a.jpg', 'tmp/20261121090000-a.jpg'])
  })
})
