import type { Access, ConditionKeys } from '../../iam/types.ts'
import { oneOf, pattern, range } from '../constraints.ts'
import type { Call } from '../service.ts'
import { type CodeInput, codeFacts, knownFacts, takeCode } from './code.ts'
import { configure, described, refuseUnrealised } from './configuration.ts'
import { layerAccesses, usedLayers } from './layers.ts'
import { checkRevision, invalid, LATEST, type Operations, refusal, targetOf, theFunction, valid } from './names.ts'
import { checkTags, resourceKeys, tagKeys } from './tags.ts'
import type { LambdaFunction, LambdaStore } from './types.ts'

/** What an operation on one function asks for. */
export const onFunction =
  (action: string) =>
  (input: { FunctionName: string; Qualifier?: string }, call: Call<LambdaStore>): Access => {
    const { arn } = targetOf(input, call)
    return [`lambda:${action}`, arn, resourceKeys(call.store.find(arn))]
  }

/** Who gives a function a role must be allowed to pass that role to Lambda. */
const passRole = (role: string): Access => ['iam:PassRole', role, { 'iam:PassedToService': 'lambda.amazonaws.com' }]

const conflict = (name: string) =>
  refusal('ResourceConflictException', `Function already exist: ${name}`, { status: 409 })

/** Saves a changed function under a new revision. */
const change = (fn: LambdaFunction, changes: Partial<LambdaFunction>, { store, ground }: Call<LambdaStore>) => {
  const changed = { ...fn, ...changes, revision: ground.ids.uuid(), modified: ground.clock.now() }
  store.save(changed)
  return changed
}

const MOST_LISTED = 50
const markerOf = (name: string) => Buffer.from(name).toString('base64url')

export const functions = {
  CreateFunction: {
    action(input, call) {
      const { arn } = targetOf(input, call)
      const keys: ConditionKeys = tagKeys(input.Tags)
      const accesses: Access[] = [
        ['lambda:CreateFunction', arn, keys],
        passRole(input.Role),
        ...layerAccesses(input.Layers),
      ]
      return input.Tags && Object.keys(input.Tags).length ? [...accesses, ['lambda:TagResource', arn, keys]] : accesses
    },
    async run(input, call) {
      const { store, ground, account, region } = call
      const { name, arn, qualifier } = targetOf(input, call)
      if (qualifier) throw invalid('The function name of a new function has no qualifier.')
      const layers = usedLayers(input.Layers ?? [], call, store)
      const configuration = configure(input, name, undefined, layers)
      const tags = input.Tags ?? {}
      checkTags(tags)
      if (store.find(arn)) throw conflict(name)
      await store.role({ name, arn, account, region, configuration })
      const code = await takeCode(input.Code, call)
      if (store.find(arn)) {
        store.dropPackage(code)
        throw conflict(name)
      }
      const [revision, policyRevision] = [ground.ids.uuid(), ground.ids.uuid()]
      const fn: LambdaFunction = {
        ...{ account, region, name, arn, configuration, code, revision, policyRevision, tags },
        modified: ground.clock.now(),
        statements: [],
      }
      store.save(fn)
      return described(fn, knownFacts(fn, store))
    },
  },
  GetFunction: {
    action: onFunction('GetFunction'),
    async run(input, call) {
      const fn = theFunction(input, call)
      return {
        Configuration: described(fn, await codeFacts(fn, call.store)),
        // On AWS there is a Location too, a presigned address of Lambda's own bucket.
        Code: { RepositoryType: 'S3' },
        Tags: Object.keys(fn.tags).length ? { ...fn.tags } : undefined,
        Concurrency: fn.reserved === undefined ? undefined : { ReservedConcurrentExecutions: fn.reserved },
      }
    },
  },
  GetFunctionConfiguration: {
    action: onFunction('GetFunctionConfiguration'),
    async run(input, call) {
      const fn = theFunction(input, call)
      return described(fn, await codeFacts(fn, call.store))
    },
  },
  ListFunctions: {
    action: () => ['lambda:ListFunctions', '*'],
    run({ MaxItems = MOST_LISTED, Marker, FunctionVersion, MasterRegion }, { store, account, region }) {
      valid(
        range('maxItems', MaxItems, 1, 10_000),
        oneOf('functionVersion', FunctionVersion, ['ALL']),
        pattern('masterRegion', MasterRegion, /^(ALL|[a-z]{2}(-gov)?-[a-z]+-\d{1})$/),
      )
      const after = Marker === undefined ? '' : Buffer.from(Marker, 'base64url').toString()
      const all = store.list(account, region).filter(({ name }) => name > after)
      const page = all.slice(0, Math.min(MaxItems, MOST_LISTED))
      const last = page.length < all.length ? page.at(-1) : undefined
      const Functions = page.map((fn) => described(fn, knownFacts(fn, store)))
      const versions = FunctionVersion === 'ALL'
      return {
        Functions: versions
          ? Functions.map((one) => ({ ...one, FunctionArn: `${one.FunctionArn}:${LATEST}` }))
          : Functions,
        NextMarker: last && markerOf(last.name),
      }
    },
  },
  ListVersionsByFunction: {
    action: onFunction('ListVersionsByFunction'),
    async run(input, call) {
      valid(range('maxItems', input.MaxItems, 1, 10_000))
      const fn = theFunction(input, call)
      const latest = described(fn, await codeFacts(fn, call.store))
      return { Versions: [{ ...latest, FunctionArn: `${fn.arn}:${LATEST}` }] }
    },
  },
  UpdateFunctionCode: {
    action: onFunction('UpdateFunctionCode'),
    async run(input, call) {
      const before = theFunction(input, call)
      checkRevision(input.RevisionId, before.revision)
      refuseUnrealised(input)
      const { name, configuration: old } = before
      const configuration = input.Architectures ? configure({ Architectures: input.Architectures }, name, old) : old
      const code = await takeCode(input as CodeInput, call)
      const now = call.store.find(before.arn)
      if (input.DryRun || !now || now.revision !== before.revision) {
        call.store.dropPackage(code)
        if (input.DryRun)
          return described({ ...before, configuration, code }, knownFacts({ ...before, code }, call.store))
        throw refusal('ResourceConflictException', `The function ${before.arn} was changed meanwhile.`, { status: 409 })
      }
      const fn = change(now, { code, configuration }, call)
      return described(fn, knownFacts(fn, call.store))
    },
  },
  UpdateFunctionConfiguration: {
    action(input, call) {
      const update = onFunction('UpdateFunctionConfiguration')(input, call)
      return [update, ...(input.Role === undefined ? [] : [passRole(input.Role)]), ...layerAccesses(input.Layers)]
    },
    async run(input, call) {
      const before = theFunction(input, call)
      checkRevision(input.RevisionId, before.revision)
      const layers = input.Layers && usedLayers(input.Layers, call, call.store)
      const configuration = configure(input, before.name, before.configuration, layers)
      if (input.Role !== undefined) await call.store.role({ ...before, configuration })
      const now = theFunction(input, call)
      checkRevision(before.revision, now.revision)
      const fn = change(now, { configuration }, call)
      return described(fn, knownFacts(fn, call.store))
    },
  },
  DeleteFunction: {
    action: onFunction('DeleteFunction'),
    run(input, call) {
      const { qualifier } = targetOf(input, call)
      const fn = theFunction(input, call)
      if (qualifier) throw invalid(`${LATEST} version cannot be deleted without deleting the function.`)
      call.store.remove(fn)
      return { StatusCode: 204 }
    },
  },
} satisfies Operations
