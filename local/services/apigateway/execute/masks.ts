/** What the execution log shows of a secret: its last six letters. */
export const masked = (secret: string | undefined): string =>
  secret ? `${'*'.repeat(Math.max(0, secret.length - 6))}${secret.slice(-6)}` : ''

/** Bytes of an event that are looked at: lines of the log are shorter. */
const MOST = 2048
/** Members of an event that say who asks, with one value or a list of them. */
const SECRETS = /"(authorization|x-api-key|x-amz-security-token|apiKey)":(\[[^\]]*|"(?:[^"\\]|\\.)*)/gi

/**
 * The beginning of a proxy's event as the execution log shows it: "API Gateway redacts authorization headers, API key
 * values, and similar sensitive request parameters from the logged data" (Set up CloudWatch logging for REST APIs).
 */
export const maskedEvent = (event: Buffer): string =>
  event.toString('utf8', 0, MOST).replace(SECRETS, (whole, name: string) => {
    const values = whole.slice(name.length + 3)
    return `"${name}":${values.replace(/"((?:[^"\\]|\\.)*)/g, (_, value: string) => `"${masked(value)}`)}`
  })
