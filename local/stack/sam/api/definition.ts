import { type Dict, isDict, type Source } from '../../source.ts'
import { ifOf, isIntrinsic } from '../types.ts'

/** The functions that look at, and change, an OpenAPI definition while APIs are transformed. */

export const ANY = 'x-amazon-apigateway-any-method'
export const INTEGRATION = 'x-amazon-apigateway-integration'
/** Members of a path that are no methods. */
const NO_METHODS = new Set(['summary', 'description', 'parameters'])

/** A deep copy, each part of which stands where its original does. */
export const cloned = <T>(value: T, source: Source): T => {
  if (Array.isArray(value)) return source.carry(value, value.map((one) => cloned(one, source)) as T)
  if (!isDict(value)) return value
  const copy = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cloned(one, source)]))
  return source.carry(value, copy as T)
}

/** What SAM begins with where a template gives no definition. */
export const skeleton = (): Dict => ({
  swagger: '2.0',
  info: { version: '1.0', title: { Ref: 'AWS::StackName' } },
  paths: {},
})

export const isVersion3 = (version: unknown): boolean => typeof version === 'string' && /^3(\.\d)(\.\d)?$/.test(version)

/** Whether SAM can work with a definition. */
export const isDefinition = (body: unknown): body is Dict & { paths: Dict } =>
  isDict(body) && isDict(body.paths) && (Boolean(body.swagger) || isVersion3(body.openapi))

/** What a value may be: the branches of an Fn::If that have one. */
export const branches = (value: unknown): Dict[] => {
  const choice = ifOf(value, () => new Error('an Fn::If without three arguments'))
  const list = choice ? choice.slice(1) : [value]
  return list.filter((one): one is Dict => isDict(one) && one.Ref !== 'AWS::NoValue')
}

export const methodName = (method: string): string => (method.toLowerCase() === 'any' ? ANY : method.toLowerCase())

/** The operations of a path, by method. */
export const operationsOf = (body: Dict, path: string, integrated = true): { method: string; operation: Dict }[] =>
  branches((body.paths as Dict)[path]).flatMap((item) =>
    Object.entries(item)
      .filter(([name]) => !NO_METHODS.has(name))
      .flatMap(([name, value]) => branches(value).map((operation) => ({ method: methodName(name), operation })))
      .filter(({ operation }) => !integrated || hasIntegration(operation)),
  )

const hasIntegration = (operation: Dict): boolean => branches(operation).some((one) => Boolean(one[INTEGRATION]))

/** The operations of one method of a path. */
export const operationsAt = (body: Dict, path: string, method: string): Dict[] =>
  branches((body.paths as Dict)[path]).flatMap((item) => branches(item[methodName(method)]))

/** Adds a method to a path, without anything in it where it is new. */
export const addPath = (body: Dict, path: string, method: string): void => {
  const paths = body.paths as Dict
  paths[path] ??= {}
  for (const item of branches(paths[path])) item[methodName(method)] ??= {}
}

/** Whether a method of a path has its integration. */
export const isIntegrated = (body: Dict, path: string, method: string): boolean =>
  operationsAt(body, path, method).some((operation) => Boolean(operation[INTEGRATION]))

export const pathsOf = (body: Dict): string[] => Object.keys(body.paths as Dict)

/** A path with its parameters as stars, as ARNs name it. */
export const starred = (path: string): string => path.replace(/\{[a-zA-Z0-9._-]+\+?\}/g, '*')

/** The definition in the form of OpenAPI 3, as far as SAM takes it there itself. */
export const postprocessed = (body: Dict, version: unknown): Dict => {
  if (body.swagger !== undefined) return body
  if (!isVersion3(version ?? body.openapi)) return body
  const components: Dict = isDict(body.components) ? body.components : {}
  const move = (from: string, to: string) => {
    if (!isDict(body[from]) || !Object.keys(body[from]).length) return
    components[to] = body[from]
    body.components = components
    delete body[from]
  }
  move('securityDefinitions', 'securitySchemes')
  move('definitions', 'schemas')
  for (const item of Object.values(body.paths as Dict)) {
    const options = isDict(item) && !isIntrinsic(item) ? item.options : undefined
    if (!isDict(options)) continue
    delete options.produces
    delete options.consumes
    const ok = isDict(options.responses) ? options.responses['200'] : undefined
    const headers = isDict(ok) ? ok.headers : undefined
    if (isDict(headers)) for (const [name, schema] of Object.entries(headers)) headers[name] = { schema }
  }
  return body
}
