import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'
import { cheap, guest, type Person, usersOf, verifiedUser } from '../../tests/sampleAuth.ts'

const FULL = process.env.TEST_FULL === '1'
const counter = pathToFileURL(`${import.meta.dirname}/../../tests/countHashes.mjs`).href
const counted = (template: string) =>
  template.replace(/( +)SCRYPT_COST: .*\n/, (line, indent) => `${line}${indent}NODE_OPTIONS: --import=${counter}\n`)

const password = 'open sesame'
const KNOWN = 'known@example.com'
/** What is asked with a known address and with one that nobody has. */
const ASKED: [name: string, logicalId: string, event: (email: string) => unknown][] = [
  ['sign-up', 'SampleAuthCreateUser', (email) => ({ email, password, name: 'John' })],
  ['a lost password', 'SampleAuthLostPassword', (email) => ({ email })],
  ['a wrong password', 'SampleAuthLogin', (email) => ({ email, password: 'wrong password' })],
  ['a wrong token of a verification', 'SampleAuthVerifyUser', (email) => ({ email, verify: 'A'.repeat(43) })],
  ['a wrong token of a reset', 'SampleAuthResetPassword', (email) => ({ email, lost: 'A'.repeat(43), password })],
]

describe('An address that somebody has, and one that nobody has', () => {
  const cloud = withCloud({ chapter: '10', change: (template) => counted(cheap(template)) })
  let visitor: Person
  let users: ReturnType<typeof usersOf>
  before(async () => {
    visitor = await guest(cloud)
    users = usersOf(cloud)
    await verifiedUser(cloud, visitor, { email: KNOWN, password })
  })
  after(() => {
    visitor.close()
    users.close()
  })

  /** What a call answers, which hashes it computes, and what it asks of AWS and for which resources. */
  const seenOf = async (logicalId: string, event: unknown) => {
    const [lines, decisions] = [cloud.lines.length, cloud.cloud.decisions.length]
    const answer = await visitor.call(logicalId, event)
    await cloud.settled()
    return {
      answer,
      hashes: cloud.lines.slice(lines).flatMap((line) => /hash: .*/.exec(line)?.[0].trim() ?? []),
      calls: cloud.cloud.decisions
        .slice(decisions)
        .filter(({ decision: { action } }) => !action.startsWith('logs:'))
        .map(({ decision: { action, resource } }) => `${action} ${resource}`),
    }
  }

  for (const [name, logicalId, event] of ASKED)
    it(`${name}: the same answer, hashes and calls`, async () => {
      await seenOf(logicalId, event('warm@example.com')) // the first call of an environment also assumes its role

      const known = await seenOf(logicalId, event(KNOWN))
      const unknown = await seenOf(logicalId, event(`nobody.${logicalId.toLowerCase()}@example.com`))

      expect(known.answer, told(cloud)).to.deep.equal(unknown.answer)
      expect(known.hashes).to.deep.equal(unknown.hashes)
      expect(known.calls).to.deep.equal(unknown.calls)
      expect(known.calls.length).to.be.greaterThan(1)
    })

  it('the work of a login is one PBKDF2 and one scrypt, whoever it is', async () => {
    const expected = ['hash: pbkdf2 rounds=4096', 'hash: scrypt N=16 r=8 p=1']
    await users.set(KNOWN, 'attempts', { strangers: [], devices: [] })
    const hashesOf = async (event: unknown) => (await seenOf('SampleAuthLogin', event)).hashes

    expect(await hashesOf({ email: KNOWN, password })).to.deep.equal(expected)
    expect(await hashesOf({ email: KNOWN, password: 'wrong password' })).to.deep.equal(expected)
    expect(await hashesOf({ email: 'nobody@example.com', password })).to.deep.equal(expected)
    const now = Date.now()
    await users.set(KNOWN, 'attempts', { strangers: [now, now, now, now, now], devices: [] })
    expect(await hashesOf({ email: KNOWN, password }), 'locked').to.deep.equal(expected)
  })

  if (FULL) distributions()

  /** Two samples may differ by this much, in the largest distance of their distributions (Kolmogorov and Smirnov, α = 0.001). */
  function distributions() {
    const CALLS = 200
    const LARGEST = 1.95 * Math.sqrt(2 / CALLS)

    for (const [name, logicalId, event] of ASKED.slice(0, 3))
      it(`${name}: the same distribution of time over ${CALLS} calls each`, async () => {
        const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] }
        const timed = async (email: string) => {
          const from = performance.now()
          await visitor.call(logicalId, event(email))
          return performance.now() - from
        }
        for (let call = 0; call < CALLS; call++) {
          const stranger = `stranger${call}.${logicalId.toLowerCase()}@example.com`
          // Which of them comes first changes: nothing that happens meanwhile hits one of them more.
          for (const side of call % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const))
            times[side].push(await timed(side === 'known' ? KNOWN : stranger))
        }

        const [known, unknown] = [times.known, times.unknown].map((all) => all.toSorted((a, b) => a - b)) as [
          number[],
          number[],
        ]
        const share = (all: number[], most: number) => all.filter((one) => one <= most).length / all.length
        const distance = Math.max(
          ...[...known, ...unknown].map((at) => Math.abs(share(known, at) - share(unknown, at))),
        )
        const median = (all: number[]) => (all[CALLS / 2] ?? 0).toFixed(1)
        console.log(
          `      median ${median(known)} ms known, ${median(unknown)} ms unknown; distance ${distance.toFixed(3)}`,
        )
        expect(distance).to.be.lessThan(LARGEST)
      }).timeout(300_000)
  }
})
