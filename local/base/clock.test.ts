import { expect } from 'chai'
import { movableClock } from './clock.ts'

describe('movableClock', () => {
  it('runs with real time until it is moved', () => {
    const clock = movableClock()
    const before = clock.now()

    clock.advance(3_600_000)

    expect(clock.now() - before).to.be.within(3_600_000, 3_601_000)
  })

  it('fires the timers that became due, in their order, each once', () => {
    const clock = movableClock()
    const fired: string[] = []
    clock.after(2000, () => fired.push('second'))
    clock.after(1000, () => fired.push('first'))
    clock.after(90_000, () => fired.push('later'))

    clock.advance(5000)
    clock.advance(5000)

    expect(fired).to.deep.equal(['first', 'second'])
  })

  it('does not fire a timer that was cancelled, also by one that fired before it', () => {
    const clock = movableClock()
    const fired: string[] = []
    clock.after(1000, () => {
      fired.push('first')
      cancel()
    })
    const cancel = clock.after(2000, () => fired.push('second'))

    clock.advance(5000)

    expect(fired).to.deep.equal(['first'])
  })

  it('fires by itself when its time has come', async () => {
    const clock = movableClock()

    await new Promise<void>((resolve) => {
      clock.after(5, resolve)
      setTimeout(() => {}, 1000) // its own timers keep no process alive
    })
  })

  it('takes waits longer than a timer of Node can', () => {
    const clock = movableClock()
    let fired = false
    clock.after(60 * 24 * 3_600_000, () => {
      fired = true
    })

    clock.advance(59 * 24 * 3_600_000)
    expect(fired).to.equal(false)
    clock.advance(2 * 24 * 3_600_000)
    expect(fired).to.equal(true)
  })
})
