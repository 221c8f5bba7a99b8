// dynalite, an emulator of DynamoDB from npm, in a process of its own: `dynalite.ts <folder>`, where it keeps its tables as
// ours keeps them. Prints its port when it is ready.
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

type Dynalite = (options: { createTableMs: number; path?: string | undefined }) => Server
const dynalite: Dynalite = createRequire(import.meta.url)('dynalite')

const server = dynalite({ createTableMs: 0, path: process.argv[2] })
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
