import { CloudWatchLogsClient, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { DAY, MISSING_GROUP, MISSING_STREAM, stepsOf, textsOf, type Where } from './fixture.ts'

describe('CloudWatch Logs: writing and reading events', () => {
  const cloud = withCloud()
  let logs: CloudWatchLogsClient
  before(() => {
    logs = new CloudWatchLogsClient(cloud.config())
  })
  after(() => logs.destroy())

  const { newGroup, newStream, put, get } = stepsOf(() => logs)

  describe('PutLogEvents', () => {
    let where: Where
    beforeEach(async () => {
      where = await newStream(await newGroup(), 'stream')
    })

    it('leaves out what is too old or too new, and says where', async () => {
      const now = cloud.clock.now()

      const old = await put(where, [
        [now - 14 * DAY - 5000, 'too old'],
        [now - 14 * DAY + 60_000, 'just right'],
      ])
      const future = await put(where, [
        [now, 'now'],
        [now + 2 * 3_600_000 + 60_000, 'too new'],
      ])

      expect(old.rejectedLogEventsInfo).to.deep.equal({ tooOldLogEventEndIndex: 1 })
      expect(future.rejectedLogEventsInfo).to.deep.equal({ tooNewLogEventStartIndex: 1 })
      expect(textsOf((await get({ ...where, startFromHead: true })).events)).to.deep.equal(['just right', 'now'])
    })

    it('leaves out what the retention has passed', async () => {
      const now = cloud.clock.now()
      await logs.send(new PutRetentionPolicyCommand({ logGroupName: where.logGroupName, retentionInDays: 1 }))

      const { rejectedLogEventsInfo } = await put(where, [
        [now - DAY - 5000, 'expired'],
        [now - DAY + 60_000, 'kept'],
      ])

      expect(rejectedLogEventsInfo).to.deep.equal({ expiredLogEventEndIndex: 1 })
    })

    it('takes 10,000 events, and 1 MB, at once', async () => {
      const now = cloud.clock.now()
      const many = Array.from({ length: 10_000 }, (_, n): [number, string] => [now, `${n}`])

      await put(where, many)
      await put(where, [[now, 'x'.repeat(1_048_576 - 26)]])
      const first = await get({ ...where, startFromHead: true })

      expect(textsOf(first.events)).to.deep.equal(many.map(([, text]) => text))
    })

    it('refuses more, larger, out of order, longer than a day, empty', async () => {
      const now = cloud.clock.now()
      const many = Array.from({ length: 10_001 }, (): [number, string] => [now, 'x'])
      const refused = async (events: [number, string][]) => {
        const { name, status, message } = await refusalOf(put(where, events))
        expect({ name, status }).to.deep.equal({ name: 'InvalidParameterException', status: 400 })
        return message
      }

      expect(await refused(many)).to.match(/at 'logEvents' failed .* length less than or equal to 10000$/)
      expect(await refused([[now, 'x'.repeat(1_048_577 - 26)]])).to.equal(
        'Log event too large: 1048577 bytes exceeds limit of 1048576',
      )
      expect(
        await refused([
          [now, 'x'.repeat(600_000)],
          [now, 'x'.repeat(600_000)],
        ]),
      ).to.equal('Upload too large: 1200052 bytes exceeds limit of 1048576')
      expect(
        await refused([
          [now, 'b'],
          [now - 1, 'a'],
        ]),
      ).to.equal('Log events in a single PutLogEvents request must be in chronological order.')
      expect(
        await refused([
          [now - DAY - 1, 'a'],
          [now, 'b'],
        ]),
      ).to.equal('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
      expect(await refused([[now, '']])).to.match(
        /at 'logEvents.1.member.message' failed .* greater than or equal to 1$/,
      )
      expect(await refused([])).to.match(/at 'logEvents' failed .* length greater than or equal to 1$/)
      expect((await get(where)).events).to.deep.equal([])
    })

    it('refuses a group or stream that is not there', async () => {
      const events: [number, string][] = [[cloud.clock.now(), 'x']]

      expect(await refusalOf(put({ logGroupName: '/nobody', logStreamName: 's' }, events))).to.deep.equal(MISSING_GROUP)
      expect(await refusalOf(put({ ...where, logStreamName: 'nobody' }, events))).to.deep.equal(MISSING_STREAM)
    })
  })

  describe('GetLogEvents', () => {
    let where: Where
    let now: number
    beforeEach(async () => {
      now = cloud.clock.now()
      where = await newStream(await newGroup(), 'stream')
      await put(
        where,
        ['a', 'b', 'c', 'd', 'e'].map((text, n) => [now - 1000 + n, text]),
      )
    })

    it('reads from the head, and gives the same token at the end until more comes', async () => {
      const first = await get({ ...where, startFromHead: true, limit: 3 })
      const second = await get({ ...where, startFromHead: true, limit: 3, nextToken: first.nextForwardToken })
      const end = await get({ ...where, startFromHead: true, nextToken: second.nextForwardToken })
      await put(where, [[now, 'f']])
      const more = await get({ ...where, startFromHead: true, nextToken: end.nextForwardToken })

      expect(textsOf(first.events)).to.deep.equal(['a', 'b', 'c'])
      expect(textsOf(second.events)).to.deep.equal(['d', 'e'])
      expect(end.events).to.deep.equal([])
      expect(end.nextForwardToken).to.equal(second.nextForwardToken)
      expect(textsOf(more.events)).to.deep.equal(['f'])
    })

    it('reads the latest first when not told otherwise, in chronological order, and backward from there', async () => {
      const last = await get({ ...where, limit: 2 })
      const before = await get({ ...where, limit: 2, nextToken: last.nextBackwardToken })
      const first = await get({ ...where, limit: 2, nextToken: before.nextBackwardToken })
      const none = await get({ ...where, limit: 2, nextToken: first.nextBackwardToken })

      expect([last, before, first, none].map(({ events }) => textsOf(events))).to.deep.equal([
        ['d', 'e'],
        ['b', 'c'],
        ['a'],
        [],
      ])
      expect(none.nextBackwardToken).to.equal(first.nextBackwardToken)
    })

    it('turns round at an end without losing or repeating an event', async () => {
      const all = await get({ ...where, startFromHead: true })
      const end = await get({ ...where, nextToken: all.nextForwardToken })
      const back = await get({ ...where, limit: 2, nextToken: end.nextBackwardToken })
      const forth = await get({ ...where, nextToken: back.nextForwardToken })

      expect(textsOf(back.events)).to.deep.equal(['d', 'e'])
      expect(textsOf(forth.events)).to.deep.equal([])
    })

    it('keeps to a range of time, the end excluded', async () => {
      const { events } = await get({ ...where, startTime: now - 999, endTime: now - 997, startFromHead: true })

      expect(textsOf(events)).to.deep.equal(['b', 'c'])
    })

    it('gives a token for an empty stream that finds what comes later', async () => {
      const empty = await newStream(where.logGroupName, 'empty')

      const none = await get(empty)
      await put(empty, [[now, 'first']])
      const some = await get({ ...empty, nextToken: none.nextForwardToken })

      expect(textsOf(some.events)).to.deep.equal(['first'])
    })

    it('gives 1 MB at most at once', async () => {
      for (let n = 0; n < 4; n++) await put(where, [[now + n, 'x'.repeat(400_000)]])

      const first = await get({ ...where, startFromHead: true })
      const second = await get({ ...where, startFromHead: true, nextToken: first.nextForwardToken })

      expect(first.events).to.have.length(7)
      expect(second.events).to.have.length(2)
    })

    it('takes the ARN of the group, and refuses both names at once and none', async () => {
      const { logStreamName, logGroupName } = where
      const logGroupIdentifier = `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`

      expect((await get({ logStreamName, logGroupIdentifier })).events).to.have.length(5)
      expect(await refusalOf(get({ ...where, logGroupIdentifier }))).to.include({ name: 'InvalidParameterException' })
      expect(await refusalOf(get({ logStreamName }))).to.include({ name: 'InvalidParameterException' })
    })

    it('refuses another token, and a limit of 10,001', async () => {
      expect(await refusalOf(get({ ...where, nextToken: 'f/1/s' }))).to.include({
        name: 'InvalidParameterException',
        message: 'The specified nextToken is invalid.',
      })
      expect((await refusalOf(get({ ...where, limit: 10_001 }))).message).to.match(/less than or equal to 10000$/)
    })
  })
})
