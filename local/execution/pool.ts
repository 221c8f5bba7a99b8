import { totalmem } from 'node:os'
import { ServiceError } from '../base/errors.ts'
import { type Environment, NotBegun } from './environment.ts'
import type { Bundle, FunctionSpec, InvokeRequest, InvokeResult } from './types.ts'

/** An environment that nobody called for this long ends, in ms. */
const IDLE = 5 * 60_000

/** A spare starts this long after an invocation, in ms, so that it takes no time from one that follows at once. */
const SPARE_AFTER = 100

/** An environment is not used when its credentials expire sooner than this after the function's timeout, in ms. */
const MARGIN = 60_000

/** Processes that may wait for work at the same time: a quarter of the machine's memory, at 64 MB each. */
const limitOf = (memory: number) => Math.max(8, Math.min(64, Math.floor(memory / 4 / (64 * 1024 * 1024))))

/** An environment, and until when its credentials are good (ms since the epoch). */
export interface Made {
  environment: Environment
  expiration: number
}

interface Member extends Made {
  owner: Owner
  /** From what it was made: another revision or other code makes other environments. */
  origin: string
  usedAt: number
}

/** What a version of a function has: environments that wait for work, newest last, and a process that loaded nothing yet. */
interface Owner {
  arn: string
  origin: string
  idle: Member[]
  spare?: Member
  sparing?: NodeJS.Timeout
}

export interface PoolParts {
  now: () => number
  /** Starts an environment. */
  make: (spec: FunctionSpec, bundle: Bundle, onDeath: () => void) => Promise<Made>
  /** Instead of what the machine's memory suggests. */
  limit?: number
  /** Instead of five minutes, in ms. */
  idle?: number
}

export interface Pool {
  /** Counts an invocation; call what it returns when it has ended. Throws `TooManyRequestsException`. */
  enter(spec: FunctionSpec): () => void
  run(spec: FunctionSpec, bundle: Bundle, request: InvokeRequest): Promise<InvokeResult>
  retire(arn: string): void
  stop(): Promise<void>
}

/** Keeps the environments of all functions: as many for each as events come in at once, and not too many in all. */
export const createPool = ({ now, make, limit = limitOf(totalmem()), idle = IDLE }: PoolParts): Pool => {
  const owners = new Map<string, Owner>()
  /** Invocations under way, by function. */
  const running = new Map<string, number>()
  const members = new Set<Member>()
  const ending = new Set<Promise<void>>()
  let stopped = false

  const end = (member: Member) => {
    members.delete(member)
    const { owner } = member
    owner.idle = owner.idle.filter((other) => other !== member)
    if (owner.spare === member) owner.spare = undefined
    const ended = member.environment.end().finally(() => ending.delete(ended))
    ending.add(ended)
  }

  const ownerOf = ({ arn, version }: FunctionSpec): Owner => {
    const key = `${arn}:${version}`
    const owner = owners.get(key) ?? { arn, origin: '', idle: [] }
    owners.set(key, owner)
    return owner
  }

  const retire = (owner: Owner) => {
    clearTimeout(owner.sparing)
    owner.sparing = undefined
    for (const member of [...owner.idle, ...(owner.spare ? [owner.spare] : [])]) end(member)
    owner.origin = ''
  }

  /** When there are too many processes, those go that waited longest, spares first. */
  const makeRoom = () => {
    while (members.size > limit) {
      const all = [...owners.values()]
      const waiting = [...all.flatMap((owner) => owner.spare ?? []), ...all.flatMap((owner) => owner.idle)]
      const oldest = waiting.sort((a, b) => Number(isSpare(b)) - Number(isSpare(a)) || a.usedAt - b.usedAt)[0]
      if (!oldest) return
      end(oldest)
    }
  }
  const isSpare = (member: Member) => member.owner.spare === member

  const good = (member: Member, spec: FunctionSpec) =>
    member.environment.alive && member.expiration - now() > spec.timeout * 1000 + MARGIN

  const start = async (owner: Owner, spec: FunctionSpec, bundle: Bundle, origin: string): Promise<Member> => {
    let member: Member | undefined
    const made = await make(spec, bundle, () => member && end(member))
    member = { ...made, owner, origin, usedAt: performance.now() }
    members.add(member)
    if (stopped) end(member)
    return member
  }

  const take = async (owner: Owner, spec: FunctionSpec, bundle: Bundle, origin: string): Promise<Member> => {
    if (owner.origin !== origin) {
      retire(owner)
      owner.origin = origin
    }
    for (let member = owner.idle.pop(); member; member = owner.idle.pop()) {
      if (good(member, spec)) return member
      end(member)
    }
    const { spare } = owner
    owner.spare = undefined
    if (spare && good(spare, spec)) return spare
    if (spare) end(spare)
    const member = await start(owner, spec, bundle, origin)
    makeRoom()
    return member
  }

  const planSpare = (owner: Owner, spec: FunctionSpec, bundle: Bundle, origin: string) => {
    if (owner.spare || owner.sparing || spec.concurrency < 2) return
    owner.sparing = setTimeout(async () => {
      if (members.size < limit && owner.origin === origin && !owner.spare) {
        // Nobody waits for it: the next cold start says what is wrong.
        const spare = await start(owner, spec, bundle, origin).catch(() => undefined)
        if (spare && (owner.spare || owner.origin !== origin)) end(spare)
        else owner.spare = spare
      }
      owner.sparing = undefined
    }, SPARE_AFTER).unref()
  }

  const sweep = setInterval(() => {
    const before = performance.now() - idle
    for (const owner of owners.values()) {
      for (const member of owner.idle) if (member.usedAt < before) end(member)
      if (owner.spare && owner.spare.usedAt < before && owner.idle.length === 0) end(owner.spare)
    }
  }, idle / 10).unref()

  const run = async (spec: FunctionSpec, bundle: Bundle, request: InvokeRequest): Promise<InvokeResult> => {
    const owner = ownerOf(spec)
    const origin = `${spec.revision} ${bundle.folder} ${bundle.file}`
    const member = await take(owner, spec, bundle, origin)
    try {
      return await member.environment.run(request)
    } catch (error) {
      if (error instanceof NotBegun) return run(spec, bundle, request)
      throw error
    } finally {
      member.usedAt = performance.now()
      if (stopped || !member.environment.alive || owner.origin !== member.origin) end(member)
      else owner.idle.push(member)
      if (!stopped && owner.origin === origin) planSpare(owner, spec, bundle, origin)
    }
  }

  return {
    run,
    enter(spec) {
      const under = running.get(spec.arn) ?? 0
      if (under >= spec.concurrency)
        throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', {
          status: 429,
          Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
          Type: 'User',
        })
      running.set(spec.arn, under + 1)
      return () => void running.set(spec.arn, (running.get(spec.arn) ?? 1) - 1)
    },
    retire(arn) {
      for (const owner of owners.values()) if (owner.arn === arn) retire(owner)
    },
    async stop() {
      stopped = true
      clearInterval(sweep)
      for (const owner of owners.values()) clearTimeout(owner.sparing)
      for (const member of members) end(member)
      await Promise.all(ending)
    },
  }
}
