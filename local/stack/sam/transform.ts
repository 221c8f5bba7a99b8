import { type Outside, outsideAt } from '../outside.ts'
import type { ParameterValue } from '../parameters.ts'
import { isDict, type Source, type Spot } from '../source.ts'
import type { ResourceEntry, Template } from '../template.ts'
import { HTTP, REST, withImplicit, worksOf } from './api/apis.ts'
import { samHttpApi } from './api/httpApi.ts'
import { samApi } from './api/restApi.ts'
import { samWebSocketApi } from './api/webSocketApi.ts'
import { application } from './application.ts'
import { capacityProvider } from './capacityProvider.ts'
import { connector, withConnectors } from './connector.ts'
import { deploymentResources } from './deployment.ts'
import { samFunction } from './function.ts'
import { checkGlobals, withGlobals } from './globals.ts'
import { graphQlApi } from './graphQl/graphQlApi.ts'
import { layerVersion } from './layerVersion.ts'
import { microvmImage } from './microvmImage.ts'
import { withNamed } from './named.ts'
import { networkConnector } from './networkConnector.ts'
import { simpleTable } from './simpleTable.ts'
import { stateMachine } from './stateMachine.ts'
import type { SamContext, SamResource, SamType } from './types.ts'
import { webFunction } from './webFunction.ts'

/** The types of SAM. A new one is a new file and a line here. */
const TYPES: Record<string, SamType | undefined> = {
  'AWS::Serverless::Function': samFunction,
  'AWS::Serverless::SimpleTable': simpleTable,
  'AWS::Serverless::Api': samApi,
  'AWS::Serverless::HttpApi': samHttpApi,
  'AWS::Serverless::LayerVersion': layerVersion,
  'AWS::Serverless::StateMachine': stateMachine,
  'AWS::Serverless::Application': application,
  'AWS::Serverless::Connector': connector,
  'AWS::Serverless::GraphQLApi': graphQlApi,
  'AWS::Serverless::WebSocketApi': samWebSocketApi,
  'AWS::Serverless::CapacityProvider': capacityProvider,
  'AWS::Serverless::NetworkConnector': networkConnector,
  'AWS::Serverless::MicrovmImage': microvmImage,
  'AWS::Serverless::WebFunction': webFunction,
}

export interface SamOptions {
  /** The template's folder. */
  folder: string
  partition: string
  /** Its time counts for an API that is always deployed: it gets a new deployment with each second. */
  outside?: Outside
  /** Values of the parameters and pseudo parameters. */
  values: Record<string, ParameterValue>
}

/**
 * The transform AWS::Serverless-2016-10-31: a template without SAM's own types.
 * @throws Mistake in SAM's words, with the line.
 */
export const transformSam = (
  written: Template,
  { folder, partition, outside = outsideAt(0), values }: SamOptions,
): Template => {
  checkGlobals(written)
  const { source } = written
  const conditions = { ...written.conditions }
  const template = withImplicit(withImplicit(withConnectors({ ...written, conditions }), REST), HTTP)
  const resources: Record<string, ResourceEntry> = { ...template.resources }
  const context: SamContext = {
    source,
    folder,
    partition,
    outside,
    resources,
    conditions,
    deployments: [],
    apis: worksOf(template, REST),
    httpApis: worksOf(template, HTTP),
    named: new Map(),
    parameter: (value) =>
      isDict(value) && typeof value.Ref === 'string' && Object.hasOwn(values, value.Ref) ? values[value.Ref] : value,
  }
  // Functions first: their events add to the definitions of APIs, and their versions look at layers as they are written.
  const ours = Object.entries(template.resources)
    .filter(([, { Type }]) => Type.startsWith('AWS::Serverless::'))
    .toSorted(([, a], [, b]) => turnOf(a) - turnOf(b))
  for (const [id, entry] of ours) {
    const resource = samResource(id, entry, template)
    const made = typeOf(resource, template).transform(resource, context)
    if (!Object.hasOwn(made, id)) delete resources[id]
    for (const [madeId, one] of Object.entries(made)) {
      if (madeId !== id && Object.hasOwn(resources, madeId))
        throw resource.refuse(
          `Transforming resource with id [${id}] attempts to create a new resource [${madeId}] of type "${one.Type}". A resource with that id already exists within this template. Please use a different id for that resource.`,
        )
      resources[madeId] = source.carry(entry, one)
    }
  }
  const all = { ...resources, ...deploymentResources(context) }
  return withNamed({ ...template, resources: all, conditions }, context.named)
}

const TURNS = ['AWS::Serverless::Function', 'AWS::Serverless::StateMachine', '', 'AWS::Serverless::Connector']
const turnOf = ({ Type }: ResourceEntry): number => (TURNS.includes(Type) ? TURNS.indexOf(Type) : TURNS.indexOf(''))

const samResource = (id: string, entry: ResourceEntry, template: Template): SamResource => ({
  id,
  entry,
  properties: withGlobals(id, entry, template),
  refuse: refusing(template.source, id, entry),
})

const refusing =
  (source: Source, id: string, entry: ResourceEntry): SamResource['refuse'] =>
  (message: string, ...spots: Spot[]) =>
    source.mistake(`Resource with id [${id}] is invalid. ${message}`, ...spots, entry)

const typeOf = ({ entry, properties, refuse }: SamResource, { source }: Template): SamType => {
  const type = TYPES[entry.Type]
  if (!type)
    throw source.mistake(`there is no resource type ${entry.Type}; SAM has ${Object.keys(TYPES).join(', ')}.`, [
      entry,
      'Type',
    ])
  for (const name of Object.keys(properties)) {
    if (type.properties.includes(name)) continue
    throw refuse(`property ${name} not defined for resource of type ${entry.Type}.`, [properties, name])
  }
  return type
}
