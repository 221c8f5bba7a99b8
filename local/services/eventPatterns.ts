import { ServiceError } from '../base/errors.ts'
import { blockOf, type EventPattern, FILTERS, isAlternatives, isDict } from './eventMatching.ts'

const LARGEST = 4096
const LARGEST_NUMBER = 5e9

const refused = (reason: string) =>
  new ServiceError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`)

/**
 * Reads the text of an event pattern and checks it.
 * @throws ServiceError `InvalidEventPatternException`
 */
export const readPattern = (text: string): EventPattern => {
  if (text.length > LARGEST) throw refused(`Event pattern is larger than ${LARGEST} characters`)
  let pattern: unknown
  try {
    pattern = JSON.parse(text)
  } catch (error) {
    throw refused((error as Error).message)
  }
  if (!isDict(pattern)) throw refused('Filter is not an object')
  checkObject(pattern)
  return pattern as EventPattern
}

const checkObject = (pattern: Record<string, unknown>) => {
  const fields = Object.entries(pattern)
  if (!fields.length) throw refused('Empty objects are not allowed')
  for (const [field, wanted] of fields) {
    if (isAlternatives(field, wanted)) wanted.forEach(checkObject)
    else if (isDict(wanted)) checkObject(wanted)
    else if (!Array.isArray(wanted)) throw refused(`"${field}" must be an object or an array`)
    else if (!wanted.length) throw refused('Empty arrays are not allowed')
    else wanted.forEach(checkRule)
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= LARGEST_NUMBER

const checkRule = (rule: unknown) => {
  if (rule === null || isText(rule) || typeof rule === 'boolean') return
  if (typeof rule === 'number') {
    if (!isNumber(rule)) throw refused('Value must be between -5.0E9 and 5.0E9, inclusive')
    return
  }
  if (!isDict(rule)) throw refused('Match value must be String, number, true, false, or null')
  const [entry, ...more] = Object.entries(rule)
  if (!entry || more.length) throw refused('Only one key allowed in match expression')
  const [name, wanted] = entry
  if (!FILTERS.has(name)) throw refused(`Unrecognized match type ${name}`)
  CHECKS[name]?.(wanted)
}

const checkText = (name: string) => (wanted: unknown) => {
  if (!isText(wanted)) throw refused(`${name} match pattern must be a string`)
}
const checkEnd = (name: string) => (wanted: unknown) => {
  const text = isDict(wanted) && Object.keys(wanted).length === 1 ? wanted['equals-ignore-case'] : wanted
  checkText(name)(text)
}
const checkWildcard = (wanted: unknown) => {
  if (!isText(wanted)) throw refused('wildcard match pattern must be a string')
  if (/(^|[^\\])(\\\\)*\*\*/.test(wanted))
    throw refused(`Consecutive wildcard characters at pos ${wanted.indexOf('**')}`)
  if (/^(\\[*\\]|[^\\])*$/.test(wanted)) return
  throw refused('Invalid escape character')
}

const checkAnythingBut = (wanted: unknown) => {
  if (isDict(wanted)) {
    const [entry, ...more] = Object.entries(wanted)
    if (!entry || more.length) throw refused('Only one key allowed in match expression')
    const [name, given] = entry
    if (!WITHIN.has(name)) throw refused(`Unsupported anything-but pattern: ${name}`)
    const texts = [given].flat()
    if (!texts.length) throw refused('Empty arrays are not allowed')
    for (const text of texts) name === 'wildcard' ? checkWildcard(text) : checkEnd(name)(text)
    return
  }
  const values = [wanted].flat()
  if (!values.length) throw refused('Empty arrays are not allowed')
  if (!values.every(isText) && !values.every(isNumber))
    throw refused('Inside anything but list, either all values are number or string, mixed type is not supported')
}
const WITHIN = new Set(['prefix', 'suffix', 'equals-ignore-case', 'wildcard'])

const checkNumeric = (wanted: unknown) => {
  const list = Array.isArray(wanted) ? wanted : []
  const [operator, value, second, top] = list
  if (list.length === 0) throw refused('Value of numeric must be an array.')
  if (!isText(operator) || !['=', '<', '<=', '>', '>='].includes(operator))
    throw refused(`Unrecognized numeric range operator: ${operator}`)
  if (!isNumber(value)) throw refused(`Value of ${operator} must be numeric`)
  if (list.length === 2) return
  if (!operator.startsWith('>') || list.length !== 4) throw refused('Too many elements in numeric expression')
  if (!isText(second) || !second.startsWith('<') || !isNumber(top))
    throw refused(`Bad numeric range operator: ${second}`)
  if (value >= top) throw refused('Bottom must be less than top')
}

const CHECKS: Record<string, (wanted: unknown) => void> = {
  prefix: checkEnd('prefix'),
  suffix: checkEnd('suffix'),
  'equals-ignore-case': checkText('equals-ignore-case'),
  wildcard: checkWildcard,
  'anything-but': checkAnythingBut,
  numeric: checkNumeric,
  exists(wanted) {
    if (typeof wanted !== 'boolean') throw refused('exists match pattern must be either true or false.')
  },
  cidr(wanted) {
    if (!isText(wanted) || !blockOf(wanted)) throw refused(`Malformed CIDR, one '/' required`)
  },
}
