import { expect } from 'chai'
import type { EventsStore } from '../services/events/store.ts'
import { arnOf, roleArn, trust } from '../services/lambda/fixture.ts'
import type { SchedulerStore } from '../services/scheduler/store.ts'
import { addFunction, addRole, type Core, newFolder, removeFolder, startCore } from './fixture.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const RECEIVER = `export const handler = async (event) => console.log('received ' + JSON.stringify(event))`
const ruleArn = (name: string) => `arn:aws:events:us-east-1:123456789012:rule/${name}`
const INVOKE = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf('receiver') }

describe('schedules', () => {
  let folder: string
  let core: Core
  beforeEach(async () => {
    folder = newFolder()
    core = startCore(folder)
    await addRole(core)
    await addFunction(core, 'receiver', RECEIVER)
  })
  afterEach(async () => {
    await core.stop()
    removeFolder(folder)
  })

  const events = () => core.cloud()('events')
  const scheduler = () => core.cloud()('scheduler')
  const warnings = () => core.said.filter(({ level }) => level === 'warn').map(({ text }) => text)
  const received = (): Record<string, unknown>[] =>
    core.lines.flatMap((line) => {
      const [, json] = /\treceived (\{.*\})/.exec(line) ?? []
      return json ? [JSON.parse(json)] : []
    })
  const settled = () => core.until(() => core.ground.outbox.waiting() === 0, 'an empty outbox')
  const permit = (SourceArn?: string) =>
    core
      .cloud()('lambda')
      .AddPermission({
        ...{ FunctionName: 'receiver', StatementId: 'rule', Action: 'lambda:InvokeFunction' },
        ...{ Principal: 'events.amazonaws.com', SourceArn },
      })
  const addRule = async (ScheduleExpression: string, target = {}) => {
    await events().PutRule({ Name: 'tick', ScheduleExpression })
    await events().PutTargets({ Rule: 'tick', Targets: [{ Id: 'a', Arn: arnOf('receiver'), ...target }] })
  }
  const addSchedule = async (ScheduleExpression: string, more = {}, statements: unknown[] = [INVOKE]) => {
    const iam = core.cloud()('iam')
    const AssumeRolePolicyDocument = trust({ Service: 'scheduler.amazonaws.com' })
    await iam.CreateRole({ RoleName: 'timer', AssumeRolePolicyDocument })
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    if (statements.length) await iam.PutRolePolicy({ RoleName: 'timer', PolicyName: 'p', PolicyDocument })
    await scheduler().CreateSchedule({
      ...{ Name: 'tick', ScheduleExpression, FlexibleTimeWindow: { Mode: 'OFF' } },
      Target: { Arn: arnOf('receiver'), RoleArn: roleArn('timer') },
      ...more,
    })
  }

  describe('of rules', () => {
    it('give the function the scheduled event, once an hour', async () => {
      await permit(ruleArn('tick'))
      await addRule('rate(1 hour)')
      const began = core.clock.now()

      core.clock.advance(HOUR - MINUTE)
      await settled()
      const early = received().length
      core.clock.advance(MINUTE)
      await settled()

      expect(early).to.equal(0)
      expect(received()).to.have.length(1)
      const [{ id, time, ...rest }] = received() as [Record<string, unknown>]
      expect(id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      expect(Math.abs(Date.parse(String(time)) - began - HOUR)).to.be.lessThan(5000)
      expect(rest).to.deep.equal({
        version: '0',
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '123456789012',
        region: 'us-east-1',
        resources: [ruleArn('tick')],
        detail: {},
      })
    })

    it('fire each time that a long jump of the clock has passed, once', async () => {
      await permit()
      await addRule('rate(1 hour)')

      core.clock.advance(5 * HOUR)
      await settled()

      const times = received()
        .map(({ time }) => Date.parse(String(time)))
        .sort()
      expect(times).to.have.length(5)
      expect(new Set(times.slice(1).map((time, i) => time - (times[i] ?? 0)))).to.deep.equal(new Set([HOUR]))
    })

    it('are dropped, with a line, where the policy of the function does not let the rule in', async () => {
      await permit(ruleArn('other'))
      await addRule('rate(1 hour)')

      core.clock.advance(HOUR)
      await settled()

      expect(received()).to.deep.equal([])
      expect(warnings().at(-1)).to.match(
        /^an event of arn:.*:rule\/tick for arn:.*:receiver is dropped: User: events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: arn:.*:receiver because no resource-based policy allows the lambda:InvokeFunction action$/,
      )
    })

    it('stay silent while the rule is disabled, and once it is deleted', async () => {
      await permit()
      await addRule('rate(1 hour)')
      await events().DisableRule({ Name: 'tick' })

      core.clock.advance(3 * HOUR)
      await settled()
      const disabled = received().length
      await events().EnableRule({ Name: 'tick' })
      core.clock.advance(HOUR)
      await settled()
      const enabled = received().length
      await events().RemoveTargets({ Rule: 'tick', Ids: ['a'] })
      await events().DeleteRule({ Name: 'tick' })
      core.clock.advance(3 * HOUR)
      await settled()

      expect([disabled, enabled, received().length]).to.deep.equal([0, 1, 1])
    })

    it('are not made up for after a restart, and go on in their rhythm', async () => {
      await permit()
      await addRule('rate(1 hour)')
      const store = () => core.dispatch.store<EventsStore>('events')
      const first = store().timetable.due(ruleArn('tick')) ?? 0
      // Three times went by, by the book: the row says that it was due three hours ago.
      store().timetable.set(ruleArn('tick'), first - 4 * HOUR)
      await core.stop()

      core = startCore(folder)
      await settled()

      expect(received()).to.deep.equal([])
      expect(store().timetable.due(ruleArn('tick'))).to.equal(first)
      expect(core.said.map(({ text }) => text).join()).to.contain(`${ruleArn('tick')} was due at `)
      core.clock.advance(HOUR)
      await settled()
      expect(received()).to.have.length(1)
    })

    it('run now, without waiting', async () => {
      await permit()
      await addRule('rate(1 day)', { Input: '{"own":true}' })

      const there = core.dispatch.store<EventsStore>('events').runNow(ruleArn('tick'))
      await settled()

      expect([there, received()]).to.deep.equal([true, [{ own: true }]])
      expect(core.dispatch.store<EventsStore>('events').runNow(ruleArn('other'))).to.equal(false)
    })

    it('of PutEvents go to the rules whose pattern fits, transformed', async () => {
      await permit()
      const EventPattern = JSON.stringify({ source: ['shop'], detail: { price: [{ numeric: ['>', 10] }] } })
      await events().PutRule({ Name: 'tick', EventPattern })
      const InputTransformer = {
        InputPathsMap: { item: '$.detail.item', price: '$.detail.price' },
        InputTemplate: '{"text": "<item> from <aws.events.rule-name>", "price": <price>}',
      }
      await events().PutTargets({ Rule: 'tick', Targets: [{ Id: 'a', Arn: arnOf('receiver'), InputTransformer }] })
      const entry = (price: number) => ({
        ...{ Source: 'shop', DetailType: 'sold', Detail: JSON.stringify({ item: 'a "hat"', price }) },
      })

      const { FailedEntryCount } = await events().PutEvents({ Entries: [entry(9), entry(11)] })
      await settled()

      expect(FailedEntryCount).to.equal(0)
      expect(received()).to.deep.equal([{ text: 'a "hat" from tick', price: 11 }])
    })
  })

  describe('of the Scheduler', () => {
    it('give the function its input as the role of the schedule, at once and then at its rate', async () => {
      const Input = '{"at":"<aws.scheduler.scheduled-time>","try":<aws.scheduler.attempt-number>}'
      await addSchedule('rate(1 hour)', {
        Target: { Arn: arnOf('receiver'), RoleArn: roleArn('timer'), Input },
      })
      await core.until(() => received().length === 1, 'the first time')

      core.clock.advance(2 * HOUR)
      await settled()

      expect(received()).to.have.length(3)
      expect(received()[0]).to.have.property('try', 1)
    })

    it('run once at a date in a time zone, and go then if they are to', async () => {
      const day = new Date(core.clock.now() + 40 * 24 * HOUR).toISOString().slice(0, 10)
      await addSchedule(`at(${day}T09:00:00)`, {
        ...{ ScheduleExpressionTimezone: 'Asia/Tokyo', ActionAfterCompletion: 'DELETE' },
      })

      core.clock.advance(60 * 24 * HOUR)
      await settled()

      const [event] = received()
      expect(received()).to.have.length(1)
      expect(event).to.include({ source: 'aws.scheduler', time: `${day}T00:00:00Z`, detail: '{}' })
      expect((await scheduler().ListSchedules({})).Schedules).to.deep.equal([])
    })

    it('stop at their end', async () => {
      await addSchedule('rate(1 hour)', {
        StartDate: new Date(core.clock.now() + HOUR),
        EndDate: new Date(core.clock.now() + 3 * HOUR),
      })

      core.clock.advance(30 * HOUR)
      await settled()

      expect(received()).to.have.length(3)
    })

    it('are dropped, with a line, where the role may not invoke the function', async () => {
      await addSchedule('rate(1 hour)', {}, [])
      await core.until(() => warnings().some((text) => text.includes('is dropped')), 'the line')

      expect(warnings().at(-1)).to.match(
        /^an event of arn:.*:schedule\/default\/tick for arn:.*:receiver is dropped: User: arn:aws:sts::123456789012:assumed-role\/timer\/tick is not authorized to perform: lambda:InvokeFunction/,
      )
    })

    it('run now, without waiting', async () => {
      await addSchedule('cron(0 0 1 1 ? 2199)')
      const arn = 'arn:aws:scheduler:us-east-1:123456789012:schedule/default/tick'

      const there = core.dispatch.store<SchedulerStore>('scheduler').runNow(arn)
      await settled()

      expect([there, received().length]).to.deep.equal([true, 1])
    })
  })
})
