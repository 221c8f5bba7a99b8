import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

/** Something that happened: a call of an operation, or a run of a function. The same object is told again at its end. */
export interface Told {
  /** 16 hexadecimal digits, as the parent in a header `X-Amzn-Trace-Id`. */
  readonly id: string
  /** What caused it: the id of something told before. */
  readonly cause?: string
  /** ms since the epoch */
  readonly at: number
  readonly kind: 'call' | 'run'
  /** Of a call: `s3` and `PutObject`; of a run: `lambda` and the function's name. */
  readonly service: string
  readonly operation: string
  /** The ARN of what it was about: known once IAM has been asked. */
  resource?: string
  /** Of a call: the ARN of who asked, or the name of the service; for a service, the resource that it acts for. */
  readonly caller?: string
  readonly source?: string
  /** Of a call: the identity of a Cognito identity pool that asked, `us-east-1:…`. */
  readonly identity?: string
  /** Of a run: the event, where it is not large. */
  readonly payload?: string
  /** At its end. */
  durationMs?: number
  outcome?: 'ok' | 'error' | 'denied'
  reason?: string
  /** Of a call that was denied. */
  denial?: Denial
}

/** What IAM did not allow, and what came nearest to allowing it. */
export interface Denial {
  /** `s3:GetObject` */
  action: string
  /** ARN */
  resource: string
  /** `no identity-based policy allows the s3:GetObject action` */
  because: string
  /** The statement that denies or, where nothing allows, came nearest: `Media's bucket policy, statement 2 (Public)`. */
  statement?: string
  /** What does not fit in it, where it came nearest only. */
  missed?: string
}

/** What causes what in a cloud: an operation its events, an event its function, a function its calls. */
export interface Story {
  /** Runs something, and all that comes of it, as an effect of `cause`. */
  within<T>(cause: string | undefined, run: () => T): T
  /** What causes the code that runs now. */
  cause(): string | undefined
  /** An id for something that happens. */
  next(): string
  /** Whether anybody listens: what is expensive to tell need not be told otherwise. */
  readonly heard: boolean
  tell(told: Told): void
  /** Hears everything, when it begins and when it ends. Gives a function that ends it. */
  watch(watcher: (told: Told) => void): () => void
}

/** The cause of what is nobody's business: what the console reads for its pages. It is neither told nor kept. */
export const UNSEEN = 'unseen'

export const createStory = (): Story => {
  const causes = new AsyncLocalStorage<string>()
  const watchers = new Set<(told: Told) => void>()
  // Unlike those of the run of the cloud before this one, whose events may still be on their way.
  const run = randomBytes(4).toString('hex')
  let count = 0
  return {
    within: (cause, work) => (cause === undefined ? work() : causes.run(cause, work)),
    cause: () => causes.getStore(),
    next: () => run + (++count).toString(16).padStart(8, '0'),
    get heard() {
      return watchers.size > 0
    },
    tell(told) {
      for (const watcher of watchers) watcher(told)
    },
    watch(watcher) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
  }
}
