import type { Model, Sequence } from './draw.ts'

/** The interaction model: which page calls which function, and what that one needs. */
export const model: Model = {
  title: 'Pages, functions, and what they use',
  columns: [
    ['signUp.html', 'verify.html', 'lostPassword.html', 'resetPassword.html', 'login.html', 'changePassword.html'],
    ['createUser', 'verifyUser', 'lostPassword', 'resetPassword', 'login', 'changePassword'],
    ['SES: mails', 'Users: table', 'Cognito: identities'],
  ],
  calls: [
    ['signUp.html', 'createUser'],
    ['verify.html', 'verifyUser'],
    ['lostPassword.html', 'lostPassword'],
    ['resetPassword.html', 'resetPassword'],
    ['login.html', 'login'],
    ['changePassword.html', 'login', 'first'],
    ['changePassword.html', 'changePassword', 'as the authenticated role only'],
    ['createUser', 'SES: mails'],
    ['createUser', 'Users: table'],
    ['verifyUser', 'Users: table'],
    ['lostPassword', 'SES: mails'],
    ['lostPassword', 'Users: table'],
    ['resetPassword', 'Users: table'],
    ['login', 'Users: table'],
    ['login', 'Cognito: identities'],
    ['changePassword', 'Users: table'],
  ],
}

/** The flow of each use case, by the name of its file. */
export const flows: Record<string, Sequence> = {
  signUp: {
    title: 'Sign up',
    actors: ['browser', 'createUser', 'Users', 'SES'],
    steps: [
      { from: 'browser', to: 'createUser', text: 'email, name, password' },
      { from: 'createUser', text: ['new salt, hash;', 'a random token'] },
      { from: 'createUser', to: 'Users', text: ['put, if the address', 'is not there yet'] },
      { from: 'createUser', to: 'SES', text: 'mail with a link: email, token' },
      { from: 'createUser', to: 'browser', text: 'created', answer: true },
      { from: 'SES', to: 'browser', text: 'the mail: only the owner of the address gets it', answer: true },
    ],
  },
  verify: {
    title: 'Verify the address',
    actors: ['browser', 'verifyUser', 'Users'],
    steps: [
      { from: 'browser', text: ['the mail’s link opens', 'verify.html'] },
      { from: 'browser', to: 'verifyUser', text: 'email, token' },
      { from: 'verifyUser', to: 'Users', text: 'get the user' },
      { from: 'verifyUser', text: ['the same token,', 'not too old?'] },
      { from: 'verifyUser', to: 'Users', text: ['verified; the token', 'is removed'] },
      { from: 'verifyUser', to: 'browser', text: 'verified', answer: true },
    ],
  },
  login: {
    title: 'Log in',
    actors: ['browser', 'login', 'Users', 'Cognito', 'any service'],
    steps: [
      { from: 'browser', to: 'login', text: 'email, password' },
      { from: 'login', to: 'Users', text: 'get the user' },
      { from: 'login', text: ['hash(password, salt)', '= hash? verified?'] },
      { from: 'login', to: 'Cognito', text: 'GetOpenIdTokenForDeveloperIdentity' },
      { from: 'Cognito', to: 'login', text: 'identity id, token', answer: true },
      { from: 'login', to: 'browser', text: 'identity id, token', answer: true },
      { from: 'browser', to: 'Cognito', text: 'GetCredentialsForIdentity: identity id, token' },
      { from: 'Cognito', to: 'browser', text: 'credentials of the authenticated role', answer: true },
      { from: 'browser', to: 'any service', text: 'calls, signed with them' },
    ],
  },
  lostPassword: {
    title: 'Lost password',
    actors: ['browser', 'lostPassword', 'Users', 'SES'],
    steps: [
      { from: 'browser', to: 'lostPassword', text: 'email' },
      { from: 'lostPassword', text: 'a random token' },
      { from: 'lostPassword', to: 'Users', text: ['the token, if', 'the user is there'] },
      { from: 'lostPassword', to: 'SES', text: 'mail with a link: email, token' },
      { from: 'lostPassword', to: 'browser', text: 'sent', answer: true },
      { from: 'SES', to: 'browser', text: 'the mail: only the owner of the address gets it', answer: true },
    ],
  },
  resetPassword: {
    title: 'Reset the password',
    actors: ['browser', 'resetPassword', 'Users'],
    steps: [
      { from: 'browser', text: ['the mail’s link opens', 'resetPassword.html'] },
      { from: 'browser', to: 'resetPassword', text: ['email, token,', 'new password'] },
      { from: 'resetPassword', to: 'Users', text: 'get the user' },
      { from: 'resetPassword', text: ['the same token,', 'not too old?'] },
      { from: 'resetPassword', to: 'Users', text: ['new hash; the token', 'is removed'] },
      { from: 'resetPassword', to: 'browser', text: 'changed', answer: true },
    ],
  },
  changePassword: {
    title: 'Change the password',
    actors: ['browser', 'login', 'Cognito', 'changePassword', 'Users'],
    steps: [
      { from: 'browser', to: 'login', text: 'email, old password' },
      { from: 'login', to: 'browser', text: 'identity id, token', answer: true },
      { from: 'browser', to: 'Cognito', text: 'GetCredentialsForIdentity' },
      { from: 'Cognito', to: 'browser', text: 'credentials of the authenticated role', answer: true },
      { from: 'browser', to: 'changePassword', text: 'email, old and new password: a guest’s credentials do not do' },
      { from: 'changePassword', to: 'Users', text: 'get the user' },
      { from: 'changePassword', text: ['hash(old password, salt)', '= hash?'] },
      { from: 'changePassword', to: 'Users', text: 'new salt and hash' },
      { from: 'changePassword', to: 'browser', text: 'changed', answer: true },
    ],
  },
}
