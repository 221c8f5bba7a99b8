import { withCloud } from '../../tests/cloud.ts'
import { testEvents } from '../../tests/sampleEvents.ts'

describe('the sample events of chapter 11', () => {
  testEvents(import.meta.dirname, withCloud({ chapter: '11' }), {
    'contentUpdated.photo': /^null$/,
    'contentUpdated.queue': /^TypeError: the event must be one of S3: /,
    'contentUpdated.removed': /^null$/,
    'contentUpdated.text': /^null$/,
    'setVisibility.private': /^NotSignedIn: log in first$/,
    'setVisibility.thumbnail': /^NotSignedIn: log in first$/,
    'updateContentIndex.inserted': /^null$/,
    'updateContentIndex.queue': /^TypeError: the event must be one of a stream: /,
  })
})
