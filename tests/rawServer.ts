import { createServer, type Server, type Socket } from 'node:net'

/** A server that sends raw bytes for each request: what no HTTP library would send. */
export class RawServer {
  readonly requests: string[] = []
  private readonly sockets = new Set<Socket>()
  private readonly server: Server

  /** @param answer gets the path of a request, and sends what it likes */
  constructor(answer: (path: string, socket: Socket, server: RawServer) => unknown) {
    this.server = createServer((socket) => {
      this.sockets.add(socket)
      socket.on('error', () => {})
      socket.once('data', (head) => {
        this.requests.push(head.toString())
        answer(head.toString().split(' ')[1] ?? '', socket, this)
      })
    })
  }
  listen = () => new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
  get host() {
    return `127.0.0.1:${this.port}`
  }
  get port() {
    return (this.server.address() as { port: number }).port
  }
  close() {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
  }
}

/** The head of an answer. */
export const head = (status: string, ...headers: string[]) => [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n')
