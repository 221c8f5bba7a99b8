import type { Destination } from './addresses.ts'

/** S3 has refused an upload: `name` is its code. */
export class Refused extends Error {
  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}

/** No answer came: the connection broke, or the file cannot be read any more. */
export class Broken extends Error {
  override readonly name = 'NetworkError'
}

const refusal = ({ status, responseText }: XMLHttpRequest): Refused => {
  const answer = new DOMParser().parseFromString(responseText, 'text/xml')
  const text = (name: string) => answer.querySelector(name)?.textContent ?? ''
  return new Refused(text('Code') || `status ${status}`, text('Message'))
}

/**
 * Uploads a file. XMLHttpRequest is what tells how many bytes have left; `fetch` does not.
 * @param sent is called with the bytes that are sent, as often as the browser says so
 * @throws Refused, Broken, and the signal's reason
 */
export const send = (
  file: File,
  { address, headers }: Destination,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open('PUT', address)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded }) => sent(Math.min(loaded, file.size))
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request)))
    request.onerror = () => reject(new Broken('the connection broke'))
    request.onabort = () => reject(signal.reason)
    request.onloadend = () => signal.removeEventListener('abort', stop)
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', stop)
    request.send(file)
  })
