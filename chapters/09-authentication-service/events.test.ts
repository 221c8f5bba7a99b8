import { withCloud } from '../../tests/cloud.ts'
import { testEvents } from '../../tests/sampleEvents.ts'

describe('the sample events of chapter 9', () => {
  testEvents(import.meta.dirname, withCloud({ chapter: '09' }), {
    'createUser.again': /^\{"created":true\}$/,
    'createUser.headers': /^InvalidInput: email must be an e-mail address$/,
    'createUser.john': /^\{"created":true\}$/,
    'createUser.short': /^InvalidInput: password must have at least 8 characters$/,
    'verifyUser.john': /^\{"verified":true\}$/,
    'verifyUser.late': /^\{"verified":false\}$/,
    'verifyUser.missing': /^InvalidInput: verify must be text that is not empty$/,
    'verifyUser.wrong': /^\{"verified":false\}$/,
  })
})
