import { withCloud } from '../../tests/cloud.ts'
import { testEvents } from '../../tests/sampleEvents.ts'

const REFUSED = /^\{"login":false,"info":"The address or the password is wrong\. .*"\}$/

describe('the sample events of chapter 10', () => {
  testEvents(import.meta.dirname, withCloud({ chapter: '10' }), {
    'changePassword.john': /^NotSignedIn: log in first$/,
    'changePassword.short': /^InvalidInput: newPassword must have at least 8 characters$/,
    'login.book': /^\{"login":true,"identityId":"us-east-1:[0-9a-f-]{36}","token":"[\w-]+\.[\w-]+\.[\w-]+"\}$/,
    'login.john': /^\{"login":true,"identityId":"us-east-1:[0-9a-f-]{36}","token":"[\w-]+\.[\w-]+\.[\w-]+"\}$/,
    'login.missing': /^InvalidInput: password must be text that is not empty$/,
    'login.nobody': REFUSED,
    'login.unverified': /^\{"login":false,"info":"The address is not verified yet: /,
    'login.wrong': REFUSED,
    'lostPassword.john': /^\{"sent":true\}$/,
    'lostPassword.nobody': /^\{"sent":true\}$/,
    'lostPassword.strange': /^InvalidInput: email must be an e-mail address$/,
    'readUserProfile.john': /^NotSignedIn: log in first$/,
    'readUserProfile.other': /^NotSignedIn: log in first$/,
    'resetPassword.john': /^\{"changed":true\}$/,
    'resetPassword.short': /^InvalidInput: password must have at least 8 characters$/,
    'resetPassword.wrong': /^\{"changed":false\}$/,
  })
})
