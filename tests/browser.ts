import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium as playwright } from 'playwright-core'
import { type PageFile, pagesOf } from '../scripts/lib/pages.ts'
import { chromium } from './tools/tools.ts'

/** Starts Chromium, or skips the tests where there is none; `REQUIRE_TOOLS=1` makes that a failure. */
export const openBrowser = async (test: Mocha.Context): Promise<Browser> => {
  const executablePath = chromium()
  if (!executablePath && process.env.REQUIRE_TOOLS === '1') throw new Error('no Chromium: set CHROMIUM to its path')
  if (!executablePath) return test.skip()
  return playwright.launch({ executablePath, args: ['--no-sandbox'] })
}

/** Serves a folder of pages, and some more files, on a free port of 127.0.0.1. */
export const servePages = async (
  folder: string,
  more: Record<string, PageFile> = {},
): Promise<{ url: string; close(): void }> => {
  const files = new Map([...(await pagesOf(folder)), ...Object.entries(more)])
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const file = files.get(pathname === '/' ? 'index.html' : pathname.slice(1))
    if (file) response.writeHead(200, { 'content-type': file.contentType }).end(file.bytes)
    else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
