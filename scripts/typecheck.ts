import { tool } from './lib/tool.ts'

tool('typescript/bin/tsc', ['--project', '.', ...process.argv.slice(2)])
