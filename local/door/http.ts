/**
 * The parts of `node:http` that make a server. They are not imported: an import reads all of that module's exports, one
 * of which is a WebSocket client that Node then loads, for 35 ms of every start.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http')
