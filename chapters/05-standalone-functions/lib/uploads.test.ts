import type { S3Event } from 'aws-lambda'
import { expect } from 'chai'
import { NotAPicture } from './picture.ts'
import { decodeKey, forEachUpload, type Upload } from './uploads.ts'

describe('decodeKey', () => {
  for (const [sent, key] of [
    ['images/photo.jpg', 'images/photo.jpg'],
    ['images/Mona+Lisa.jpg', 'images/Mona Lisa.jpg'],
    ['images/1%2B1.jpg', 'images/1+1.jpg'],
    ['images/%C3%BCber+%28neu%29.png', 'images/über (neu).png'],
    ['images/100%25.gif', 'images/100%.gif'],
  ] as const)
    it(`decodes ${sent}`, () => {
      expect(decodeKey(sent)).to.equal(key)
    })
})

describe('forEachUpload', () => {
  const eventOf = (...keys: string[]) =>
    ({
      Records: keys.map((key) => ({
        eventTime: '2026-11-21T10:00:00.000Z',
        s3: { bucket: { name: 'pictures' }, object: { key } },
      })),
    }) as S3Event
  const warned: string[] = []
  const { warn } = console
  beforeEach(() => {
    warned.length = 0
    console.warn = (text: string) => warned.push(text)
  })
  afterEach(() => {
    console.warn = warn
  })

  it('hands over every record, its key decoded', async () => {
    const handled: Upload[] = []

    await forEachUpload(eventOf('images/a+b.jpg', 'images/c.jpg'), 'nothing', async (upload) => {
      handled.push(upload)
    })

    expect(handled).to.deep.equal([
      { bucket: 'pictures', key: 'images/a b.jpg', time: '2026-11-21T10:00:00.000Z' },
      { bucket: 'pictures', key: 'images/c.jpg', time: '2026-11-21T10:00:00.000Z' },
    ])
  })

  it('logs what is no picture, and goes on', async () => {
    const handled: string[] = []

    await forEachUpload(eventOf('a.jpg', 'b.jpg'), 'no thumbnail', async ({ key }) => {
      if (key === 'a.jpg') throw new NotAPicture('the file is empty')
      handled.push(key)
    })

    expect(handled).to.deep.equal(['b.jpg'])
    expect(warned).to.deep.equal(['a.jpg: no thumbnail, as the file is empty'])
  })

  it('throws the first failure, after all were tried', async () => {
    const handled: string[] = []

    const failed = forEachUpload(eventOf('a.jpg', 'b.jpg', 'c.jpg'), 'nothing', async ({ key }) => {
      handled.push(key)
      if (key !== 'b.jpg') throw new Error(`${key} failed`)
    })

    expect(await failed.catch((error: Error) => error.message)).to.equal('a.jpg failed')
    expect(handled).to.deep.equal(['a.jpg', 'b.jpg', 'c.jpg'])
  })
})
