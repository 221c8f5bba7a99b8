import { expect } from 'chai'
import type { MfaDevice } from './directory/records.ts'
import { codeOf, stepAt, synchronised, withCode } from './oneTimeCodes.ts'

/** The secret of RFC 6238, appendix B: `12345678901234567890` in base32. */
const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const NOW = 1_111_111_111_000
const device: MfaDevice = {
  ...{ account: '123456789012', serial: 'arn:aws:iam::123456789012:mfa/phone', name: 'phone', seed: SEED },
  ...{ created: 0, tags: [], used: -1, drift: 0 },
}
const code = (steps = 0) => codeOf(SEED, stepAt(NOW) + steps)

describe('one-time codes', () => {
  // The last six digits of the values of RFC 6238, appendix B, for SHA-1.
  for (const [seconds, expected] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const)
    it(`at ${seconds} s it is ${expected}`, () => {
      expect(codeOf(SEED, stepAt(seconds * 1000))).to.equal(expected)
    })

  it('the code of now, the one before and the one after are taken, others are not', () => {
    for (const steps of [-1, 0, 1]) expect(withCode(device, code(steps), NOW), `${steps}`).to.include({ drift: steps })
    for (const wrong of [code(-2), code(2), '', '12345', `${code()}0`, 'äöüäöü'])
      expect(withCode(device, wrong, NOW), wrong).to.equal(undefined)
  })

  it('each counts once, and none of before it', () => {
    const after = withCode(device, code(), NOW) as MfaDevice

    expect(withCode(after, code(), NOW)).to.equal(undefined)
    expect(withCode(after, code(-1), NOW)).to.equal(undefined)
    expect(withCode(after, code(1), NOW)).to.include({ used: stepAt(NOW) + 1 })
  })

  it('two in a row show how a device’s clock goes, up to ten minutes off', () => {
    for (const steps of [-20, -3, 0, 20]) {
      const found = synchronised(device, [code(steps - 1), code(steps)], NOW)
      expect(found, `${steps}`).to.include({ drift: steps, used: stepAt(NOW) + steps })
    }
    expect(synchronised(device, [code(-22), code(-21)], NOW)).to.equal(undefined)
  })

  it('two that are not in a row show nothing', () => {
    for (const [first, second] of [
      [0, 0],
      [1, 0],
      [-1, 1],
    ])
      expect(synchronised(device, [code(first), code(second)], NOW)).to.equal(undefined)
  })

  it('a device that is behind is understood once that is known', () => {
    const late = synchronised(device, [code(-6), code(-5)], NOW) as MfaDevice

    expect(withCode(late, code(), NOW)).to.equal(undefined)
    expect(withCode(late, code(-4), NOW)).to.include({ drift: -4 })
  })
})
