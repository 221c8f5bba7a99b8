import type { ServerResponse } from 'node:http'
import { DATA_POLICY, headersOf } from './answers.ts'
import type { MapNode, Trace } from './types.ts'

/** `trace-s3-putobject-on-media`, of whatever a title holds. */
const fileName = (title: string): string =>
  ['trace', ...(title.toLowerCase().match(/[a-z\d]+/g) ?? [])].join('-').slice(0, 80)

/** Sends a trace as a picture that is kept: a browser saves it instead of opening it in the console's place. */
export const sendPicture = async (response: ServerResponse, trace: Trace, nodes: readonly MapNode[]): Promise<void> => {
  // What lays a picture out is large, and wanted seldom.
  const { svgOf } = await import('./picture/svg.ts')
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const bytes = Buffer.from(svgOf(trace, (id) => byId.get(id)))
  response.writeHead(
    200,
    headersOf('image/svg+xml', {
      'content-disposition': `attachment; filename="${fileName(trace.title)}.svg"`,
      'content-length': String(bytes.length),
      'content-security-policy': `${DATA_POLICY}; style-src 'unsafe-inline'`,
    }),
  )
  response.end(bytes)
}
