import { S3 } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { gifOf } from '../gif.ts'
import type { Chain, Deployed } from './chain.ts'
import { expectError, invoke } from './functions.ts'

const STYLES = ['synchronous', 'asynchronous', 'events'] as const
type Style = (typeof STYLES)[number]

const s3Of = ({ config }: Deployed) => new S3({ ...config, forcePathStyle: true })

/** Uploads a picture in one of the three styles. @returns what the client has for an answer */
export const upload = async (deployed: Deployed, style: Style, name: string, outage?: string): Promise<unknown> => {
  const Body = gifOf(12)
  if (style !== 'events') {
    const event = { name, picture: Body.toString('base64'), outage }
    return (await invoke(deployed, style === 'synchronous' ? 'UploadSynchronously' : 'UploadAsynchronously', event))
      .result
  }
  const Metadata = outage ? { outage } : undefined
  await s3Of(deployed).putObject({ Bucket: deployed.output('UploadsBucket'), Key: `events/${name}`, Body, Metadata })
  return { key: `events/${name}` }
}

/** The entry of an upload in the index of its style; undefined while there is none. */
export const entryOf = async (deployed: Deployed, style: Style, name: string): Promise<object | undefined> => {
  const Bucket = deployed.output('UploadsBucket')
  const file = await s3Of(deployed)
    .getObject({ Bucket, Key: `index/${style}.json` })
    .catch((error: Error) => {
      if (error.name !== 'NoSuchKey') throw error
    })
  const entries = JSON.parse((await file?.Body?.transformToString()) ?? '[]') as { name: string }[]
  return entries.find((entry) => entry.name === name)
}

/** Chapter 12: how many executions run at the same time, what they cost, and one upload in three styles. */
export const chain: Chain = [
  {
    title: "adds up the concurrency of the text's scenario",
    async run(deployed) {
      const functions = [
        { name: 'picturesNearMe', eventsPerSecond: 1000, seconds: 0.2 },
        { name: 'contentUpdated', eventsPerSecond: 10, seconds: 2 },
        { name: 'updateContentIndex', eventsPerSecond: 10, seconds: 3 },
      ]

      const { result } = await invoke(deployed, 'EstimateConcurrency', { functions })

      expect(result).to.deep.include({ sum: 250, limit: 1000, holds: true })
    },
  },
  {
    title: 'reckons the costs of table 12.1',
    async run(deployed) {
      const { result } = await invoke(deployed, 'EstimateCosts', { users: [10_000, 100_000, 1_000_000] })

      const { rows } = result as { rows: { total: number }[] }
      expect(rows.map(({ total }) => total)).to.deep.equal([0, 37.85, 440.3])
    },
  },
  {
    title: 'refuses what is no scenario',
    run: (deployed) => expectError(deployed, 'EstimateConcurrency', {}, { errorType: 'TypeError' }),
  },
  ...STYLES.map((style) => ({
    title: `brings an upload into the index, ${style}`,
    async run(deployed: Deployed) {
      const answer = await upload(deployed, style, 'chain.gif')

      const key = `${style}/chain.gif`
      const whole = { key, thumbnail: `thumbnail/${key}`, index: 'index/synchronous.json' }
      expect(answer).to.deep.equal(style === 'synchronous' ? whole : { key })
      const entry = await deployed.eventually(`${key} in the index`, () => entryOf(deployed, style, 'chain.gif'))
      const picture = { type: 'gif', width: 4, height: 4, bytes: gifOf(12).length }
      expect(entry).to.deep.equal({ style, name: 'chain.gif', thumbnail: `thumbnail/${key}`, ...picture })
      const thumbnail = { Bucket: deployed.output('UploadsBucket'), Key: `thumbnail/${key}` }
      expect((await s3Of(deployed).headObject(thumbnail)).ContentType).to.equal('image/gif')
    },
  })),
  {
    title: 'tells the client of the synchronous style, and no other one, which part does not work',
    async run(deployed) {
      const outage = 'index 2099-01-01T00:00:00.000Z'

      const answers = [
        await upload(deployed, 'synchronous', 'broken.gif', outage),
        await upload(deployed, 'asynchronous', 'broken.gif', outage),
      ]

      expect(answers[0]).to.include({
        errorType: 'CalledFunctionFailed',
        errorMessage: 'synchronous/broken.gif: the index is out of order until 2099-01-01T00:00:00.000Z',
      })
      expect(answers[1]).to.deep.equal({ key: 'asynchronous/broken.gif' })
    },
  },
]
