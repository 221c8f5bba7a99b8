import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type MovableClock, movableClock } from '../base/clock.ts'
import { randomIds } from '../base/ids.ts'
import { openState, type State } from '../base/state.ts'
import { createSessions, localUser } from './sessions.ts'
import type { Caller } from './types.ts'

const ACCOUNT = '123456789012'
const HOUR = 3_600_000
const caller: Caller & { kind: 'role' } = {
  kind: 'role',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/one`,
  account: ACCOUNT,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/worker`,
  userId: 'AROAEXAMPLEEXAMPLEEX1:one',
  sessionPolicies: [
    { name: 'session policy', kind: 'session', policy: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } },
  ],
  keys: { 'aws:PrincipalTag/team': 'red', 'aws:TagKeys': ['a', 'b'] },
}

describe('sessions', () => {
  let folder: string
  let state: State
  let clock: MovableClock
  const open = () => createSessions(state, clock, randomIds(), ACCOUNT)

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sessions-'))
    state = openState(folder)
    clock = movableClock()
  })
  afterEach(() => {
    state.close()
    rmSync(folder, { recursive: true })
  })

  it('knows the long-term key local', () => {
    const session = open().find('local')

    expect(session).to.deep.equal({
      secretAccessKey: 'local',
      caller: {
        kind: 'user',
        arn: 'arn:aws:iam::123456789012:user/local',
        account: '123456789012',
        userId: 'AIDAEXAMPLELOCALADMIN',
        accessKeyId: 'local',
      },
    })
  })

  it('begins a session with credentials of the form of AWS', () => {
    const sessions = open()
    const before = clock.now()

    const { accessKeyId, secretAccessKey, sessionToken, expiration } = sessions.begin(caller, 900)

    expect(accessKeyId).to.match(/^ASIA[A-Z2-7]{16}$/)
    expect(secretAccessKey).to.match(/^[A-Za-z0-9_-]{40}$/)
    expect(sessionToken).to.have.length(256)
    expect(expiration - before).to.be.within(900_000, 900_500)
    expect(sessions.find(accessKeyId)).to.deep.equal({
      secretAccessKey,
      sessionToken,
      expiration,
      caller: {
        ...caller,
        accessKeyId,
        keys: {
          ...caller.keys,
          'aws:TokenIssueTime': new Date(expiration - 900_000).toISOString().replace(/\.\d+/, ''),
          'aws:MultiFactorAuthPresent': 'false',
        },
      },
    })
  })

  it('gives every session credentials of its own', () => {
    const sessions = open()

    const [a, b] = [sessions.begin(caller, 900), sessions.begin(caller, 900)]

    expect(a.accessKeyId).not.to.equal(b.accessKeyId)
    expect(a.secretAccessKey).not.to.equal(b.secretAccessKey)
    expect(a.sessionToken).not.to.equal(b.sessionToken)
  })

  it('knows nothing of other keys', () => {
    expect(open().find('ASIAIOSFODNN7EXAMPLE')).to.equal(undefined)
    expect(open().find('')).to.equal(undefined)
    expect(open().find('__proto__')).to.equal(undefined)
  })

  it('keeps sessions over a restart', () => {
    const before = open()
    const { accessKeyId } = before.begin(caller, 900)
    const known = before.find(accessKeyId)
    state.close()
    state = openState(folder)

    const found = open().find(accessKeyId)

    expect(found).not.to.equal(undefined)
    expect(found).to.deep.equal(known)
  })

  it('gives the same caller each time, so that its policies are compiled once', () => {
    const sessions = open()
    const { accessKeyId } = sessions.begin(caller, 900)

    expect(sessions.find(accessKeyId)?.caller).to.equal(sessions.find(accessKeyId)?.caller)
  })

  it('has a thousand of them at hand, and reads the others again', () => {
    const sessions = open()
    const keys = Array.from({ length: 1001 }, () => sessions.begin(caller, 900).accessKeyId)
    const [first] = keys.map((key) => sessions.find(key))

    const again = sessions.find(keys[0] ?? '')

    expect(again).to.deep.equal(first)
    expect(again === first).to.equal(false)
    expect(sessions.find(keys[1000] ?? '')).to.equal(sessions.find(keys[1000] ?? ''))
  })

  it('begins a session of a user, who keeps the name', () => {
    const sessions = open()
    const { accessKeyId } = sessions.begin(
      { ...localUser(ACCOUNT), keys: { 'aws:MultiFactorAuthPresent': 'true' } },
      900,
    )

    const { caller: found, sessionToken } = sessions.find(accessKeyId) ?? {}

    expect(sessionToken).to.have.length(256)
    expect(found).to.deep.include({ kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/local`, accessKeyId })
    expect((found as { keys: object }).keys).to.have.all.keys('aws:TokenIssueTime', 'aws:MultiFactorAuthPresent')
  })

  it('knows an expired session for half a day, then sweeps it', () => {
    const sessions = open()
    const { accessKeyId } = sessions.begin(caller, 3600)
    sessions.find(accessKeyId)

    clock.advance(2 * HOUR)
    sessions.begin(caller, 3600)
    expect(sessions.find(accessKeyId)?.expiration).to.be.below(clock.now())

    clock.advance(12 * HOUR)
    const later = sessions.begin(caller, 3600)
    expect(sessions.find(accessKeyId)).to.equal(undefined)
    expect(sessions.find(later.accessKeyId)).not.to.equal(undefined)
  })
})
