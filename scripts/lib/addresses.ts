/** An address of an API as AWS has it, `https://<id>.execute-api.<region>.amazonaws.com/<stage>/…`. */
const API = /^https:\/\/([a-z0-9]+)\.execute-api\.[^/]+\/(\w+)(\/.*)?$/

/**
 * Where the local cloud serves what an Output of the stack names: an API by the path that browsers and curl take. Other
 * values stay as they are.
 * @param url the local cloud's own address
 */
export const localAddress = (value: string, url: string): string => {
  const [, id, stage, path = ''] = API.exec(value) ?? []
  return id ? `${url}/restapis/${id}/${stage}/_user_request_${path}` : value
}
