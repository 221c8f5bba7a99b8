import { dirname } from 'node:path'
import { Mistake } from '../base/errors.ts'
import type { ResourceType } from '../services/service.ts'
import { resolveConditions } from './conditions.ts'
import { fold } from './fold.ts'
import { referencesOf, sorted } from './graph.ts'
import { asSam, refuseLocalCode } from './localCode.ts'
import { type Outside, outsideAt } from './outside.ts'
import { type Parameters, type ParameterValue, resolveParameters } from './parameters.ts'
import { codeOf } from './sam/code.ts'
import { transformSam } from './sam/transform.ts'
import { NO_VALUE, type Scope } from './scope.ts'
import { createSource, type Dict, isDict, type Source } from './source.ts'
import { EXTENSIONS, type ResourceEntry, readTemplate, SAM, type Template } from './template.ts'
import type { readYaml } from './yaml.ts'

/** A resource that the stack is to have. */
export interface Target {
  logicalId: string
  type: string
  /** Conditions are decided; functions that look at resources are still there. */
  properties: Dict
  dependsOn: string[]
  deletionPolicy: string
  updateReplacePolicy: string
  /** The template's map, for the line of a mistake. */
  spot: object
}

export interface TargetOutput {
  key: string
  description?: string
  value: unknown
  exportName?: unknown
  spot: object
}

/** What a template with its parameters wants the stack to have, before anything is there. */
export interface Wanted {
  description?: string
  parameters: Parameters
  /** Each after all that it depends on. */
  targets: Target[]
  outputs: TargetOutput[]
  /** Resolves what is left once `resource` and `imported` are known. */
  scope: Omit<Scope, 'resource' | 'imported'>
}

export interface Prepared extends Wanted {
  template: Template
}

export interface PrepareOptions {
  text: string
  /** The template's path; none when it came over the wire, where paths of this machine mean nothing. */
  file?: string
  given: Record<string, string>
  /** `AWS::AccountId` and so on. */
  pseudo: Record<string, ParameterValue>
  outside?: Outside
  /** The type of that name, if a service has it. */
  typeOf: (name: string) => ResourceType<unknown> | undefined
  /** From the text to its values, where that is not read anew. */
  read?: typeof readYaml
  /** Where the places of values are kept; the caller's own, if it wants to ask for them. */
  source?: Source
}

/** CloudFormation's quota of resources of a stack; conditions do not narrow it. */
const MOST_RESOURCES = 500

/** Reads, transforms and checks a template. @throws Mistake with the line. */
export const prepare = (options: PrepareOptions): Prepared => {
  const { text, file, given, pseudo, typeOf, read } = options
  const { outside = outsideAt(0), source = createSource(file) } = options
  const written = readTemplate(text, source, read)
  const parameters = resolveParameters(written, given)
  const values = { ...pseudo, ...parameters.values }
  const folder = file === undefined ? '' : dirname(file)
  if (file === undefined) refuseLocalCode(written)
  const template = transformed(withLocalCode(written, folder), folder, values, outside)
  const count = Object.keys(template.resources).length
  if (count > MOST_RESOURCES)
    throw source.mistake(
      `Template format error: Number of resources, ${count}, is greater than maximum allowed, ${MOST_RESOURCES}.`,
    )
  const extensions = template.transforms.includes(EXTENSIONS)
  const base = { source, values, mappings: template.mappings, extensions }
  const scope = { ...base, inConditions: false, condition: resolveConditions(template.conditions, base) }
  const kept = Object.entries(template.resources).filter(([, entry]) => applies(entry, scope, 'Resources'))
  const ids = new Set(kept.map(([id]) => id))
  const targets = new Map(
    kept.map(([id, entry]) => [id, targetOf(id, entry, { ids, template, scope, typeOf, outside })]),
  )
  const graph = new Map([...targets].map(([id, { dependsOn }]) => [id, dependsOn]))
  const order = sorted(graph, (circle) =>
    source.mistake(
      `Circular dependency between resources: [${circle.join(', ')}].`,
      targets.get(circle[0] as string)?.spot,
    ),
  )
  return {
    template,
    ...(template.description === undefined ? {} : { description: template.description }),
    parameters,
    targets: order.map((id) => targets.get(id) as Target),
    outputs: outputsOf(template, scope, ids),
    scope,
  }
}

type FoldScope = Prepared['scope']

const transformed = (
  template: Template,
  folder: string,
  values: Record<string, ParameterValue>,
  outside: Outside,
): Template => {
  if (template.transforms.includes(SAM))
    return asSam(template, () =>
      transformSam(template, { folder, partition: String(values['AWS::Partition']), outside, values }),
    )
  const { source, globals, resources } = template
  if (Object.keys(globals).length)
    throw source.mistake(
      `Invalid template property or properties [Globals]: Globals need the Transform ${SAM}.`,
      globals,
    )
  for (const entry of Object.values(resources))
    if (entry.Type.startsWith('AWS::Serverless::'))
      throw source.mistake(`the resource type ${entry.Type} needs the Transform ${SAM}.`, [entry, 'Type'])
  return template
}

/** A path as `Code` of an AWS::Lambda::Function is what `sam deploy` and `aws cloudformation package` upload. */
const withLocalCode = (template: Template, folder: string): Template => {
  const { source } = template
  const packed = Object.entries(template.resources).map(([id, entry]): [string, ResourceEntry] => {
    const code = entry.Type === 'AWS::Lambda::Function' ? entry.Properties?.Code : undefined
    if (isDict(code) && 'SourceFolder' in code)
      throw source.mistake('Code of AWS::Lambda::Function has no property SourceFolder.', [code, 'SourceFolder'])
    if (typeof code !== 'string') return [id, entry]
    const refuse = (message: string, ...spots: unknown[]) =>
      source.mistake(message, ...spots, [entry.Properties as Dict, 'Code'])
    const Properties = source.carry(entry.Properties, {
      ...entry.Properties,
      Code: codeOf(code, entry.Metadata, folder, refuse, 'Code'),
    })
    return [id, source.carry(entry, { ...entry, Properties })]
  })
  return { ...template, resources: Object.fromEntries(packed) }
}

const applies = (entry: { Condition?: unknown }, { source, condition }: FoldScope, section: string): boolean => {
  if (entry.Condition === undefined) return true
  const value = condition(String(entry.Condition))
  if (value === undefined)
    throw source.mistake(
      `Template format error: Unresolved condition dependency ${entry.Condition} in the ${section} block of the template.`,
      [entry, 'Condition'],
    )
  return value
}

const folding = (scope: FoldScope): Scope => ({ ...scope, resource: () => undefined, imported: () => undefined })

interface Around {
  ids: ReadonlySet<string>
  template: Template
  scope: FoldScope
  typeOf: PrepareOptions['typeOf']
  outside: Outside
}

const targetOf = (id: string, entry: ResourceEntry, { ids, template, scope, typeOf, outside }: Around): Target => {
  const { source } = scope
  const type = typeOf(entry.Type)
  if (!type)
    throw source.mistake(
      `Template format error: Unrecognized resource types: [${entry.Type}]; the local cloud does not have it.`,
      [entry, 'Type'],
    )
  const properties = fold(entry.Properties ?? {}, folding(scope))
  if (!isDict(properties)) throw source.mistake('Properties must be a map.', [entry, 'Properties'])
  for (const name of Object.keys(properties))
    if (!type.properties.includes(name))
      throw source.mistake(`Encountered unsupported property ${name} of ${entry.Type}.`, [properties, name], entry)
  checkFolder(properties.Code, entry, scope, outside)
  const dependsOn = new Set(dependencies(properties, ids, scope, entry))
  for (const name of [entry.DependsOn ?? []].flat()) {
    if (ids.has(name)) dependsOn.add(name)
    else if (!Object.hasOwn(template.resources, name))
      throw source.mistake(unresolved(name, 'Resources'), [entry, 'DependsOn'])
  }
  return {
    logicalId: id,
    type: entry.Type,
    properties,
    dependsOn: [...dependsOn],
    deletionPolicy: entry.DeletionPolicy ?? 'Delete',
    updateReplacePolicy: entry.UpdateReplacePolicy ?? 'Delete',
    spot: entry,
  }
}

const unresolved = (name: string, section: string): string =>
  `Template format error: Unresolved resource dependencies [${name}] in the ${section} block of the template.`

const dependencies = (
  value: unknown,
  ids: ReadonlySet<string>,
  { source, values }: FoldScope,
  entry: object,
  section = 'Resources',
): string[] =>
  referencesOf(value, source).flatMap(({ name, spot }) => {
    if (Object.hasOwn(values, name)) return []
    if (!ids.has(name)) throw source.mistake(unresolved(name, section), spot, entry)
    return [name]
  })

const checkFolder = (code: unknown, entry: ResourceEntry, { source }: FoldScope, outside: Outside): void => {
  if (!isDict(code) || typeof code.SourceFolder !== 'string') return
  if (!outside.isFolder(code.SourceFolder))
    throw source.mistake(`there is no folder ${code.SourceFolder}.`, entry.Properties, entry)
}

const outputsOf = (template: Template, scope: FoldScope, ids: ReadonlySet<string>): TargetOutput[] =>
  Object.entries(template.outputs)
    .filter(([, output]) => applies(output, scope, 'Outputs'))
    .map(([key, output]) => {
      const folded = fold(
        { value: output.Value, name: isDict(output.Export) ? output.Export.Name : undefined },
        folding(scope),
      )
      const { value, name } = folded as Dict
      if (value === undefined || value === NO_VALUE)
        throw scope.source.mistake('Template format error: Every Outputs member must contain a Value object.', output)
      dependencies([value, name], ids, scope, output, 'Outputs')
      return {
        key,
        value,
        spot: output,
        ...(typeof output.Description === 'string' ? { description: output.Description } : {}),
        ...(name === undefined ? {} : { exportName: name }),
      }
    })

/** A name that a stack may have. @throws Mistake */
export const checkStackName = (name: string): void => {
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name))
    throw new Mistake(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    )
}
