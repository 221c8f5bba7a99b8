import { expect } from 'chai'
import fc from 'fast-check'
import { matcher } from './patterns.ts'

/** Examples of the CloudWatch Logs user guide, "Filter pattern syntax", and cases beside them. */
const EVENTS = {
  badRequest: '[ERROR 400] BAD REQUEST',
  unauthorized: '[ERROR 401] UNAUTHORIZED REQUEST',
  missing: '[ERROR 419] MISSING ARGUMENTS',
  both: 'ERROR WARN message',
  error: 'ERROR message',
  warn: 'WARN message',
  exiting: 'Exiting with ERRORCODE: -1',
  lower: 'an error message',
}
const nameOf = (message: string) => Object.entries(EVENTS).find(([, text]) => text === message)?.[0]
const matched = (pattern: string) => Object.values(EVENTS).filter(matcher(pattern)).map(nameOf)

const TRAIL = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  cluster: { name: 'c' },
  'cluster.name': 'c',
  ThisFlag: true,
  ThatFlag: false,
  latency: 600,
  small: 0.01,
  code: '400',
})
const USERS = JSON.stringify({
  user: { id: 1, email: 'John.Stiles@example.com' },
  users: [
    { id: 2, email: 'John.Doe@example.com' },
    { id: 3, email: 'Jane.Doe@example.com' },
  ],
  actions: ['GET', 'PUT', 'DELETE'],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
    [7, 8, 9],
  ],
})

describe('filter patterns', () => {
  for (const [pattern, expected] of [
    ['', Object.keys(EVENTS)],
    ['   ', Object.keys(EVENTS)],
    ['ERROR', ['badRequest', 'unauthorized', 'missing', 'both', 'error', 'exiting']],
    ['ERROR ARGUMENTS', ['missing']],
    ['"BAD REQUEST"', ['badRequest']],
    ['" "', Object.keys(EVENTS)],
    ['ERROR -WARN -"[ERROR"', ['error', 'exiting']],
    ['"ERROR" - "Exiting"', ['badRequest', 'unauthorized', 'missing', 'both', 'error']],
    ['-ERROR', ['warn', 'lower']],
    ['?ERROR ?WARN', ['badRequest', 'unauthorized', 'missing', 'both', 'error', 'warn', 'exiting']],
    ['?ARGUMENTS ?"BAD REQUEST"', ['badRequest', 'missing']],
    ['WARN ?ARGUMENTS', ['both', 'warn']],
  ] as const)
    it(`${JSON.stringify(pattern)} matches ${expected.length} of ${Object.keys(EVENTS).length}`, () => {
      expect(matched(pattern)).to.deep.equal([...expected])
    })

  it('takes an escaped quotation mark in a phrase', () => {
    const matches = matcher('"say \\"hi\\""')

    expect(matches('they say "hi" to you')).to.equal(true)
    expect(matches('they say hi')).to.equal(false)
  })

  for (const [pattern, expected] of [
    ['{ $.eventType = "UpdateTrail" }', true],
    ['{ $.eventType = UpdateTrail }', true],
    ['{ $.eventType = "Update*" }', true],
    ['{ $.eventType = *Trail }', true],
    ['{ $.eventType = "*date*" }', true],
    ['{ $.eventType = "*Trail*Update" }', false],
    ['{ $.eventType = "UpdateTrail*UpdateTrail" }', false],
    ['{ $.eventType != "UpdateTrail" }', false],
    ['{ $.sourceIPAddress != 123.123.* }', true],
    ['{ $.sourceIPAddress = 111.111.* }', true],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.arrayKey[1] = "value" }', false],
    ['{ $.arrayKey[*] = "another value" }', true],
    ['{ $.arrayKey = "value" }', false],
    ['{ $.arrayKey != "value" }', false],
    ['{ $.objectList[1].id = 2 }', true],
    ['{ $.objectList[*].id > 1 }', true],
    ['{ $.objectList[7].id = 2 }', false],
    ['{ $.SomeObject IS NULL }', true],
    ['{ $.eventType IS NULL }', false],
    ['{ $.SomeOtherObject NOT EXISTS }', true],
    ['{ $.SomeObject NOT EXISTS }', false],
    ['{ $.constructor NOT EXISTS }', true],
    ['{ $.ThisFlag IS TRUE }', true],
    ['{ $.ThatFlag is false }', true],
    ['{ $.ThatFlag IS TRUE }', false],
    ['{ $.[\'cluster.name\'] = "c" }', true],
    ['{ $.cluster.name = "c" }', true],
    ['{ $.latency = * }', true],
    ['{ $.latency = 6* }', true],
    ['{ $.latency >= 500 }', true],
    ['{ $.latency > +1000 }', false],
    ['{ $.latency < 10e3 }', true],
    ['{ $.small <= 10e-3 }', true],
    ['{ $.latency = "600" }', false],
    ['{ $.code = 400 }', true],
    ['{ $.nothing != 1 }', false],
  ] as const)
    it(`${pattern} is ${expected} of a trail event`, () => {
      expect(matcher(pattern)(TRAIL)).to.equal(expected)
    })

  for (const [pattern, expected] of [
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', true],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', false],
    ['{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }', true],
    [
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
      false,
    ],
    ['{ $.coordinates[2][1] = 8 }', true],
  ] as const)
    it(`${pattern} is ${expected} of the guide's users`, () => {
      expect(matcher(pattern)(USERS)).to.equal(expected)
    })

  it('never takes text for JSON', () => {
    expect(matcher('{ $.a NOT EXISTS }')('plain text')).to.equal(false)
    expect(matcher('{ $.a NOT EXISTS }')('{"cut": ')).to.equal(false)
    expect(matcher('{ $.a NOT EXISTS }')('{}\n')).to.equal(true)
  })

  for (const pattern of [
    'foo:bar',
    '"unclosed',
    '%regex%',
    '[a, b]',
    '{ $.a = 1',
    '{ }',
    '{ $.a }',
    '{ $.a = }',
    '{ a = 1 }',
    '{ $.a < "x" }',
    '{ $.a IS 1 }',
    '{ ($.a = 1 }',
    '{ $.a = 1 $.b = 2 }',
    '{ $.a = 1 && }',
  ])
    it(`refuses ${pattern}`, () => {
      expect(() => matcher(pattern))
        .to.throw()
        .with.property('code', 'InvalidParameterException')
    })

  it('either reads or refuses whatever comes, in linear time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (pattern, message) => {
        for (const one of [pattern, `{${pattern}}`, `{ $.a = "${pattern}" }`])
          try {
            matcher(one)(message)
          } catch (error) {
            expect(error).to.have.property('code', 'InvalidParameterException')
          }
      }),
      { numRuns: 500 },
    )
    const began = performance.now()
    const stars = matcher(`{ $.a = "${'*a'.repeat(400)}b" }`)
    stars(JSON.stringify({ a: 'a'.repeat(100_000) }))
    expect(performance.now() - began).to.be.lessThan(1000)
  })
})
