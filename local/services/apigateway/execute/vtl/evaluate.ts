import { decimal, isDecimal } from '../json.ts'
import { type Budget, createBudget } from './budget.ts'
import { callMethod } from './methods.ts'
import type { Expression, Node, Reference, Step } from './nodes.ts'
import { TemplateError } from './nodes.ts'
import { calculate, compare, isEqual, isHost, isNumber, isTrue, toNumber, toText, type Value } from './values.ts'

/** Iterations of one `#foreach` (API Gateway quotas: 1,000); what comes after them is left out. */
const MOST_ITERATIONS = 1000
/** Macros within macros. */
const DEEPEST_CALL = 50

/** The variables that API Gateway brings: without a value they print as nothing, others as they stand. */
const BROUGHT = new Set(['input', 'context', 'stageVariables', 'util'])

type Flow = 'break' | 'stop' | undefined

interface Macro {
  readonly parameters: readonly string[]
  readonly body: readonly Node[]
}

/**
 * Evaluates a template as Velocity 1.7 does.
 * @param variables `$input`, `$context` and so on by their names; `#set` adds to them and changes what they hold
 * @throws TemplateError for what Java would throw, and for what takes too much
 */
export const evaluate = (
  nodes: readonly Node[],
  variables: Map<string, Value>,
  budget: Budget = createBudget(),
): string => {
  const macros = new Map<string, Macro>()
  const definitions = new Map<string, readonly Node[]>()
  /** What was passed to a macro without having a value prints as it stood in the call. */
  const passed = new Map<string, string>()
  let calls = 0

  const property = (base: Value, name: string): Value => {
    if (base instanceof Map) return base.get(name) ?? null
    if (isHost(base)) return base.property(name)
    return getter(base, name)
  }
  /** `$text.empty` is `isEmpty()`, `$entry.key` is `getKey()`. */
  const getter = (base: Value, name: string): Value => {
    const upper = `${name[0]?.toUpperCase()}${name.slice(1)}`
    return callMethod(base, `get${upper}`, [], budget) ?? callMethod(base, `is${upper}`, [], budget) ?? null
  }
  const element = (base: Value, index: Value): Value => {
    if (Array.isArray(base)) {
      if (!isNumber(index)) return null
      return callMethod(base, 'get', [toNumber(index) < 0 ? toNumber(index) + base.length : index], budget) ?? null
    }
    return base instanceof Map ? (base.get(toText(index, budget)) ?? null) : null
  }
  const follow = (base: Value, step: Step): Value => {
    budget.spend(1)
    if (base === null) return null
    if (step.kind === 'property') return property(base, step.name)
    if (step.kind === 'index') return element(base, value(step.index))
    const args = step.args.map(value)
    if (isHost(base)) return base.call(step.name, args, budget) ?? null
    return callMethod(base, step.name, args, budget) ?? null
  }
  const resolve = ({ name, steps }: Reference): Value => {
    budget.spend(1)
    let found = variables.get(name) ?? null
    for (const step of steps) found = follow(found, step)
    return found
  }

  const value = (expression: Expression): Value => {
    budget.spend(1)
    switch (expression.kind) {
      case 'reference': {
        const body = expression.steps.length ? undefined : definitions.get(expression.name)
        return body ? inner(body) : resolve(expression)
      }
      case 'literal':
        return expression.value
      case 'decimal':
        return decimal(Number(expression.text))
      case 'text':
        return inner(expression.parts)
      case 'list':
        return expression.items.map(value)
      case 'range':
        return range(value(expression.from), value(expression.to), budget)
      case 'map':
        return new Map(expression.entries.map(([key, item]) => [toText(value(key), budget), value(item)]))
      case 'not':
        return !truth(expression.of)
      case 'binary':
        return binary(expression)
    }
  }
  const binary = ({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Value => {
    if (operator === '&&') return truth(left) && truth(right)
    if (operator === '||') return truth(left) || truth(right)
    const [one, other] = [value(left), value(right)]
    if (operator === '==') return isEqual(one, other, budget)
    if (operator === '!=') return !isEqual(one, other, budget)
    if (operator === '<' || operator === '>' || operator === '<=' || operator === '>=')
      return compare(operator, one, other)
    const joins = operator === '+' && (typeof one === 'string' || typeof other === 'string')
    return joins ? joined(left, one) + joined(right, other) : calculate(operator, one, other, budget)
  }
  /** A part of a text: a reference without a value as it stands. */
  const joined = (part: Expression, given: Value): string =>
    budget.text(given === null && part.kind === 'reference' ? part.source : toText(given, budget))
  /** What #if takes for true: of numbers, texts, lists and maps that stand there themselves, nothing is. */
  const truth = (test: Expression): boolean => {
    if (test.kind === 'reference') return isTrue(value(test))
    return value(test) === true
  }

  /** Text of a part: a string with references in it, a definition. */
  const inner = (body: readonly Node[]): string => {
    if (++calls > DEEPEST_CALL) throw new TemplateError('Macros or definitions call one another too deeply')
    const parts: string[] = []
    run(body, parts)
    calls--
    return parts.join('')
  }

  const assign = ({ name, steps }: Reference, given: Value) => {
    // Velocity leaves a variable as it is when there is nothing to set it to.
    if (given === null) return
    const last = steps.at(-1)
    if (!last) {
      variables.set(name, given)
      definitions.delete(name)
      return
    }
    let base = variables.get(name) ?? null
    for (const step of steps.slice(0, -1)) base = follow(base, step)
    if (last.kind === 'method') throw new TemplateError(`#set has a method to its left: ${last.name}`)
    if (base instanceof Map) base.set(last.kind === 'property' ? last.name : toText(value(last.index), budget), given)
    else if (Array.isArray(base) && last.kind === 'index') callMethod(base, 'set', [value(last.index), given], budget)
  }

  const loop = ({ name, over, body }: Extract<Node, { kind: 'foreach' }>, out: string[]): Flow => {
    const found = value(over)
    const items = Array.isArray(found) ? [...found] : found instanceof Map ? [...found.values()] : []
    const before = ['foreach', 'velocityCount', name].map((key) => [key, variables.get(key)] as const)
    const most = Math.min(items.length, MOST_ITERATIONS)
    let flow: Flow
    for (let index = 0; index < most && !flow; index++) {
      const hasNext = index + 1 < items.length
      const state: [string, Value][] = [
        ['index', index],
        ['count', index + 1],
        ['hasNext', hasNext],
        ['first', index === 0],
        ['last', !hasNext],
        ['parent', before[0]?.[1] ?? null],
      ]
      variables.set('foreach', new Map(state)).set('velocityCount', index + 1)
      const item = items[index] ?? null
      if (item === null) variables.delete(name)
      else variables.set(name, item)
      flow = run(body, out)
    }
    for (const [key, old] of before) old === undefined ? variables.delete(key) : variables.set(key, old)
    return flow === 'stop' ? 'stop' : undefined
  }

  const call = ({ name, args, source }: Extract<Node, { kind: 'call' }>, out: string[]): Flow => {
    const macro = macros.get(name)
    if (!macro) {
      out.push(budget.text(source))
      return undefined
    }
    if (++calls > DEEPEST_CALL) throw new TemplateError(`#${name} calls itself too deeply`)
    const given = macro.parameters.map((_, index) => (args[index] ? value(args[index]) : null))
    const before = macro.parameters.map((parameter) => variables.get(parameter))
    const put = (parameter: string, item: Value | undefined) =>
      item === null || item === undefined ? variables.delete(parameter) : variables.set(parameter, item)
    macro.parameters.forEach((parameter, index) => {
      put(parameter, given[index])
      const arg = args[index]
      if (arg?.kind === 'reference' && given[index] === null) passed.set(parameter, arg.source)
    })
    const flow = run(macro.body, out)
    macro.parameters.forEach((parameter, index) => {
      put(parameter, before[index])
      passed.delete(parameter)
    })
    calls--
    return flow
  }

  const print = ({ reference, slashes }: Extract<Node, { kind: 'print' }>): string => {
    const kept = '\\'.repeat(slashes >> 1)
    const found = value(reference)
    if (slashes % 2) return `${kept}${found === null ? '\\' : ''}${reference.source}`
    if (found !== null) return `${kept}${toText(found, budget)}`
    const all = '\\'.repeat(slashes)
    if (reference.quiet || BROUGHT.has(reference.name)) return all
    return `${all}${reference.steps.length ? reference.source : (passed.get(reference.name) ?? reference.source)}`
  }

  const run = (body: readonly Node[], out: string[]): Flow => {
    for (const node of body) {
      budget.spend(1)
      const flow = step(node, out)
      if (flow) return flow
    }
    return undefined
  }
  const step = (node: Node, out: string[]): Flow => {
    switch (node.kind) {
      case 'content':
        out.push(budget.text(node.text))
        return undefined
      case 'print':
        out.push(budget.text(print(node)))
        return undefined
      case 'set':
        assign(node.target, value(node.value))
        return undefined
      case 'if': {
        const branch = node.branches.find(({ test }) => truth(test))
        return run(branch?.body ?? node.otherwise, out)
      }
      case 'foreach':
        return loop(node, out)
      case 'break':
      case 'stop':
        return node.kind
      case 'define':
        definitions.set(node.name, node.body)
        return undefined
      case 'macro':
        macros.set(node.name, node)
        return undefined
      case 'call':
        return call(node, out)
    }
  }

  const out: string[] = []
  run(nodes, out)
  return out.join('')
}

const range = (from: Value, to: Value, budget: Budget): Value => {
  if (!isNumber(from) || !isNumber(to) || isDecimal(from) || isDecimal(to)) return null
  const [first, last] = [Number(from), Number(to)]
  budget.size(Math.abs(last - first))
  budget.spend(Math.abs(last - first))
  const step = first <= last ? 1 : -1
  return Array.from({ length: Math.abs(last - first) + 1 }, (_, index) => first + step * index)
}
