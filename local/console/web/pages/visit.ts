import { useEffect, useState } from 'preact/hooks'
import { api } from '../lib/api.ts'
import type { InvokeAnswer } from '../lib/draft.ts'

/** One invocation of this visit, from the moment it was asked for. */
export interface Invocation {
  number: number
  at: number
  functionName: string
  /** The sample event's name, or `edited`. */
  event: string
  answer?: InvokeAnswer
  /** Why there is no answer. */
  refused?: string
}

export const isRunning = ({ answer, refused }: Invocation): boolean => !answer && refused === undefined

/** Newest first; kept while the console is open, so that whoever comes back finds what they did. */
let invocations: readonly Invocation[] = []
const watchers = new Set<() => void>()

const put = (invocation: Invocation): void => {
  invocations = [invocation, ...invocations.filter(({ number }) => number !== invocation.number)].sort(
    (one, other) => other.number - one.number,
  )
  for (const watcher of watchers) watcher()
}

/** Invokes a function; the pages that show its history follow. Gives the invocation's number. */
export const invoke = (asked: { functionName: string; event: string; payload: string; type: string }): number => {
  const { functionName, event, payload, type } = asked
  const invocation = { number: invocations.length + 1, at: Date.now(), functionName, event }
  put(invocation)
  api.invoke(functionName, { payload, type }).then(
    (answer) => put({ ...invocation, answer }),
    (error: Error) => put({ ...invocation, refused: error.message }),
  )
  return invocation.number
}

/** The invocations of a function in this visit, newest first. */
export const useInvocations = (functionName: string): Invocation[] => {
  const [, setTurn] = useState(0)
  useEffect(() => {
    const watcher = () => setTurn((turn) => turn + 1)
    watchers.add(watcher)
    return () => {
      watchers.delete(watcher)
    }
  }, [])
  return invocations.filter((invocation) => invocation.functionName === functionName)
}
