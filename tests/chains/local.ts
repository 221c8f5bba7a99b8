import type { TestCloud } from '../cloud.ts'
import { type Chain, type Deployed, eventually } from './chain.ts'

const named = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw new Error(`the stack has no ${name}`)
  return value
}

/** A chapter's stack on a local cloud of a test. */
export const deployedOn = (cloud: TestCloud): Deployed => ({
  config: cloud.config(),
  physicalId: (id) => named(cloud.stack.resources.find(({ logicalId }) => logicalId === id)?.physicalId, id),
  output: (name) => String(named(cloud.stack.outputs[name]?.value, name)),
  eventually: eventually(15_000, 20),
})

/** Takes each step of a chapter's chain as a test of its own. */
export const takeSteps = (chain: Chain, cloud: TestCloud): void => {
  for (const { title, run } of chain) it(title, () => run(deployedOn(cloud)))
}
