// A local cloud in a process of its own, for tests that kill it: `serve.ts <state folder>`; prints its port when it is ready.
import { readFileSync } from 'node:fs'
import { cacheOf, createCloud } from '../../local/cloud.ts'
import { templateFile } from '../../scripts/lib/application.ts'

const cloud = await createCloud({
  state: process.argv[2] ?? '',
  cache: cacheOf(templateFile),
  log: ({ level, from, text, cause }) => level !== 'info' && console.error(`${from}: ${text}`, cause ?? ''),
})
await cloud.deploy({
  name: 'local',
  template: readFileSync(templateFile, 'utf8'),
  file: templateFile,
  parameters: { Chapter: 'all' },
})
console.log(cloud.port)
