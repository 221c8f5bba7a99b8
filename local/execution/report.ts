import { createHash } from 'node:crypto'
import type { FunctionLogLine, FunctionSpec } from './types.ts'

export type Status = 'success' | 'error' | 'timeout'

/** What is known at the end of an invocation. */
export interface Report {
  requestId: string
  durationMs: number
  billedMs: number
  memoryUsedMb: number
  initMs?: number
  status: Status
  /** When the environment ended: `Runtime.ExitError`, … */
  errorType?: string | undefined
}

const ms = (value: number) => Math.round(value * 100) / 100
const fixed = (value: number) => value.toFixed(2)

const MINOR = process.versions.node.split('.')[1] ?? '0'
const RUNTIME_VERSION = `nodejs:24.v${MINOR}`
const runtimeArn = (region: string) =>
  `arn:aws:lambda:${region}::runtime:${createHash('sha256').update(RUNTIME_VERSION).digest('hex')}`

const failed = (status: Status, errorType: string | undefined) =>
  status === 'timeout' ? 'Status: timeout' : `Status: ${status}\tError Type: ${errorType}`

/**
 * The lines that Lambda itself writes, in the log format of the function; in Text each ends with a line feed, as
 * CloudWatch Logs shows it. Sources: AWS Lambda, "Log formats", "Telemetry API event schema", "Lambda execution
 * environment lifecycle".
 */
export const platformLines = (spec: FunctionSpec, now: () => number) => {
  const json = (type: string, record: Record<string, unknown>) =>
    JSON.stringify({ time: new Date(now()).toISOString(), type: `platform.${type}`, record })
  const text = spec.logFormat === 'Text'
  return {
    initStart: () =>
      text
        ? `INIT_START Runtime Version: ${RUNTIME_VERSION}\tRuntime Version ARN: ${runtimeArn(spec.region)}\n`
        : json('initStart', {
            initializationType: 'on-demand',
            phase: 'init',
            runtimeVersion: RUNTIME_VERSION,
            runtimeVersionArn: runtimeArn(spec.region),
            functionName: spec.name,
            functionVersion: spec.version,
          }),
    /** Written when the init phase fails. */
    initReport: (phase: 'init' | 'invoke', durationMs: number, status: Status, errorType: string) =>
      text
        ? `INIT_REPORT Init Duration: ${fixed(durationMs)} ms\tPhase: ${phase}\t${failed(status, errorType)}\n`
        : json('initReport', {
            initializationType: 'on-demand',
            phase,
            status,
            errorType,
            metrics: { durationMs: ms(durationMs) },
          }),
    start: (requestId: string) =>
      text
        ? `START RequestId: ${requestId} Version: ${spec.version}\n`
        : json('start', { requestId, version: spec.version }),
    timedOut: (requestId: string, timeout: number) =>
      text
        ? `${new Date(now()).toISOString()} ${requestId} Task timed out after ${timeout.toFixed(2)} seconds\n\n`
        : undefined,
    /** The runtime's process has ended. */
    exited: (message: string, errorType: string) => (text ? `${message}\n${errorType}\n` : undefined),
    /** In format JSON it is written only when the runtime's process has ended. */
    runtimeDone: (requestId: string, durationMs: number, status: Status, errorType: string) =>
      text ? undefined : json('runtimeDone', { requestId, status, errorType, metrics: { durationMs: ms(durationMs) } }),
    end: (report: Report): string[] => {
      const { requestId, durationMs, billedMs, memoryUsedMb, initMs, status, errorType } = report
      if (text) {
        const parts = [
          `REPORT RequestId: ${requestId}`,
          `Duration: ${fixed(durationMs)} ms`,
          `Billed Duration: ${billedMs} ms`,
          `Memory Size: ${spec.memory} MB`,
          `Max Memory Used: ${memoryUsedMb} MB`,
          ...(initMs === undefined ? [] : [`Init Duration: ${fixed(initMs)} ms`]),
          ...(errorType ? [failed(status, errorType)] : []),
        ]
        return [`END RequestId: ${requestId}\n`, `${parts.join('\t')}\t\n`]
      }
      return [
        json('report', {
          requestId,
          metrics: {
            durationMs: ms(durationMs),
            billedDurationMs: billedMs,
            memorySizeMB: spec.memory,
            maxMemoryUsedMB: memoryUsedMb,
            ...(initMs !== undefined && { initDurationMs: ms(initMs) }),
          },
          status,
          ...(errorType && { errorType }),
        }),
      ]
    },
  }
}

/** How much of an invocation's log `LogType: Tail` gives back. */
const TAIL = 4096

/** Collects lines, hands them up in their order, and keeps the end of what belongs to an invocation. */
export const createLogWriter = (now: () => number, up: (lines: FunctionLogLine[]) => void) => {
  let lines: FunctionLogLine[] = []
  let tail: string[] = []
  let length = 0
  return {
    /** `mine`: it belongs to the invocation that is running. */
    add(message: string | undefined, mine: boolean) {
      if (message === undefined) return
      lines.push({ at: now(), message })
      if (!mine) return
      tail.push(message)
      length += message.length
      // A character has at least one byte.
      while (tail[0] && length - tail[0].length >= TAIL) length -= tail.shift()?.length ?? 0
    },
    flush() {
      if (lines.length === 0) return
      const ready = lines
      lines = []
      up(ready)
    },
    /** What gives the last 4 KB since the last call: few ask for them. */
    takeTail(): () => string {
      const messages = tail
      tail = []
      length = 0
      return () => {
        const all = Buffer.from(messages.map((message) => (message.endsWith('\n') ? message : `${message}\n`)).join(''))
        return all.subarray(Math.max(0, all.length - TAIL)).toString()
      }
    },
  }
}
