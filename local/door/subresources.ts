import type { Matched, Model, RequestHead } from '../wire/types.ts'
import * as refusals from './refusals.ts'

/**
 * Subresources that a write names, but its operation does not have: `DELETE /bucket?acl` is no DeleteBucket, and a part
 * without its number is no object.
 */

const ofModel = new WeakMap<Model, ReadonlySet<string>>()

/** The names in the query by which some operation of the service is told from others: `acl`, `uploads`, `tagging`… */
const subresourcesOf = (model: Model): ReadonlySet<string> => {
  const known = ofModel.get(model)
  if (known) return known
  const names = new Set<string>()
  for (const { route } of model.operations.values())
    for (const [name, value] of route?.literals ?? []) if (value === '') names.add(name)
  ofModel.set(model, names)
  return names
}

/** @throws ServiceError MethodNotAllowed, InvalidArgument, for a write that would do something else than it says */
export const checkSubresources = (
  model: Model,
  { operation: { route } }: Matched,
  { method, query }: RequestHead,
): void => {
  if (query.size === 0 || method === 'GET' || method === 'HEAD') return
  const has = (name: string) => route?.required.query.includes(name) || route?.literals.some(([one]) => one === name)
  if (query.has('partNumber') && !query.has('uploadId'))
    throw refusals.s3('InvalidArgument', 400, 'This operation does not accept partNumber without uploadId', {
      ArgumentName: 'partNumber',
      ArgumentValue: query.get('partNumber'),
    })
  if (query.has('uploadId') && !has('uploadId')) throw refusals.notOfSubresource(method, 'UPLOAD', 'DELETE, POST, GET')
  const names = subresourcesOf(model)
  for (const name of query.keys())
    if (names.has(name) && !has(name)) throw refusals.notOfSubresource(method, name.toUpperCase(), 'GET')
}
