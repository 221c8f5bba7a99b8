import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { MISSING_STREAM, stepsOf, textsOf } from './fixture.ts'

describe('CloudWatch Logs: filtering events', () => {
  const cloud = withCloud()
  let logs: CloudWatchLogsClient
  before(() => {
    logs = new CloudWatchLogsClient(cloud.config())
  })
  after(() => logs.destroy())

  const { newGroup, newStream, put } = stepsOf(() => logs)

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
