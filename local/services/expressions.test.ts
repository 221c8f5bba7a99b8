import { expect } from 'chai'
import { nextDue, readExpression } from './expressions.ts'
import { zoneNamed } from './zones.ts'

const FROM = '2026-11-21T12:34:56Z' // a Saturday

const due = (
  text: string,
  count: number,
  from = FROM,
  zoneName = 'UTC',
  more: { start?: number; end?: number } = {},
) => {
  const [expression, zone] = [readExpression(text), zoneNamed(zoneName)]
  if (!expression || !zone) return undefined
  const times: string[] = []
  for (let after = Date.parse(from); times.length < count; ) {
    const next = nextDue(expression, { anchor: Date.parse(from), zone, ...more }, after)
    if (next === undefined) break
    times.push(new Date(next).toISOString().slice(0, 16))
    after = next
  }
  return times
}

describe('schedule expressions', () => {
  // EventBridge user guide and Scheduler user guide, "Cron expressions": their examples, and one for each wildcard.
  for (const [text, ...times] of [
    ['cron(0 10 * * ? *)', '2026-11-22T10:00', '2026-11-23T10:00'],
    ['cron(15 12 * * ? *)', '2026-11-22T12:15', '2026-11-23T12:15'],
    ['cron(0 18 ? * MON-FRI *)', '2026-11-23T18:00', '2026-11-24T18:00'],
    ['cron(0 8 1 * ? *)', '2026-12-01T08:00', '2027-01-01T08:00'],
    ['cron(0/15 * * * ? *)', '2026-11-21T12:45', '2026-11-21T13:00', '2026-11-21T13:15'],
    ['cron(0/10 * ? * MON-FRI *)', '2026-11-23T00:00', '2026-11-23T00:10'],
    ['cron(0/5 8-17 ? * MON-FRI *)', '2026-11-23T08:00', '2026-11-23T08:05'],
    ['cron(0/30 20-2 ? * MON-FRI *)', '2026-11-23T00:00', '2026-11-23T00:30', '2026-11-23T01:00', '2026-11-23T01:30'],
    ['cron(15 10 ? * 6L 2026-2027)', '2026-11-27T10:15', '2026-12-25T10:15', '2027-01-29T10:15'],
    ['cron(0 9 ? * 2#1 *)', '2026-12-07T09:00', '2027-01-04T09:00'],
    ['cron(0 0 ? * 3#2 *)', '2026-12-08T00:00', '2027-01-12T00:00'],
    ['cron(0 0 ? * 1 *)', '2026-11-22T00:00', '2026-11-29T00:00'],
    ['cron(0 0 ? * L *)', '2026-11-28T00:00', '2026-12-05T00:00'],
    ['cron(0 0 L * ? *)', '2026-11-30T00:00', '2026-12-31T00:00', '2027-01-31T00:00', '2027-02-28T00:00'],
    ['cron(0 0 3W * ? *)', '2026-12-03T00:00', '2027-01-04T00:00'],
    ['cron(0 0 1W 5,8 ? *)', '2027-05-03T00:00', '2027-08-02T00:00'],
    ['cron(0 0 29 2 ? *)', '2028-02-29T00:00', '2032-02-29T00:00'],
    ['cron(0 0 1 JAN ? 2030)', '2030-01-01T00:00'],
    ['rate(1 minute)', '2026-11-21T12:35', '2026-11-21T12:36'],
    ['rate(2 hours)', '2026-11-21T14:34', '2026-11-21T16:34'],
    ['at(2026-12-24T18:00:00)', '2026-12-24T18:00'],
    ['at(2026-01-01T00:00:00)'],
    ['cron(0 0 31 2 ? *)'],
  ] as const)
    it(`reads ${text}`, () => {
      expect(due(text, Math.max(1, times.length))).to.deep.equal(times)
    })

  for (const text of [
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(0 10 * * ?)',
    'cron(60 10 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 0 0 * ? *)',
    'cron(0 0 ? * 0 *)',
    'cron(0 0 ? * 8 *)',
    'cron(0 0 ? * 2#6 *)',
    'cron(0 0 32W * ? *)',
    'cron(0 0 1 13 ? *)',
    'cron(0 0 1 1 ? 2200)',
    'cron(0/0 0 1 1 ? *)',
    'cron(L 0 1 1 ? *)',
    'cron(* * * * * ? *)',
    'rate(0 minutes)',
    'rate(-1 minutes)',
    'rate(1.5 hours)',
    'rate(5 seconds)',
    'rate(5)',
    'at(2026-02-30T00:00:00)',
    'at(2026-12-24)',
    'every hour',
    '',
  ])
    it(`refuses ${text || 'nothing'}`, () => {
      expect(readExpression(text)).to.equal(undefined)
    })

  it('leave out what the clock leaves out as summer time begins', () => {
    expect(due('cron(30 2 * * ? *)', 2, '2026-03-07T00:00:00Z', 'America/New_York')).to.deep.equal([
      '2026-03-07T07:30',
      '2026-03-09T06:30',
    ])
  })

  it('run once where the clock shows a time twice as summer time ends', () => {
    expect(due('cron(30 1 * * ? *)', 2, '2026-11-01T00:00:00Z', 'America/New_York')).to.deep.equal([
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ])
  })

  it('keep within their start and end', () => {
    const [start, end] = [Date.parse('2026-11-23T10:00:00Z'), Date.parse('2026-11-24T10:00:00Z')]

    expect(due('cron(0 10 * * ? *)', 9, FROM, 'UTC', { start, end })).to.deep.equal([
      '2026-11-23T10:00',
      '2026-11-24T10:00',
    ])
  })
})
