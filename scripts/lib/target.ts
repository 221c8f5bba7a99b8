import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { containerHost } from '../../local/base/bridge.ts'
import { Mistake } from '../../local/base/errors.ts'
import type { Log } from '../../local/base/log.ts'
import { runningClouds } from '../../local/base/running.ts'
import { root, templateFile } from './application.ts'

/** What an SDK client needs to reach a target. Nothing but the region for AWS itself. */
export interface Target {
  region: string
  endpoint?: string
  credentials?: { accessKeyId: string; secretAccessKey: string }
}

const local = (url: string): Target => ({
  region: 'us-east-1',
  endpoint: url,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
})

/** The local cloud that `npm start` runs now, with a chapter where one is given; the one started last of several. */
const running = (chapter?: string): Target | undefined => {
  const found = runningClouds(root).find(
    ({ selection }) => chapter === undefined || selection === 'all' || selection === chapter,
  )
  return found && local(found.url)
}

/** The endpoint that the environment names, if it does. @throws Mistake when it is no address. */
const namedEndpoint = (): string | undefined => {
  const url = process.env.AWS_ENDPOINT_URL
  if (url && !URL.canParse(url)) throw new Mistake(`AWS_ENDPOINT_URL is no address: ${url}`)
  return url || undefined
}

/**
 * Where a command goes: AWS when a profile is named, the endpoint of AWS_ENDPOINT_URL, or the local cloud that runs.
 * `undefined` when there is none of these.
 */
export const target = (): Target | undefined => {
  const { AWS_PROFILE, AWS_REGION = 'us-east-1', AWS_ACCESS_KEY_ID } = process.env
  const endpoint = namedEndpoint()
  if (AWS_PROFILE) return { region: AWS_REGION }
  if (endpoint) return AWS_ACCESS_KEY_ID ? { region: AWS_REGION, endpoint } : local(endpoint)
  return running()
}

const NONE = 'No local cloud runs here: type `npm start` in another terminal first.'

/** The local cloud that runs with a chapter, or the one of AWS_ENDPOINT_URL. @throws Mistake when there is none. */
export const localTargetOrMistake = (chapter: string): Target => {
  const url = namedEndpoint()
  const found = url ? local(url) : running(chapter)
  if (!found && running()) throw new Mistake(`The local cloud that runs does not have chapter ${chapter}.`)
  if (!found) throw new Mistake(NONE)
  return found
}

/** As {@link target}. @throws Mistake when there is nothing to talk to. */
export const targetOrMistake = (): Target => {
  const found = target()
  if (!found) throw new Mistake(NONE)
  return found
}

/** A local cloud as this machine reaches it, and its address as functions in containers do. */
export interface ContainerTarget {
  target: Target
  containers: string
}

/** What AWS_ENDPOINT_URL names, as containers reach it: for them 127.0.0.1 is the container itself. */
const fromContainers = (endpoint: string): string => {
  const url = new URL(endpoint)
  if (url.hostname === '127.0.0.1' || url.hostname === 'localhost')
    url.hostname = containerHost()?.address ?? url.hostname
  return url.origin
}

/**
 * The local cloud for functions in containers: the one of AWS_ENDPOINT_URL, or the one that runs; of several, one that
 * was started with --containers. `undefined` when there is none.
 * @throws Mistake when one runs, but was started without --containers.
 */
export const containerTarget = (): ContainerTarget | undefined => {
  const endpoint = namedEndpoint()
  if (endpoint) return { target: local(endpoint), containers: fromContainers(endpoint) }
  const clouds = runningClouds(root)
  const found = clouds.find(({ containers }) => containers !== undefined)
  if (found?.containers) return { target: local(found.url), containers: found.containers }
  if (clouds.length === 0) return undefined
  throw new Mistake(
    'Functions in containers do not reach the local cloud that runs: stop it (Ctrl-C), and start it with `npm start -- --containers`.',
  )
}

/**
 * Runs `use` against the local cloud that runs, if it has the chapter, or against one of its own with that chapter,
 * gone afterwards. AWS_ENDPOINT_URL goes first.
 */
export const withLocalCloud = async <T>(chapter: string, use: (target: Target) => Promise<T>): Promise<T> => {
  const url = namedEndpoint()
  if (url) return use(local(url))
  const found = running(chapter)
  if (found) return use(found)
  const state = mkdtempSync(join(tmpdir(), 'lambda-in-action-'))
  const log: Log = ({ level, from, text, cause }) => {
    if (level !== 'info') console.error(`${from}: ${text}`, ...(cause ? [cause] : []))
  }
  // Only here: a command that finds a cloud needs none of its code.
  const { cacheOf, createCloud } = await import('../../local/cloud.ts')
  try {
    const cloud = await createCloud({ state, log, cache: cacheOf(templateFile) })
    try {
      await cloud.deploy({
        name: 'local',
        template: readFileSync(templateFile, 'utf8'),
        file: templateFile,
        parameters: { Chapter: chapter },
      })
      return await use(local(cloud.url))
    } finally {
      await cloud.stop()
    }
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
}
