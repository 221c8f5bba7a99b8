import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Mistake } from '../base/errors.ts'
import type { Ground } from '../base/ground.ts'
import type { Sessions } from '../iam/sessions.ts'
import type { Dispatch } from '../services/dispatch.ts'
import { createHosts, type Hosts } from './hosts.ts'
import { createServer } from './http.ts'
import { LARGEST_HEAD, type Site } from './request.ts'
import { createServe } from './serve.ts'
import { LIMITS, type Limits } from './visit.ts'

export type { Site, SiteRequest } from './request.ts'

export interface DoorOptions {
  ground: Ground
  dispatch: Dispatch
  sessions: Sessions
  /** What answers requests that are no AWS operations, in the order asked. */
  sites?: Site[]
  /** Whether an origin is one of the cloud's own websites; the door's own addresses always are. */
  origins?: (origin: string) => boolean
  /** Other limits than AWS's. */
  limits?: Partial<Limits>
}

/** The one door of a cloud: all that clients, browsers and functions send comes through it. */
export interface Door {
  /**
   * Opens it on 127.0.0.1 and on `addresses`; port 0 takes a free one. What is sent to `others` arrives at 127.0.0.1: those
   * are the door's own hosts, too. @throws Mistake when the port is taken.
   */
  listen(port: number, addresses?: string[], others?: string[]): Promise<{ port: number; url: string }>
  /** Ends every connection. */
  close(): Promise<void>
}

const LOOPBACK = '127.0.0.1'

export const createDoor = ({ ground, dispatch, sessions, sites = [], origins, limits: some }: DoorOptions): Door => {
  const limits: Limits = { ...LIMITS, ...some }
  const serve = createServe({ ground, dispatch, sessions, sites, limits })
  const servers: Server[] = []
  /** How many requests of a connection are under way: what we say of broken ones must not come into their answers. */
  const answering = new WeakMap<Socket, number>()
  let hosts: Hosts

  const open = (port: number, address: string): Promise<number> => {
    const server = createServer({
      maxHeaderSize: LARGEST_HEAD,
      headersTimeout: limits.head,
      requestTimeout: limits.request,
      keepAliveTimeout: limits.keepAlive,
      connectionsCheckingInterval: Math.min(5_000, limits.head),
      noDelay: true,
    })
    server.maxConnections = limits.sockets
    server.maxHeadersCount = 0 // node:http drops what exceeds it without a word; the door counts itself
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request
      answering.set(socket, (answering.get(socket) ?? 0) + 1)
      response.on('close', () => answering.set(socket, (answering.get(socket) ?? 1) - 1))
      response.on('error', () => {}) // the client has gone: `send` sees that by itself
      serve(request, response, hosts).catch((cause) => {
        ground.log({ level: 'error', from: 'door', text: 'an answer could not be sent', cause })
        response.destroy()
      })
    }
    server.on('request', handle)
    // The client waits for our word before it sends its body; it gets it when the body is wanted.
    server.on('checkContinue', handle)
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      socket.writable && !answering.get(socket) ? refuseBroken(error, socket) : socket.destroy(),
    )
    servers.push(server)
    return new Promise((resolve, reject) => {
      server.on('error', (error: NodeJS.ErrnoException) => reject(mistakeOf(error, port, address)))
      server.listen(port, address, () => resolve((server.address() as AddressInfo).port))
    })
  }

  const close = async () => {
    const closed = servers.splice(0).map((server) => {
      const end = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return end
    })
    await Promise.all(closed)
  }

  return {
    async listen(port, addresses = [], others = []) {
      const taken = await open(port, LOOPBACK)
      hosts = createHosts([...addresses, ...others], taken, origins)
      for (const address of addresses) await open(taken, address)
      return { port: taken, url: `http://${LOOPBACK}:${taken}` }
    },
    close,
  }
}

const mistakeOf = (error: NodeJS.ErrnoException, port: number, address: string): Error => {
  if (error.code === 'EADDRINUSE')
    return new Mistake(`Port ${port} of ${address} is taken by another program: choose one with --port.`)
  if (error.code === 'EACCES') return new Mistake(`Port ${port} is the system's own: choose one with --port.`)
  if (error.code === 'EADDRNOTAVAIL') return new Mistake(`${address} is no address of this machine.`)
  return error
}

/** What is no HTTP, or too much of it, never becomes a request: it is answered here, in S3's form, and cut off. */
const refuseBroken = (error: NodeJS.ErrnoException, socket: Socket) => {
  const [code, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['RequestHeaderSectionTooLarge', 'Your request header section exceeds the maximum allowed size.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [
            'RequestTimeout',
            'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
          ]
        : ['BadRequest', 'An error occurred when parsing the HTTP request.']
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/xml\r\ncontent-length: ${Buffer.byteLength(body)}\r\ndate: ${new Date().toUTCString()}\r\nconnection: close\r\n\r\n${body}`,
  )
}
