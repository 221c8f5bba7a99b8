import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openState } from '../../base/state.ts'
import { createTokenStore } from './tokenStore.ts'

describe('the tokens of operations of stacks', () => {
  it('are kept, 5,000 of them: the latest', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-tokens-'))
    const state = openState(folder)
    const tokens = createTokenStore({ state })

    state.transaction(() => {
      for (let n = 0; n < 5002; n++) tokens.note(`stack-${n % 2}`, { token: `t${n}`, request: `r${n}` })
    })
    const kept = [0, 1, 2, 5001].map((n) => tokens.get(`stack-${n % 2}`, `t${n}`))
    state.close()
    rmSync(folder, { recursive: true })

    expect(kept).to.deep.equal([undefined, undefined, 'r2', 'r5001'])
  })
})
