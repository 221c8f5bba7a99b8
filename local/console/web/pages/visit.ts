import { useEffect, useState } from 'preact/hooks'
import type { InvokeAnswer, InvokeRequest } from '../../types.ts'
import { api } from '../lib/api.ts'

/** One invocation of this visit, from the moment it was asked for. */
export interface Invocation {
  number: number
  at: number
  functionName: string
  /** What it was invoked with: `john`, `john, edited`. */
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
export const invoke = (functionName: string, event: string, request: InvokeRequest): number => {
  const invocation = { number: invocations.length + 1, at: Date.now(), functionName, event }
  put(invocation)
  api.invoke(functionName, request).then(
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
