// The floor: a server in a process of its own that answers every request with one constant. What a client takes over it
// is what the client itself costs. Prints its port when it is ready.
import { createServer } from 'node:http'

const body = '"Hello John!"'
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : '')
})
process.on('disconnect', () => process.exit())
