import { expect } from 'chai'
import { circlesOf, faultsOf, importsOf } from '../scripts/lib/imports.ts'

describe('the floors', () => {
  const all = importsOf(['chapters', 'local', 'scripts', 'tests'])

  it('reads the imports of every file', () => {
    const cloud = all.find(({ file }) => file === 'local/cloud.ts')

    expect(cloud?.imports).to.include.members(['local/door/door.ts', 'local/base/outbox.ts', 'local/stack/stacks.ts'])
  })

  it('have no import upward, between neighbours or in a circle', () => {
    expect(faultsOf(all)).to.deep.equal([])
  })

  for (const [from, to, wrong] of [
    ['local/base/state.ts', 'local/iam/types.ts', 'imports go down only'],
    ['local/services/s3/store.ts', 'local/services/iam/store.ts', 'neighbours'],
    ['local/stack/stacks.ts', 'local/door/door.ts', 'neighbours'],
    ['local/main.ts', 'chapters/02-first-function/lib/given.ts', 'nothing from outside'],
    ['chapters/02-first-function/greetingsOnDemand.ts', 'local/cloud.ts', 'chapters only'],
    ['chapters/02-first-function/x.ts', 'chapters/05-standalone-functions/lib/y.ts', 'an earlier chapter'],
    ['chapters/05-standalone-functions/x.ts', 'chapters/02-first-function/greetingsOnDemand.ts', 'lib/'],
    ['chapters/10-more/web/x.ts', 'chapters/09-authentication-service/web/signUp.ts', 'web/lib/'],
  ] as const)
    it(`would find ${from} → ${to}`, () => {
      const [found = ''] = faultsOf([{ file: from, imports: [to] }])

      expect(found).to.contain(wrong)
    })

  it('let pages of a later chapter import what earlier ones share', () => {
    const shared = [
      'chapters/07-calling-from-a-client/lib/client.ts',
      'chapters/07-calling-from-a-client/web/lib/form.ts',
    ]

    expect(faultsOf([{ file: 'chapters/10-more/web/x.ts', imports: shared }])).to.deep.equal([])
  })

  it('would find a circle, and each once', () => {
    const circle = [
      { file: 'a', imports: ['b'] },
      { file: 'b', imports: ['c', 'd'] },
      { file: 'c', imports: ['a'] },
      { file: 'd', imports: [] },
    ]

    expect(circlesOf(circle)).to.deep.equal([['a', 'b', 'c', 'a']])
  })
})
