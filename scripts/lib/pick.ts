import { Mistake } from '../../local/base/errors.ts'

/** `items`, `[0]` or `[name=My Utilities]`. */
const STEP = /\.?([^.[\]]+)|\[(\d+)\]|\[([^=\]]+)=([^\]]*)\]/y

/**
 * One value of an answer, as text: `items[name=Bookstore].id`, `Buckets[0].Name`. `[name=…]` is the first entry of a list
 * whose member has that value.
 * @throws Mistake when the path cannot be read, or leads to nothing
 */
export const pick = (answer: unknown, path: string): string => {
  let value = answer
  STEP.lastIndex = 0
  while (STEP.lastIndex < path.length) {
    const from = STEP.lastIndex
    const [, member, index, key, wanted] = STEP.exec(path) ?? []
    if (STEP.lastIndex === 0) throw new Mistake(`"${path}" is no path, from "${path.slice(from)}" on: items[0].id`)
    if (member !== undefined) value = Object.entries(value ?? {}).find(([name]) => name === member)?.[1]
    else if (!Array.isArray(value)) value = undefined
    else if (index !== undefined) value = value[Number(index)]
    else value = value.find((one) => String(Object(one)[key ?? '']) === wanted)
  }
  if (value === undefined || value === null) throw new Mistake(`The answer has no ${path}.`)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
