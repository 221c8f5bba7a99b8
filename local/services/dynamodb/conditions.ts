import type { Path } from './paths.ts'
import type { Value } from './types.ts'

/** Something that a condition compares. */
export type Operand =
  | { is: 'path'; path: Path }
  | { is: 'value'; value: Value }
  /** `size` where it stands as a value; other functions that stand so are refused. */
  | { is: 'call'; name: string; args: Operand[] }

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

/** A condition as it was read. */
export type Condition =
  | { is: 'and' | 'or'; all: [Condition, Condition] }
  | { is: 'not'; one: Condition }
  | { is: 'compare'; comparator: Comparator; a: Operand; b: Operand }
  | { is: 'between'; a: Operand; low: Operand; high: Operand }
  | { is: 'in'; a: Operand; list: Operand[] }
  | { is: 'call'; name: string; args: Operand[] }
