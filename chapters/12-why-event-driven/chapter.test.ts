import { chain } from '../../tests/chains/12.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { withCloud } from '../../tests/cloud.ts'
import { testEvents } from '../../tests/sampleEvents.ts'

describe('Chapter 12 on the local cloud', () => {
  const cloud = withCloud({ chapter: '12' })

  takeSteps(chain, cloud)

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
