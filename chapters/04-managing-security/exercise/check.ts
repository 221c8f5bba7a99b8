import { fileURLToPath } from 'node:url'
import { testReadersPolicy } from '../../../tests/policies.ts'

const table = fileURLToPath(new URL('../policies/exercise.requests.json', import.meta.url))
const POINTS: Record<string, number> = {
  's3:ListAllMyBuckets': 1,
  's3:GetBucketLocation': 1,
  's3:ListBucket': 2,
  's3:GetObject': 3,
}

describe('The policy', () => testReadersPolicy(table, ({ action }) => `point ${POINTS[action] ?? 4}`))
