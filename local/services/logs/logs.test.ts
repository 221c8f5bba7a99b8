import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { keepingTime, signsAt } from '../../../tests/timed.ts'

const DAY = 86_400_000
const MISSING_GROUP = {
  name: 'ResourceNotFoundException',
  status: 400,
  message: 'The specified log group does not exist.',
}
const MISSING_STREAM = { ...MISSING_GROUP, message: 'The specified log stream does not exist.' }

describe('CloudWatch Logs', () => {
  const cloud = withCloud()
  let logs: CloudWatchLogsClient
  let count = 0
  const connect = (region = 'us-east-1') =>
    keepingTime(new CloudWatchLogsClient({ ...cloud.config(), region, ...signsAt(cloud.clock) }))
  before(() => {
    logs = connect()
  })
  after(() => logs.destroy())

  /** Moves the time of the cloud and of the client, whose signatures would be too old otherwise. */
  const advance = (ms: number) => {
    cloud.clock.advance(ms)
    logs.destroy()
    logs = connect()
  }
  const newGroup = async (name = `/test/${++count}`) => {
    await logs.send(new CreateLogGroupCommand({ logGroupName: name }))
    return name
  }
  const newStream = async (logGroupName: string, logStreamName: string) => {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
    return { logGroupName, logStreamName }
  }
  const put = (
    where: { logGroupName: string; logStreamName: string },
    events: [timestamp: number, message: string][],
  ) =>
    logs.send(
      new PutLogEventsCommand({ ...where, logEvents: events.map(([timestamp, message]) => ({ timestamp, message })) }),
    )
  const get = (input: GetLogEventsCommandInput) => logs.send(new GetLogEventsCommand(input))
  const textsOf = (events: { message?: string }[] | undefined) => (events ?? []).map(({ message }) => message)

  describe('log groups', () => {
    it('are created, described with their ARNs, and deleted with all that is in them', async () => {
      const name = await newGroup('/group/whole')
      await put(await newStream(name, 's'), [[cloud.clock.now(), 'hello']])

      const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/group/' }))
      await logs.send(new DeleteLogGroupCommand({ logGroupName: name }))
      await newGroup(name)
      const after = await logs.send(new FilterLogEventsCommand({ logGroupName: name }))

      const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:/group/whole'
      expect(logGroups).to.have.length(1)
      expect(logGroups?.[0]).to.include({ logGroupName: name, arn: `${arn}:*`, logGroupArn: arn, storedBytes: 5 + 26 })
      expect(after.events).to.deep.equal([])
    })

    it('are listed in pages, in the order of their names', async () => {
      for (const name of ['/page/c', '/page/a', '/page/b']) await newGroup(name)

      const first = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/page/', limit: 2 }))
      const second = await logs.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: '/page/', limit: 2, nextToken: first.nextToken }),
      )

      expect(first.logGroups?.map(({ logGroupName }) => logGroupName)).to.deep.equal(['/page/a', '/page/b'])
      expect(second.logGroups?.map(({ logGroupName }) => logGroupName)).to.deep.equal(['/page/c'])
      expect(second.nextToken).to.equal(undefined)
    })

    it('are found by a part of their name, whatever its case', async () => {
      await newGroup('/Pattern/One')

      const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: 'pattern/o' }))

      expect(logGroups?.map(({ logGroupName }) => logGroupName)).to.deep.equal(['/Pattern/One'])
    })

    it('belong to a region', async () => {
      const name = await newGroup()
      const elsewhere = connect('eu-west-1')

      const found = await elsewhere.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }))

      elsewhere.destroy()
      expect(found.logGroups).to.deep.equal([])
    })

    it('carry tags', async () => {
      const resourceArn = 'arn:aws:logs:us-east-1:123456789012:log-group:/tagged'
      await logs.send(new CreateLogGroupCommand({ logGroupName: '/tagged', tags: { a: '1', b: '2' } }))

      await logs.send(new TagResourceCommand({ resourceArn, tags: { b: '3', c: '4' } }))
      await logs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }))
      const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn }))

      expect(tags).to.deep.equal({ b: '3', c: '4' })
    })

    it('keep events for the days of their retention', async () => {
      const name = await newGroup()
      const stream = await newStream(name, 's')
      await put(stream, [[cloud.clock.now(), 'old']])
      await logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: 3 }))

      advance(2 * DAY)
      await put(stream, [[cloud.clock.now(), 'new']])
      const before = await get(stream)
      advance(DAY + 1000)
      const after = await get(stream)
      const filtered = await logs.send(new FilterLogEventsCommand({ logGroupName: name }))
      await put(stream, [[cloud.clock.now(), 'newest']])
      await logs.send(new DeleteRetentionPolicyCommand({ logGroupName: name }))
      const gone = await get(stream)
      const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }))

      expect(textsOf(before.events)).to.deep.equal(['old', 'new'])
      expect(textsOf(after.events)).to.deep.equal(['new'])
      expect(textsOf(filtered.events)).to.deep.equal(['new'])
      expect(textsOf(gone.events)).to.deep.equal(['new', 'newest'])
      expect(logGroups?.[0]?.storedBytes).to.equal('newnewest'.length + 2 * 26)
      expect(logGroups?.[0]?.retentionInDays).to.equal(undefined)
    })

    const refusals: [string, () => Promise<unknown>, { name: string; message: string | RegExp }][] = [
      [
        'a group that is there already',
        async () => {
          await newGroup('/twice')
          await newGroup('/twice')
        },
        { name: 'ResourceAlreadyExistsException', message: 'The specified log group already exists' },
      ],
      [
        'a name with other characters',
        () => newGroup('no spaces'),
        {
          name: 'InvalidParameterException',
          message:
            "1 validation error detected: Value 'no spaces' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
        },
      ],
      [
        'a name of 513 characters',
        () => newGroup('x'.repeat(513)),
        { name: 'InvalidParameterException', message: /length less than or equal to 512/ },
      ],
      [
        'a group that is not there',
        () => logs.send(new DeleteLogGroupCommand({ logGroupName: '/nobody' })),
        MISSING_GROUP,
      ],
      [
        'a retention that AWS does not offer',
        async () => logs.send(new PutRetentionPolicyCommand({ logGroupName: await newGroup(), retentionInDays: 2 })),
        {
          name: 'InvalidParameterException',
          message: /^1 validation error detected: Value '2' at 'retentionInDays' .* enum value set: \[1, 3, 5, 7/,
        },
      ],
      [
        'a page of 51',
        () => logs.send(new DescribeLogGroupsCommand({ limit: 51 })),
        { name: 'InvalidParameterException', message: /less than or equal to 50/ },
      ],
      [
        'prefix and pattern together',
        () => logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'a', logGroupNamePattern: 'a' })),
        { name: 'InvalidParameterException', message: /mutually exclusive/ },
      ],
      [
        'a tag key of AWS',
        () => logs.send(new CreateLogGroupCommand({ logGroupName: '/t', tags: { 'aws:x': '1' } })),
        { name: 'InvalidParameterException', message: /aws:x/ },
      ],
      [
        'tags of what is no group',
        () => logs.send(new ListTagsForResourceCommand({ resourceArn: 'arn:aws:s3:::bucket' })),
        { name: 'InvalidParameterException', message: /arn:aws:s3:::bucket/ },
      ],
    ]
    for (const [what, run, expected] of refusals)
      it(`refuse ${what}`, async () => {
        const refusal = await refusalOf(run())

        expect(refusal).to.include({ name: expected.name, status: 400 })
        if (typeof expected.message === 'string') expect(refusal.message).to.equal(expected.message)
        else expect(refusal.message).to.match(expected.message)
      })
  })

  describe('log streams', () => {
    it('are listed by name or by their last event, in pages', async () => {
      const name = await newGroup()
      const now = cloud.clock.now()
      for (const [stream, at] of [
        ['b', now - 1],
        ['a', now - 3],
        ['c', now - 2],
      ] as const)
        await put(await newStream(name, stream), [[at, 'x']])
      const namesOf = async (input: object) => {
        const names: (string | undefined)[] = []
        let nextToken: string | undefined
        do {
          const page = await logs.send(
            new DescribeLogStreamsCommand({ logGroupName: name, limit: 2, nextToken, ...input }),
          )
          names.push(...(page.logStreams ?? []).map(({ logStreamName }) => logStreamName))
          nextToken = page.nextToken
        } while (nextToken)
        return names
      }

      expect(await namesOf({})).to.deep.equal(['a', 'b', 'c'])
      expect(await namesOf({ descending: true })).to.deep.equal(['c', 'b', 'a'])
      expect(await namesOf({ orderBy: 'LastEventTime', descending: true })).to.deep.equal(['b', 'c', 'a'])
      expect(await namesOf({ logStreamNamePrefix: 'c' })).to.deep.equal(['c'])
    })

    it('know when their events happened and came', async () => {
      const now = cloud.clock.now()
      const where = await newStream(await newGroup(), 'times')
      await put(where, [
        [now - 2000, 'a'],
        [now - 1000, 'b'],
      ])

      const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: where.logGroupName }))

      expect(logStreams?.[0]).to.include({ firstEventTimestamp: now - 2000, lastEventTimestamp: now - 1000 })
      expect(logStreams?.[0]?.lastIngestionTime).to.be.within(now, now + 5000)
      expect(logStreams?.[0]?.arn).to.equal(
        `arn:aws:logs:us-east-1:123456789012:log-group:${where.logGroupName}:log-stream:times`,
      )
    })

    it('are deleted with their events', async () => {
      const where = await newStream(await newGroup(), 's')
      await put(where, [[cloud.clock.now(), 'x']])

      await logs.send(new DeleteLogStreamCommand(where))

      expect(await refusalOf(get(where))).to.deep.equal(MISSING_STREAM)
      const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: where.logGroupName }))
      expect(events).to.deep.equal([])
    })

    it('refuse a second one of that name, colons, and a prefix in the order of time', async () => {
      const where = await newStream(await newGroup(), 's')
      const byTime = { logGroupName: where.logGroupName, logStreamNamePrefix: 's', orderBy: 'LastEventTime' } as const

      const twice = await refusalOf(newStream(where.logGroupName, 's'))
      const colon = await refusalOf(newStream(where.logGroupName, 'a:b'))
      const order = await refusalOf(logs.send(new DescribeLogStreamsCommand(byTime)))

      expect(twice).to.include({
        name: 'ResourceAlreadyExistsException',
        message: 'The specified log stream already exists',
      })
      expect(colon).to.include({ name: 'InvalidParameterException' })
      expect(colon.message).to.contain("Value 'a:b' at 'logStreamName'")
      expect(order.message).to.equal('Cannot order by LastEventTime with a logStreamNamePrefix.')
    })
  })

  describe('PutLogEvents', () => {
    let where: { logGroupName: string; logStreamName: string }
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
    let where: { logGroupName: string; logStreamName: string }
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

  describe('FilterLogEvents', () => {
    let logGroupName: string
    let now: number
    before(async () => {
      now = cloud.clock.now()
      logGroupName = await newGroup('/filter')
      await put(await newStream(logGroupName, 'one/a'), [
        [now - 50, 'INFO start'],
        [now - 30, 'ERROR one'],
        [now - 10, '{"level":"ERROR","ms":700}'],
      ])
      await put(await newStream(logGroupName, 'one/b'), [
        [now - 40, 'INFO start'],
        [now - 30, 'ERROR two'],
      ])
      await put(await newStream(logGroupName, 'two'), [[now - 20, 'ERROR three']])
    })
    const filter = async (input: object) => logs.send(new FilterLogEventsCommand({ logGroupName, ...input }))
    const found = async (input: object) => textsOf((await filter(input)).events)

    it('gives the events of all streams in the order of time', async () => {
      expect(await found({})).to.deep.equal([
        'INFO start',
        'INFO start',
        'ERROR one',
        'ERROR two',
        'ERROR three',
        '{"level":"ERROR","ms":700}',
      ])
    })

    it('keeps to streams, to a prefix, to a range with both ends, to a pattern', async () => {
      expect(await found({ logStreamNames: ['two', 'one/b'] })).to.deep.equal([
        'INFO start',
        'ERROR two',
        'ERROR three',
      ])
      expect(await found({ logStreamNamePrefix: 'one/', filterPattern: 'ERROR -one -level' })).to.deep.equal([
        'ERROR two',
      ])
      expect(await found({ startTime: now - 30, endTime: now - 20 })).to.deep.equal([
        'ERROR one',
        'ERROR two',
        'ERROR three',
      ])
      expect(await found({ filterPattern: '{ $.level = "ERROR" && $.ms > 500 }' })).to.have.length(1)
    })

    it('gives each event its stream, its times and an id of its own', async () => {
      const { events = [], searchedLogStreams } = await filter({ filterPattern: 'ERROR' })

      expect(events[0]).to.include({ logStreamName: 'one/a', timestamp: now - 30, message: 'ERROR one' })
      expect(events[0]?.ingestionTime).to.be.within(now, now + 5000)
      expect(new Set(events.map(({ eventId }) => eventId)).size).to.equal(4)
      expect(searchedLogStreams).to.deep.equal([])
    })

    it('gives pages that come to the same', async () => {
      const pages: number[] = []
      const all: (string | undefined)[] = []
      let nextToken: string | undefined
      do {
        const page = await filter({ filterPattern: 'ERROR', limit: 3, nextToken })
        pages.push(page.events?.length ?? 0)
        all.push(...textsOf(page.events))
        nextToken = page.nextToken
      } while (nextToken)

      expect(pages).to.deep.equal([3, 1])
      expect(all).to.deep.equal(await found({ filterPattern: 'ERROR' }))
    })

    it('reads backward when asked to', async () => {
      expect(await found({ startFromHead: false, limit: 2 })).to.deep.equal([
        '{"level":"ERROR","ms":700}',
        'ERROR three',
      ])
    })

    it('refuses streams with a prefix, an unknown stream, a broken pattern, another token', async () => {
      const both = await refusalOf(filter({ logStreamNames: ['two'], logStreamNamePrefix: 't' }))
      const unknown = await refusalOf(filter({ logStreamNames: ['nobody'] }))
      const broken = await refusalOf(filter({ filterPattern: '{ $.a' }))
      const token = await refusalOf(filter({ nextToken: 'x' }))

      expect(both).to.include({ name: 'InvalidParameterException' })
      expect(unknown).to.deep.equal(MISSING_STREAM)
      expect(broken.message).to.contain('Invalid filter pattern')
      expect(token.message).to.equal('The specified nextToken is invalid.')
    })
  })
})
