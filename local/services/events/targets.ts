import type { Target } from '@aws-sdk/client-eventbridge'
import { ServiceError } from '../../base/errors.ts'
import type { Access } from '../../iam/types.ts'
import { type Broken, length, pattern, range } from '../constraints.ts'
import { checkBus, invalid, type Operations, pageOf, theRule, valid } from './names.ts'
import { stepsOf } from './payload.ts'
import { onRule, passRole } from './rules.ts'

/** Targets of one rule, at most (EventBridge quotas). */
const MOST = 5
const FUNCTION = /^arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:(\$LATEST|[\w-]+))?$/
/** What is for targets that the local cloud does not deliver to. */
const ELSEWHERE = [
  'KinesisParameters',
  'RunCommandParameters',
  'EcsParameters',
  'BatchParameters',
  'SqsParameters',
  'HttpParameters',
  'RedshiftDataParameters',
  'SageMakerPipelineParameters',
  'AppSyncParameters',
] as const

const targetId = (member: string, id: string | undefined): Broken[] => [
  length(member, id, 1, 64),
  pattern(member, id, /^[.\-_A-Za-z0-9]+$/, '[\\.\\-_A-Za-z0-9]+'),
]

const shapeOf = (target: Target, index: number): Broken[] => {
  const member = (name: string) => `targets.${index + 1}.member.${name}`
  const { RetryPolicy: retry, InputTransformer: transformer } = target
  return [
    ...targetId(member('id'), target.Id),
    length(member('arn'), target.Arn, 1, 1600),
    length(member('input'), target.Input, 0, 8192),
    length(member('inputPath'), target.InputPath, 0, 256),
    length(member('inputTransformer.inputTemplate'), transformer?.InputTemplate, 1, 8192),
    range(member('retryPolicy.maximumRetryAttempts'), retry?.MaximumRetryAttempts, 0, 185),
    range(member('retryPolicy.maximumEventAgeInSeconds'), retry?.MaximumEventAgeInSeconds, 60, 86_400),
  ]
}

const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** @throws ServiceError `ValidationException` for input that no target could get */
const checkInput = ({ Id, Arn = '', Input, InputPath, InputTransformer: transformer }: Target) => {
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+/.test(Arn))
    throw invalid(`Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`)
  if ([Input, InputPath, transformer].filter((one) => one !== undefined).length > 1)
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`)
  if (Input !== undefined && !isJson(Input)) throw invalid(`JSON syntax error in input for target ${Id}.`)
  const paths = Object.entries(transformer?.InputPathsMap ?? {})
  for (const path of [InputPath, ...paths.map(([, one]) => one)])
    if (path !== undefined && !stepsOf(path)) throw invalid(`Invalid InputPath for target ${Id}: ${path}.`)
  if (paths.length > 100) throw invalid(`InputPathsMap of target ${Id} has more than 100 entries.`)
  for (const [name] of paths)
    if (/^aws\./i.test(name)) throw invalid(`InputPathsMap of target ${Id} has a key that begins with AWS: ${name}.`)
}

/** Why the local cloud does not take a target that AWS would; nothing for a function. */
const unrealised = (target: Target): string | undefined => {
  if (!FUNCTION.test(target.Arn ?? '')) return `The local cloud delivers to Lambda functions, not to ${target.Arn}.`
  const other = ELSEWHERE.find((name) => target[name] !== undefined)
  return other && `${other} is not for a Lambda function.`
}

export const targets = {
  PutTargets: {
    action(input, call): Access[] {
      const [action, arn, keys] = onRule<typeof input>('PutTargets')(input, call)
      const all = input.Targets
      const roles = new Set(all.flatMap(({ RoleArn }) => (RoleArn === undefined ? [] : [RoleArn])))
      const TargetArn = all.flatMap(({ Arn }) => Arn ?? [])
      return [[action, arn, { ...keys, 'events:TargetArn': TargetArn }], ...[...roles].flatMap(passRole)]
    },
    run(input, call) {
      valid(length('targets', input.Targets, 1, 100), ...input.Targets.flatMap(shapeOf))
      const rule = theRule(input, call)
      input.Targets.forEach(checkInput)
      const failed = input.Targets.flatMap((target) => {
        const why = unrealised(target)
        return why ? [{ TargetId: target.Id, ErrorCode: 'ValidationException', ErrorMessage: why }] : []
      })
      const bad = new Set(failed.map(({ TargetId }) => TargetId))
      const all = new Map(rule.targets.map((target) => [target.Id, target]))
      for (const target of input.Targets) if (!bad.has(target.Id)) all.set(target.Id, target)
      if (all.size > MOST)
        throw new ServiceError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.')
      call.store.save({ ...rule, targets: [...all.values()] })
      return { FailedEntryCount: failed.length, FailedEntries: failed }
    },
  },
  RemoveTargets: {
    action: onRule('RemoveTargets'),
    run(input, call) {
      valid(length('ids', input.Ids, 1, 100), ...input.Ids.flatMap((id, i) => targetId(`ids.${i + 1}.member`, id)))
      const rule = theRule(input, call)
      const missing = input.Ids.filter((id) => !rule.targets.some(({ Id }) => Id === id))
      call.store.save({ ...rule, targets: rule.targets.filter(({ Id = '' }) => !input.Ids.includes(Id)) })
      return {
        FailedEntryCount: missing.length,
        FailedEntries: missing.map((TargetId) => ({
          TargetId,
          ErrorCode: 'ResourceNotFoundException',
          ErrorMessage: `Rule ${rule.name} does not have a target with the Id ${TargetId}.`,
        })),
      }
    },
  },
  ListTargetsByRule: {
    action: onRule('ListTargetsByRule'),
    run(input, call) {
      const all = theRule(input, call).targets.toSorted((a, b) => ((a.Id ?? '') < (b.Id ?? '') ? -1 : 1))
      const { page, NextToken } = pageOf(all, ({ Id = '' }) => Id, input)
      return { Targets: page, NextToken }
    },
  },
  ListRuleNamesByTarget: {
    action: () => ['events:ListRuleNamesByTarget', '*'],
    run(input, call) {
      valid(length('targetArn', input.TargetArn, 1, 1600))
      checkBus(input.EventBusName)
      const all = call.store.rules(call).filter(({ targets }) => targets.some(({ Arn }) => Arn === input.TargetArn))
      const { page, NextToken } = pageOf(all, ({ name }) => name, input)
      return { RuleNames: page.map(({ name }) => name), NextToken }
    },
  },
} satisfies Operations
