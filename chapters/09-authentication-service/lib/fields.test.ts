import { expect } from 'chai'
import fc from 'fast-check'
import { InvalidInput } from './failures.ts'
import { emailIn, nameIn, newPasswordIn, passwordIn, tokenIn } from './fields.ts'

/** The sentence with which a field is refused. */
const refusal = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    expect(error).to.be.instanceOf(InvalidInput)
    return (error as Error).message
  }
  return expect.fail('it was not refused')
}

describe('emailIn', () => {
  for (const [given, stored] of [
    ['john.doe@example.com', 'john.doe@example.com'],
    ['  John.Doe@Example.COM ', 'john.doe@example.com'],
    ["o'neil+tag@mail.example.co.uk", "o'neil+tag@mail.example.co.uk"],
    ['john@bücher.example', 'john@xn--bcher-kva.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])
    it(`stores ${JSON.stringify(given)} as ${stored}`, () => {
      expect(emailIn({ email: given })).to.equal(stored)
    })

  for (const given of [
    'john',
    '@example.com',
    'john@',
    'john@example',
    'john@@example.com',
    '.john@example.com',
    'jo..hn@example.com',
    'john doe@example.com',
    'john@exa mple.com',
    '"john doe"@example.com',
    'john@[127.0.0.1]',
    'john@-example.com',
    'john@example.c',
    'jöhn@example.com',
    'John <john@example.com>',
    'john@example.com, jane@example.com',
    'john@example.com\r\nBcc: jane@example.com',
    'john\n@example.com',
    'john@example.com\0',
    `${'a'.repeat(65)}@example.com`,
    `john@${'a'.repeat(250)}.com`,
    'x'.repeat(100_000),
  ])
    it(`refuses ${JSON.stringify(given).slice(0, 60)}`, () => {
      expect(refusal(() => emailIn({ email: given }))).to.equal('email must be an e-mail address')
    })

  for (const event of [
    null,
    undefined,
    5,
    'text',
    [],
    {},
    { email: 5 },
    { email: null },
    { email: '' },
    { email: ['a@b.com'] },
  ])
    it(`refuses ${JSON.stringify(event)}`, () => {
      expect(refusal(() => emailIn(event))).to.equal('email must be text that is not empty')
    })

  it('takes no field that every object has', () => {
    const event = Object.create({ email: 'john@example.com' })

    expect(refusal(() => emailIn(event))).to.equal('email must be text that is not empty')
  })

  it('refuses halves of surrogate pairs', () => {
    expect(refusal(() => emailIn({ email: 'john\ud800@example.com' }))).to.equal('email must be well-formed Unicode')
  })

  it('gives what it takes again, and never a space, a line or a second address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' })), (email) => {
        let stored: string
        try {
          stored = emailIn({ email })
        } catch {
          return
        }
        expect(emailIn({ email: stored })).to.equal(stored)
        expect(stored)
          .to.match(/^[\x21-\x7e]+$/)
          .and.not.match(/[,;<>"\\()[\]:]/)
        expect(stored.length).to.be.at.most(254)
      }),
      { numRuns: 2000, seed: 9 },
    )
  })
})

describe('passwords', () => {
  it('have 8 to 256 characters', () => {
    expect(newPasswordIn({ password: 'x'.repeat(8) })).to.have.length(8)
    expect(newPasswordIn({ password: 'x'.repeat(256) })).to.have.length(256)
    expect(refusal(() => newPasswordIn({ password: 'x'.repeat(7) }))).to.equal(
      'password must have at least 8 characters',
    )
    expect(refusal(() => newPasswordIn({ password: 'x'.repeat(257) }))).to.equal(
      'password must have at most 256 characters',
    )
  })

  it('are counted in characters, not in halves of them', () => {
    expect(refusal(() => newPasswordIn({ password: '🔑🔑🔑🔑🔑🔑🔑' }))).to.match(/at least 8/)
    expect(newPasswordIn({ password: '🔑🔑🔑🔑🔑🔑🔑🔑' })).to.equal('🔑🔑🔑🔑🔑🔑🔑🔑')
  })

  it('that are checked may be short: an older service may have taken them', () => {
    expect(passwordIn({ oldPassword: 'abc' }, 'oldPassword')).to.equal('abc')
    expect(refusal(() => passwordIn({ oldPassword: '' }, 'oldPassword'))).to.equal(
      'oldPassword must be text that is not empty',
    )
  })

  it('are nowhere in the refusal', () => {
    for (const password of ['secret', 's3cret'.repeat(100), 'sec\ud800ret'])
      expect(refusal(() => newPasswordIn({ password }))).not.to.contain(password)
  })
})

describe('nameIn', () => {
  for (const event of [{}, { name: undefined }, { name: null }, { name: '' }, { name: '  ' }])
    it(`takes ${JSON.stringify(event)} as none`, () => {
      expect(nameIn(event)).to.equal(undefined)
    })

  it('takes names as people have them', () => {
    for (const name of ['John', "Zoë O'Neill", '山田太郎', '<b>', 'x'.repeat(100)])
      expect(nameIn({ name: ` ${name} ` })).to.equal(name)
  })

  for (const [name, message] of [
    [42, 'name must be text that is not empty'],
    [{}, 'name must be text that is not empty'],
    ['x'.repeat(101), 'name must have at most 100 characters'],
    ['John\r\nBcc: x', 'name must have no control characters'],
    ['Jo\u2028hn', 'name must have no control characters'],
    ['Jo\0hn', 'name must have no control characters'],
  ] as const)
    it(`refuses ${JSON.stringify(name).slice(0, 40)}`, () => {
      expect(refusal(() => nameIn({ name }))).to.equal(message)
    })
})

describe('tokenIn', () => {
  it('takes any text up to 1024 characters', () => {
    expect(tokenIn({ lost: 'x'.repeat(1024) }, 'lost')).to.have.length(1024)
    expect(refusal(() => tokenIn({ lost: 'x'.repeat(1025) }, 'lost'))).to.equal(
      'lost must have at most 1024 characters',
    )
    expect(refusal(() => tokenIn({}, 'verify'))).to.equal('verify must be text that is not empty')
  })
})
