import type { OneOrMany, PolicySource, PrincipalElement, Statement } from '../../iam/types.ts'
import { length, pattern } from '../constraints.ts'
import { onFunction } from './functions.ts'
import { checkRevision, invalid, LATEST, type Operations, refusal, targetOf, theFunction, valid } from './names.ts'
import type { LambdaFunction, LambdaStore } from './types.ts'

/** Bytes of a function's policy, at most. */
const LARGEST = 20_480

const missing = (message: string) => refusal('ResourceNotFoundException', message)

/** Service, account, ARN or everybody, as AddPermission takes them. */
const principalOf = (principal: string): PrincipalElement => {
  if (principal === '*') return '*'
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` }
  if (/^arn:/.test(principal)) return { AWS: principal }
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$|^alexa-appkit\.amazon\.com$/.test(principal))
    return { Service: principal }
  throw invalid('The provided principal was invalid. Please check the principal and try again.')
}

interface Given {
  StatementId: string
  Action: string
  Principal: string
  SourceArn?: string
  SourceAccount?: string
  EventSourceToken?: string
  PrincipalOrgID?: string
  FunctionUrlAuthType?: string
  InvokedViaFunctionUrl?: boolean
}

const conditionOf = (given: Given): Pick<Statement, 'Condition'> => {
  const equals: Record<string, OneOrMany<string>> = {}
  if (given.SourceAccount) equals['AWS:SourceAccount'] = given.SourceAccount
  if (given.EventSourceToken) equals['lambda:EventSourceToken'] = given.EventSourceToken
  if (given.PrincipalOrgID) equals['aws:PrincipalOrgID'] = given.PrincipalOrgID
  if (given.FunctionUrlAuthType) equals['lambda:FunctionUrlAuthType'] = given.FunctionUrlAuthType
  const condition = {
    ...(Object.keys(equals).length && { StringEquals: equals }),
    ...(given.SourceArn && { ArnLike: { 'AWS:SourceArn': given.SourceArn } }),
    ...(given.InvokedViaFunctionUrl !== undefined && {
      Bool: { 'lambda:InvokedViaFunctionUrl': String(given.InvokedViaFunctionUrl) },
    }),
  }
  return Object.keys(condition).length ? { Condition: condition } : {}
}

const documentOf = ({ statements }: LambdaFunction) => ({
  Version: '2012-10-17',
  Id: 'default',
  Statement: [...statements],
})

const policies = new WeakMap<LambdaFunction, PolicySource>()

/** The policy that hangs on a function; the same object until it changes, so that it is compiled once. */
export const functionPolicy = (arn: string, store: LambdaStore): PolicySource | undefined => {
  const fn = store.find(arn.split(':').slice(0, 7).join(':'))
  if (!fn?.statements.length) return undefined
  const known = policies.get(fn)
  if (known) return known
  const policy: PolicySource = { name: `function policy of ${fn.name}`, kind: 'resource', policy: documentOf(fn) }
  policies.set(fn, policy)
  return policy
}

const noLatest = (qualifier: string | undefined) => {
  if (qualifier === LATEST) throw invalid(`We currently do not support adding policies for ${LATEST}.`)
}

export const permissions = {
  AddPermission: {
    action(input, call) {
      const [action, arn, keys] = onFunction('AddPermission')(input, call)
      const { Principal, FunctionUrlAuthType } = input
      return [
        action,
        arn,
        { ...keys, 'lambda:Principal': Principal, 'lambda:FunctionUrlAuthType': FunctionUrlAuthType },
      ]
    },
    run(input, call) {
      valid(
        length('statementId', input.StatementId, 1, 100),
        pattern('statementId', input.StatementId, /^([a-zA-Z0-9-_]+)$/),
        pattern('action', input.Action, /^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/),
        pattern('principal', input.Principal, /^[^\s]+$/),
        pattern('sourceAccount', input.SourceAccount, /^\d{12}$/),
        pattern(
          'sourceArn',
          input.SourceArn,
          /^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*)$/,
        ),
        length('eventSourceToken', input.EventSourceToken, 0, 256),
      )
      noLatest(targetOf(input, call).qualifier)
      const fn = theFunction(input, call)
      checkRevision(input.RevisionId, fn.policyRevision)
      if (fn.statements.some(({ Sid }) => Sid === input.StatementId))
        throw refusal(
          'ResourceConflictException',
          `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
          { status: 409 },
        )
      const statement: Statement = {
        Sid: input.StatementId,
        Effect: 'Allow',
        Principal: principalOf(input.Principal),
        Action: input.Action,
        Resource: fn.arn,
        ...conditionOf(input),
      }
      const changed = { ...fn, statements: [...fn.statements, statement], policyRevision: call.ground.ids.uuid() }
      if (Buffer.byteLength(JSON.stringify(documentOf(changed))) > LARGEST)
        throw refusal(
          'PolicyLengthExceededException',
          `The final policy size (${JSON.stringify(documentOf(changed)).length}) is bigger than the limit (${LARGEST}).`,
        )
      call.store.save(changed)
      return { Statement: JSON.stringify(statement) }
    },
  },
  RemovePermission: {
    action: onFunction('RemovePermission'),
    run(input, call) {
      const fn = theFunction(input, call)
      const statements = fn.statements.filter(({ Sid }) => Sid !== input.StatementId)
      if (statements.length === fn.statements.length)
        throw missing(`Statement ${input.StatementId} is not found in resource policy.`)
      checkRevision(input.RevisionId, fn.policyRevision)
      call.store.save({ ...fn, statements, policyRevision: call.ground.ids.uuid() })
      return {}
    },
  },
  GetPolicy: {
    action: onFunction('GetPolicy'),
    run(input, call) {
      const fn = theFunction(input, call)
      if (!fn.statements.length) throw missing('The resource you requested does not exist.')
      return { Policy: JSON.stringify(documentOf(fn)), RevisionId: fn.policyRevision }
    },
  },
} satisfies Operations
