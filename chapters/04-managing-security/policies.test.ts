import { fileURLToPath } from 'node:url'
import { testPolicies } from '../../tests/policies.ts'

describe('The policies of chapter 4', () => {
  testPolicies(fileURLToPath(new URL('policies', import.meta.url)))
})
