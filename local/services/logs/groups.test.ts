import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { keepingTime, signsAt } from '../../../tests/timed.ts'
import { DAY, MISSING_GROUP, MISSING_STREAM, stepsOf, textsOf } from './fixture.ts'

describe('CloudWatch Logs: groups and streams', () => {
  const cloud = withCloud()
  let logs: CloudWatchLogsClient
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
  const { newGroup, newStream, put, get } = stepsOf(() => logs)

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
})
