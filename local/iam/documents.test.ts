// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how policy variables look
import { expect } from 'chai'
import fc from 'fast-check'
import { decide } from './decide.ts'
import { hasDoubleKeys, sizeOf } from './documents.ts'
import { refusal, user } from './fixture.ts'
import { type DocumentKind, validatePolicy } from './validate.ts'

describe('documents', () => {
  it('see keys that stand twice in one object only', () => {
    expect(hasDoubleKeys('{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}')).to.equal(false)
    expect(hasDoubleKeys('{"a":"b","b":"a","c":"{\\"a\\":1,\\"a\\":2}"}')).to.equal(false)
    expect(hasDoubleKeys('{"a":[{"b":1 , "b" : 2}]}')).to.equal(true)
    expect(hasDoubleKeys('{"a":1,"\\u0061":2}')).to.equal(true)
  })

  it('are as large as what is not white space', () => {
    expect(sizeOf('{ "a":\n\t"b" }')).to.equal(9)
  })

  it('of any JSON are read or refused, never a fault; and what is read can be decided', () => {
    const json = fc.jsonValue({ maxDepth: 4 })
    const likely = fc.record(
      {
        Version: fc.constantFrom('2012-10-17', '2008-10-17', 'x'),
        Statement: fc.oneof(
          json,
          fc.record(
            {
              Effect: fc.oneof(fc.constantFrom('Allow', 'Deny'), json),
              Action: fc.oneof(fc.constantFrom('s3:*', ['*']), json),
              Resource: fc.oneof(fc.constantFrom('*', ['arn:aws:s3:::b/*']), json),
              Condition: fc.oneof(fc.constant({ StringLike: { 'a:b': '${a:c}' } }), json),
              Principal: fc.oneof(fc.constantFrom<unknown>('*', { AWS: '*' }), json),
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    )
    const kinds = fc.constantFrom<DocumentKind>('inline', 'managed', 'session', 'trust', 'resource')
    fc.assert(
      fc.property(fc.oneof(json, likely), kinds, (value, kind) => {
        const text = JSON.stringify(value)
        if (refusal(text, kind) !== '') return
        const policy = validatePolicy(text, kind)
        const source = kind === 'trust' || kind === 'resource' ? kind : ('identity' as const)
        decide({
          action: 's3:GetObject',
          resource: '*',
          caller: user(),
          keys: {},
          policies: [{ name: 'p', kind: source, policy }],
        })
      }),
      { numRuns: 2000 },
    )
  })

  it('of any text are refused in AWS’s words', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(refusal(text, 'inline')).to.match(/^MalformedPolicyDocument: /)
      }),
    )
  })
})
