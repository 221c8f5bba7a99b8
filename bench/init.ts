// How long it takes to load a handler, in a process of its own: `init.ts <file>`, forked; sends the ms.
import { pathToFileURL } from 'node:url'

const file = pathToFileURL(process.argv[2] ?? '').href
const began = performance.now()
await import(file)
process.send?.(performance.now() - began, () => process.exit())
