import { fileURLToPath } from 'node:url'
import type { PolicyRequest } from '../../../scripts/lib/policies.ts'
import { testReadersPolicy } from '../../../tests/policies.ts'

const table = fileURLToPath(new URL('../policies/composed.requests.json', import.meta.url))

/** Which of the four places a request is about. */
const place = ({ resource, keys }: PolicyRequest): string => {
  if (resource.includes('private-table') || resource.endsWith('/other')) return 'point 3'
  if (resource.includes('shared-table')) return 'point 4'
  return /priv\//.test(`${resource} ${keys?.['s3:prefix']}`) ? 'point 1' : 'point 2'
}

describe('The policy', () => testReadersPolicy(table, place))
