import { tool } from './lib/tool.ts'

// Pages have a DOM, and nothing else has one.
for (const project of ['tsconfig.json', 'tsconfig.web.json'])
  tool('typescript/bin/tsc', ['--project', project, ...process.argv.slice(2)])
