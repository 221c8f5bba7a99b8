import { ServiceError } from '../../base/errors.ts'
import type { Resource } from '../service.ts'

/** What the CloudFormation types of IAM share. */

/** A policy document of a template: JSON as objects, or as text. */
export type Document = string | Record<string, unknown>

export const written = (document: Document | undefined): string =>
  typeof document === 'string' ? document : JSON.stringify(document ?? {})

/** @throws ServiceError when a template gives a property that would do nothing here. */
export const refuseUnrealised = ({ type, properties }: Resource, names: readonly string[]): void => {
  for (const name of names) {
    const value = properties[name]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0))
      throw new ServiceError('ValidationError', `The local cloud does not realise ${name} of ${type}.`)
  }
}

/** Those of `before` that are not in `now`. */
export const gone = (before: readonly string[] = [], now: readonly string[] = []): string[] =>
  before.filter((one) => !now.includes(one))
