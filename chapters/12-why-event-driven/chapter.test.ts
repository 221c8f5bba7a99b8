import { expect } from 'chai'
import { chain } from '../../tests/chains/12.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { withCloud } from '../../tests/cloud.ts'
import { testEvents } from '../../tests/sampleEvents.ts'

describe('Chapter 12 on the local cloud', () => {
  const cloud = withCloud({ chapter: '12' })

  takeSteps(chain, cloud)

  it("stands on the console's map with three ways through the same functions", async () => {
    const page = await (await fetch(`${cloud.cloud.url}/_console/`)).text()
    const token = /name="console-token" content="([^"]+)"/.exec(page)?.[1] ?? ''

    const map = await fetch(`${cloud.cloud.url}/_console/api/maps/12`, { headers: { 'x-console-token': token } })

    const { edges } = (await map.json()) as { edges: { from: string; to: string }[] }
    const ways = edges.map(({ from, to }) => `${from} → ${to}`)
    for (const part of ['BuildThumbnail', 'ExtractMetadata', 'UpdateIndex'])
      expect(ways).to.include(`UploadSynchronously → ${part}`)
    expect(ways).to.include.members([
      ...['UploadAsynchronously → BuildThumbnail', 'BuildThumbnail → ExtractMetadata', 'ExtractMetadata → UpdateIndex'],
      ...['client → Uploads', 'Uploads → BuildThumbnail', 'Uploads → ExtractMetadata', 'UploadMetadata → UpdateIndex'],
    ])
  })

  testEvents(import.meta.dirname, cloud, {
    'buildThumbnail.photo': /^null$/,
    'buildThumbnail.queue': /^TypeError: the event must be \{ "bucket": "…", "key": "…" \}, or one of S3$/,
    'buildThumbnail.text': /^NotAPicture: the file is neither /,
    'estimateConcurrency.scenario': /"sum":250,"limit":1000,"holds":true\}$/,
    'estimateConcurrency.text': /^TypeError: functions\[0\]\.eventsPerSecond must be a number, but is "10"$/,
    'estimateConcurrency.throttled': /"sum":250,"limit":100,"holds":false\}$/,
    'estimateCosts.arm64': /"total":30\.05\}.*"total":350\.3\}\]\}$/,
    'estimateCosts.book': /"total":37\.85\}.*"total":440\.3\}\]\}$/,
    'estimateCosts.prices': /^TypeError: prices must be book or x86_64 or arm64, but is "free"$/,
    'extractMetadata.created': /^null$/,
    'extractMetadata.name': /^TypeError: the key must be <style>\/<name>, but is "photo\.jpg"$/,
    'updateIndex.inserted': /^null$/,
    'updateIndex.queue': /^TypeError: the event must be \{ "bucket": "…", "key": "…" \}, or one of a stream$/,
    'uploadAsynchronously.red': /^\{"key":"asynchronous\/red\.gif"\}$/,
    'uploadAsynchronously.text': /^TypeError: picture must be the picture in base64$/,
    'uploadSynchronously.name': /^TypeError: name must be letters, digits, ".", "-" and "_", but is "\.\.\/red\.gif"$/,
    'uploadSynchronously.outage': /^CalledFunctionFailed: synchronous\/red\.gif: the index is out of order until 2099-/,
    'uploadSynchronously.red':
      /^\{"key":"synchronous\/red\.gif","thumbnail":"thumbnail\/synchronous\/red\.gif","index":"index\/synchronous\.json"\}$/,
  })
})
