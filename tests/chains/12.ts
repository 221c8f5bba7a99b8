import { expect } from 'chai'
import type { Chain } from './chain.ts'
import { expectError, invoke } from './functions.ts'

/** Chapter 12: how many executions run at the same time, and what they cost. */
export const chain: Chain = [
  {
    title: "adds up the concurrency of the text's scenario",
    async run(deployed) {
      const functions = [
        { name: 'picturesNearMe', eventsPerSecond: 1000, seconds: 0.2 },
        { name: 'contentUpdated', eventsPerSecond: 10, seconds: 2 },
        { name: 'updateContentIndex', eventsPerSecond: 10, seconds: 3 },
      ]

      const { result } = await invoke(deployed, 'EstimateConcurrency', { functions })

      expect(result).to.deep.include({ sum: 250, limit: 1000, holds: true })
    },
  },
  {
    title: 'reckons the costs of table 12.1',
    async run(deployed) {
      const { result } = await invoke(deployed, 'EstimateCosts', { users: [10_000, 100_000, 1_000_000] })

      const { rows } = result as { rows: { total: number }[] }
      expect(rows.map(({ total }) => total)).to.deep.equal([0, 37.85, 440.3])
    },
  },
  {
    title: 'refuses what is no scenario',
    run: (deployed) => expectError(deployed, 'EstimateConcurrency', {}, { errorType: 'TypeError' }),
  },
]
