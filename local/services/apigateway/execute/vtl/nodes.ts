/** A template that is wrong, or does what none may: its method answers 500. */
export class TemplateError extends Error {
  override name = 'TemplateError'
}

/** One step of a reference: `.name`, `.name(…)`, `[…]`. */
export type Step =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'method'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'index'; readonly index: Expression }

export interface Reference {
  readonly kind: 'reference'
  readonly name: string
  readonly steps: readonly Step[]
  /** `$!`: nothing is printed where there is no value. */
  readonly quiet: boolean
  /** As it stands in the template: what is printed where there is no value. */
  readonly source: string
}

export type Operator = '||' | '&&' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%'

export type Expression =
  | Reference
  | { readonly kind: 'literal'; readonly value: string | boolean | number | bigint }
  | { readonly kind: 'decimal'; readonly text: string }
  | { readonly kind: 'text'; readonly parts: readonly Node[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }

export type Node =
  | { readonly kind: 'content'; readonly text: string }
  /** `slashes` backslashes stand before it: two print one, an odd one keeps the reference as it stands. */
  | { readonly kind: 'print'; readonly reference: Reference; readonly slashes: number }
  | { readonly kind: 'set'; readonly target: Reference; readonly value: Expression }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Node[] }[]
      readonly otherwise: readonly Node[]
    }
  | { readonly kind: 'foreach'; readonly name: string; readonly over: Expression; readonly body: readonly Node[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'define'; readonly name: string; readonly body: readonly Node[] }
  | {
      readonly kind: 'macro'
      readonly name: string
      readonly parameters: readonly string[]
      readonly body: readonly Node[]
    }
  /** `#name(…)`: a macro where there is one of the name, text where there is none. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly source: string }
