import { type Dict, isDict, type Source } from './source.ts'
import { readYaml } from './yaml.ts'

/** A resource as it stands in the template, or as the SAM transform made it. */
export interface ResourceEntry {
  Type: string
  Properties?: Dict
  Condition?: string
  DependsOn?: string | string[]
  DeletionPolicy?: string
  UpdateReplacePolicy?: string
  UpdatePolicy?: Dict
  Metadata?: Dict
  IgnoreGlobals?: '*' | string[]
  /** SAM's: connectors with this resource as their source. */
  Connectors?: Dict
}

/** A template, read and checked for its form; its functions are not resolved. */
export interface Template {
  readonly source: Source
  readonly description?: string
  /** `AWS::Serverless-2016-10-31`, `AWS::LanguageExtensions` */
  readonly transforms: string[]
  readonly globals: Dict
  readonly parameters: Record<string, Dict>
  readonly mappings: Record<string, Dict>
  readonly conditions: Dict
  readonly resources: Record<string, ResourceEntry>
  readonly outputs: Record<string, Dict>
}

export const SAM = 'AWS::Serverless-2016-10-31'
export const EXTENSIONS = 'AWS::LanguageExtensions'

/** Quotas of CloudFormation (user guide, "Understand CloudFormation quotas"). */
const MOST = { Parameters: 200, Mappings: 200, Outputs: 200, Resources: 500 }

const SECTIONS = [
  'Parameters',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
  'Globals',
  'Metadata',
  'Rules',
] as const
const MEMBERS = new Set([...SECTIONS, 'AWSTemplateFormatVersion', 'Description', 'Transform', 'Hooks'])

const ATTRIBUTES = new Set([
  'Type',
  'Properties',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'UpdatePolicy',
  'CreationPolicy',
  'Metadata',
])
/** What SAM adds to the attributes of a resource. */
const SAM_ATTRIBUTES = new Set(['IgnoreGlobals', 'Connectors'])
const POLICIES = new Set(['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'])

/**
 * Reads the text of a template and checks its form.
 * @param read from the text to its values; see `keptReader`
 * @throws Mistake with the line, in CloudFormation's words where it has some.
 */
export const readTemplate = (text: string, source: Source, read: typeof readYaml = readYaml): Template => {
  const root = read(text, source)
  if (!isDict(root)) throw source.mistake('Template format error: a template is a map with a section Resources.')
  for (const member of Object.keys(root))
    if (!MEMBERS.has(member))
      throw source.mistake(`Invalid template property or properties [${member}].`, [root, member])
  const version = root.AWSTemplateFormatVersion
  if (version !== undefined && version !== '2010-09-09')
    throw source.mistake(
      'Template format error: unsupported value for AWSTemplateFormatVersion; the only version is 2010-09-09.',
      [root, 'AWSTemplateFormatVersion'],
    )
  for (const member of ['Rules', 'Hooks'])
    if (root[member] !== undefined)
      throw source.mistake(`the section ${member} is not part of the local cloud.`, [root, member])
  if (root.Description !== undefined && typeof root.Description !== 'string')
    throw source.mistake('Template format error: Description must be a string.', [root, 'Description'])

  const section = (name: (typeof SECTIONS)[number]): Dict => {
    const value = root[name] ?? {}
    if (!isDict(value)) throw source.mistake(`Template format error: ${name} must be a map.`, [root, name])
    return value
  }
  const maps = (name: keyof typeof MOST): Record<string, Dict> => {
    const value = section(name)
    for (const [key, one] of Object.entries(value)) {
      if (!isDict(one)) throw source.mistake(`Template format error: Every ${name} member must be a map.`, [value, key])
      if (!/^[A-Za-z0-9]+$/.test(key))
        throw source.mistake(`Template format error: ${name} name ${key} is non alphanumeric.`, [value, key])
    }
    if (Object.keys(value).length > MOST[name])
      throw source.mistake(`Template format error: a template may have ${MOST[name]} ${name} at most.`, [root, name])
    return value as Record<string, Dict>
  }
  const transforms = transformsOf(root, source)
  const resources = maps('Resources')
  if (Object.keys(resources).length === 0)
    throw source.mistake('Template format error: At least one Resources member must be defined.', [root, 'Resources'])
  const parameters = maps('Parameters')
  for (const [id, resource] of Object.entries(resources)) {
    checkResource(id, resource, transforms.includes(SAM), source)
    if (Object.hasOwn(parameters, id))
      throw source.mistake(`Template format error: ${id} is the name of a parameter, too.`, [resources, id])
  }
  const outputs = maps('Outputs')
  for (const output of Object.values(outputs)) checkOutput(output, source)
  return {
    source,
    description: root.Description,
    transforms,
    globals: section('Globals'),
    parameters,
    mappings: maps('Mappings'),
    conditions: section('Conditions'),
    resources: resources as unknown as Record<string, ResourceEntry>,
    outputs,
  }
}

const transformsOf = (root: Dict, source: Source): string[] => {
  if (root.Transform === undefined) return []
  const transforms = [root.Transform].flat()
  for (const transform of transforms) {
    if (transform === SAM || transform === EXTENSIONS) continue
    const name = isDict(transform) ? transform.Name : transform
    throw source.mistake(
      `the transform ${String(name)} is not part of the local cloud; ${SAM} and ${EXTENSIONS} are.`,
      [root, 'Transform'],
    )
  }
  return transforms as string[]
}

const checkResource = (id: string, resource: Dict, sam: boolean, source: Source) => {
  if (typeof resource.Type !== 'string')
    throw source.mistake(
      `Template format error: [/Resources/${id}] Every Resources object must contain a Type member.`,
      resource,
    )
  for (const attribute of Object.keys(resource)) {
    if (ATTRIBUTES.has(attribute) || (sam && SAM_ATTRIBUTES.has(attribute))) continue
    throw source.mistake(`Invalid template resource property '${attribute}'.`, [resource, attribute])
  }
  const properties = resource.Properties
  if (properties !== undefined && properties !== null && !isDict(properties))
    throw source.mistake('Properties must be a map.', [resource, 'Properties'])
  if (resource.Metadata !== undefined && !isDict(resource.Metadata))
    throw source.mistake('Metadata must be a map.', [resource, 'Metadata'])
  if (resource.Condition !== undefined && typeof resource.Condition !== 'string')
    throw source.mistake('Template format error: a resource names its Condition by a string.', [resource, 'Condition'])
  const depends = [resource.DependsOn ?? []].flat()
  if (depends.some((one) => typeof one !== 'string'))
    throw source.mistake('Template format error: DependsOn must be a string or list of strings.', [
      resource,
      'DependsOn',
    ])
  for (const attribute of ['DeletionPolicy', 'UpdateReplacePolicy']) {
    const policy = resource[attribute]
    if (policy === undefined) continue
    if (typeof policy !== 'string' || !POLICIES.has(policy))
      throw source.mistake(
        `Template format error: Unrecognized ${attribute} ${JSON.stringify(policy)} for resource ${id}.`,
        [resource, attribute],
      )
    if (policy === 'Snapshot' || (policy === 'RetainExceptOnCreate' && attribute === 'UpdateReplacePolicy'))
      throw source.mistake(`Template error: resource type ${resource.Type} does not support ${attribute} ${policy}.`, [
        resource,
        attribute,
      ])
  }
}

const OUTPUT_MEMBERS = new Set(['Value', 'Description', 'Export', 'Condition'])

const checkOutput = (output: Dict, source: Source) => {
  for (const member of Object.keys(output))
    if (!OUTPUT_MEMBERS.has(member))
      throw source.mistake(`Template format error: an output has no member ${member}.`, [output, member])
  if (output.Value === undefined || output.Value === null)
    throw source.mistake('Template format error: Every Outputs member must contain a Value object.', output)
  if (output.Export !== undefined && !(isDict(output.Export) && output.Export.Name !== undefined))
    throw source.mistake('Template format error: Export must have a Name.', [output, 'Export'])
  if (output.Condition !== undefined && typeof output.Condition !== 'string')
    throw source.mistake('Template format error: an output names its Condition by a string.', [output, 'Condition'])
  if (output.Description !== undefined && typeof output.Description !== 'string')
    throw source.mistake('Template format error: Description must be a string.', [output, 'Description'])
}
