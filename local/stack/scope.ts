import type { ParameterValue } from './parameters.ts'
import type { Dict, Source } from './source.ts'

/** What `Ref` and `Fn::GetAtt` give for a resource that is there. */
export interface Referable {
  ref: unknown
  attributes: Dict
}

/** All that functions look things up in. */
export interface Scope {
  readonly source: Source
  /** Values of the parameters and of the pseudo parameters, `AWS::NoValue` apart. */
  readonly values: Record<string, ParameterValue>
  readonly mappings: Record<string, Dict>
  /** What the condition of that name is; undefined when there is none. */
  condition(name: string): boolean | undefined
  /** Undefined when the template has no such resource, or its condition is false. */
  resource(logicalId: string): Referable | undefined
  /** The value exported under that name by a stack of the region. */
  imported(name: string): string | undefined
  /** Whether the template uses the transform AWS::LanguageExtensions. */
  readonly extensions: boolean
  /** Within the section Conditions: there `Condition` is a function, and nothing may refer to resources. */
  readonly inConditions: boolean
}

/** What `!Ref AWS::NoValue` gives: the member that has it goes. */
export const NO_VALUE = Symbol('AWS::NoValue')

/** One use of a function. */
export interface Use {
  readonly scope: Scope
  /** Resolves the functions in a value. */
  value(value: unknown): unknown
  /** A mistake that names where the function stands. */
  refuse(message: string): Error
}

/** A function of templates: from its argument, functions in it unresolved, to its value. */
export type TemplateFunction = (argument: unknown, use: Use) => unknown

/** Scalars as text, in CloudFormation's spelling; anything else is no text. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
