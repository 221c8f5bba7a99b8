/** The layer that some functions share (`layer/`, `SampleAuthLogging` in the template). No bundle holds it. */
declare module 'logging' {
  /** Logs what happened to an account, as one line of JSON. The address is masked; nothing else is said of the user. */
  export const logAccount: (event: string, email: string, outcome: 'done' | 'refused' | 'unverified') => void
}
