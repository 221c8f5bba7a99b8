import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { blocksOf, fits } from '../scripts/lib/readme.ts'

describe('the reader of README commands', () => {
  const blocks = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-'))
    try {
      writeFileSync(join(folder, 'README.md'), text)
      return blocksOf(join(folder, 'README.md'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it('takes commands, their output and what they need', () => {
    const text = '# A\n```sh\n$ no\n```\n```console\n# needs: aws, sam\n$ one\n> more\nout\n\nput\n$ two\n```\n'

    expect(blocks(text)).to.deep.equal([
      {
        needs: ['aws', 'sam'],
        commands: [
          { command: 'one\nmore', output: 'out\n\nput\n', line: 7 },
          { command: 'two', output: '', line: 12 },
        ],
      },
    ])
  })

  it('refuses a block that begins with no command', () => {
    expect(() => blocks('```console\nout\n```\n')).to.throw('README.md:2: a console block begins with a command: $ …')
  })

  for (const [expected, output, result] of [
    ['a\nb', 'a\nb\n', true],
    ['a … c', 'a b c', true],
    ['a\n…\nd', 'a\nb\nc\nd', true],
    ['a …', 'b …', false],
    ['a', 'a b', false],
    ['1.5 (x)', '1.5 (x)', true],
    ['1.5', '125', false],
    ['', 'text', false],
  ] as const)
    it(`${result ? 'takes' : 'refuses'} ${JSON.stringify(output)} for ${JSON.stringify(expected)}`, () => {
      expect(fits(expected, output)).to.equal(result)
    })
})
