import { functions } from './functions.ts'
import { callOf } from './intrinsics.ts'
import { NO_VALUE, type Scope } from './scope.ts'
import { isDict } from './source.ts'

/**
 * Takes the branch of each Fn::If and leaves out what is AWS::NoValue: what remains are the members and references that
 * count, before any resource is there. Other functions stay as they are.
 */
export const fold = (value: unknown, scope: Scope): unknown => {
  const { source } = scope
  if (Array.isArray(value)) {
    const list = value.map((one) => fold(one, scope)).filter((one) => one !== NO_VALUE)
    return source.carry(value, list)
  }
  if (!isDict(value)) return value
  const call = callOf(value, scope)
  if (call?.name === 'Ref' && call.argument === 'AWS::NoValue') return NO_VALUE
  if (call?.name === 'Fn::If')
    return functions['Fn::If']?.(call.argument, {
      scope,
      value: (one) => fold(one, scope),
      refuse: (message) => source.mistake(message, [value, 'Fn::If']),
    })
  const members = Object.entries(value).map(([name, one]) => [name, fold(one, scope)] as const)
  return source.carry(value, Object.fromEntries(members.filter(([, one]) => one !== NO_VALUE)))
}
