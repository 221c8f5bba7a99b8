import { prepare } from '../prepare.ts'
import { pseudoParameters } from '../pseudo.ts'
import { createSource, type Dict } from '../source.ts'
import { readTemplate, type Template } from '../template.ts'
import { changeSetOf } from './changeSets.ts'
import { asRequest, invalid } from './errors.ts'
import { type CloudFormationCall, changeableStack, findStack, type Operations, stackAccess } from './names.ts'
import { neededCapabilities, newStack, preparedFor } from './requests.ts'
import { templateText } from './templateText.ts'

/** Where a template is asked for alone, no stack is decided on. */
const onStackOrAll =
  (action: string) =>
  ({ StackName }: { StackName?: string | undefined }, call: CloudFormationCall) =>
    StackName === undefined ? ([`cloudformation:${action}`, '*'] as const) : stackAccess(action, StackName, call)

const read = (text: string): Template => asRequest(() => readTemplate(text, createSource(undefined)))

/** The template without transforms, as JSON. */
const processed = (
  text: string,
  given: Record<string, string>,
  stack: { id: string; name: string; region: string },
  call: CloudFormationCall,
): string => {
  const { template } = preparedFor(stack, text, given, call)
  const { description, parameters, mappings, conditions, resources, outputs } = template
  const sections = {
    Parameters: parameters,
    Mappings: mappings,
    Conditions: conditions,
    Resources: resources,
    Outputs: outputs,
  }
  const kept = Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0)
  return JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    ...(description === undefined ? {} : { Description: description }),
    ...Object.fromEntries(kept),
  })
}

/** A template with defaults for what has none, so that its transform can be run before anything is given. */
const withPlaceholders = ({ parameters }: Template): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters)
      .filter(([, { Default }]) => Default === undefined)
      .map(([name, parameter]) => [name, placeholderOf(parameter)]),
  )

const placeholderOf = ({ AllowedValues, Type, MinValue }: Dict): string => {
  if (Array.isArray(AllowedValues) && AllowedValues.length) return String(AllowedValues[0])
  return String(Type).includes('Number') ? String(MinValue ?? 0) : ''
}

/** The template after its transforms where they can be run, or as it is. */
const afterTransforms = (template: Template, text: string, call: CloudFormationCall): Template => {
  if (template.transforms.length === 0) return template
  const given = withPlaceholders(template)
  const pseudo = pseudoParameters(call.account, newStack('template', call))
  return asRequest(() => prepare({ text, given, pseudo, typeOf: call.store.typeOf })).template
}

const capabilitiesOf = (template: Template) => {
  const { capability, why } = neededCapabilities(template)
  return capability === undefined ? {} : { Capabilities: [capability as 'CAPABILITY_IAM'], CapabilitiesReason: why }
}

const isTrue = (value: unknown): boolean => String(value).toLowerCase() === 'true'
const textOf = (value: unknown) => (value === undefined ? undefined : [value].flat().map(String).join(','))
const given = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T

export const templates = {
  GetTemplate: {
    action: onStackOrAll('GetTemplate'),
    run({ StackName, ChangeSetName, TemplateStage = 'Original' }, call) {
      const set = ChangeSetName === undefined ? undefined : changeSetOf({ ChangeSetName, StackName }, call)
      const name = set?.stackId ?? StackName
      const stack = name === undefined ? undefined : findStack(name, call)
      if (!stack)
        throw invalid(name === undefined ? 'StackName must be specified.' : `Stack with id ${name} does not exist`)
      const { template, given: parameters } = set ?? stack
      if (!template) return { TemplateBody: '', StagesAvailable: [] }
      const body = TemplateStage === 'Processed' ? processed(template, parameters, stack, call) : template
      return { TemplateBody: body, StagesAvailable: ['Original', 'Processed'] }
    },
  },
  ValidateTemplate: {
    action: () => ['cloudformation:ValidateTemplate', '*'],
    async run(input, call) {
      const template = read(await templateText(input, call))
      const { description: Description } = template
      return given({
        Description,
        Parameters: Object.entries(template.parameters).map(([ParameterKey, one]) =>
          given({
            ParameterKey,
            DefaultValue: textOf(one.Default),
            NoEcho: isTrue(one.NoEcho),
            Description: textOf(one.Description),
          }),
        ),
        ...(template.transforms.length
          ? { Capabilities: ['CAPABILITY_AUTO_EXPAND' as const], DeclaredTransforms: template.transforms }
          : capabilitiesOf(template)),
      })
    },
  },
  GetTemplateSummary: {
    action: onStackOrAll('GetTemplateSummary'),
    async run(input, call) {
      const { StackName, TemplateBody, TemplateURL } = input
      if (StackName !== undefined && (TemplateBody ?? TemplateURL) !== undefined)
        throw invalid('You can specify only one of StackName, TemplateBody and TemplateURL.')
      const text = StackName === undefined ? await templateText(input, call) : changeableStack(StackName, call).template
      const written = read(text)
      const template = StackName === undefined ? afterTransforms(written, text, call) : written
      const types = [...new Set(Object.values(template.resources).map(({ Type }) => Type))]
      return given({
        Description: written.description,
        Parameters: Object.entries(written.parameters).map(([ParameterKey, one]) =>
          given({
            ParameterKey,
            DefaultValue: textOf(one.Default),
            ParameterType: String(one.Type),
            NoEcho: isTrue(one.NoEcho),
            Description: textOf(one.Description),
            ParameterConstraints: Array.isArray(one.AllowedValues)
              ? { AllowedValues: one.AllowedValues.map(String) }
              : {},
          }),
        ),
        ResourceTypes: types,
        Version: '2010-09-09',
        DeclaredTransforms: written.transforms,
        ResourceIdentifierSummaries: [],
        ...capabilitiesOf(template),
      })
    },
  },
} satisfies Operations
