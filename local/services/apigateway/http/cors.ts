import type { Cors } from '@aws-sdk/client-apigatewayv2'
import type { ApiRequest, ApiResponse, Headers } from '../types.ts'

const header = ({ headers }: ApiRequest, wanted: string): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1]

const allows = ({ AllowOrigins: origins = [] }: Cors, origin: string): boolean =>
  origins.some(
    (one) => one === '*' || one === origin || (/^https?:\/\/\*$/.test(one) && origin.startsWith(one.slice(0, -1))),
  )

const originHeaders = (cors: Cors, origin: string): [string, string][] => [
  ['access-control-allow-origin', cors.AllowOrigins?.includes('*') ? '*' : origin],
  ...(cors.AllowCredentials ? ([['access-control-allow-credentials', 'true']] as [string, string][]) : []),
]

/** The answer to a preflight, where the API has a CORS configuration: without a route, and without asking anybody. */
export const preflightOf = (cors: Cors | undefined, request: ApiRequest): ApiResponse | undefined => {
  const origin = header(request, 'origin')
  const method = header(request, 'access-control-request-method')
  if (!cors || request.method !== 'OPTIONS' || origin === undefined || method === undefined) return undefined
  const headers: [string, string][] = []
  if (allows(cors, origin)) {
    headers.push(...originHeaders(cors, origin))
    if (cors.AllowMethods?.length) headers.push(['access-control-allow-methods', cors.AllowMethods.join(',')])
    if (cors.AllowHeaders?.length) headers.push(['access-control-allow-headers', cors.AllowHeaders.join(',')])
    if (cors.MaxAge !== undefined) headers.push(['access-control-max-age', String(cors.MaxAge)])
  }
  return { status: 204, headers, body: Buffer.alloc(0) }
}

/** An answer with the headers of the configuration in place of those of the integration. */
export const withCors = (cors: Cors | undefined, request: ApiRequest, response: ApiResponse): ApiResponse => {
  const origin = header(request, 'origin')
  if (!cors) return response
  const headers: Headers = response.headers.filter(([name]) => !name.toLowerCase().startsWith('access-control-'))
  if (origin === undefined || !allows(cors, origin)) return { ...response, headers }
  const exposed = cors.ExposeHeaders?.length
    ? ([['access-control-expose-headers', cors.ExposeHeaders.join(',')]] as [string, string][])
    : []
  return { ...response, headers: [...headers, ...originHeaders(cors, origin), ...exposed] }
}
