import { tool } from './lib/tool.ts'

// `npm run lint -- --write` mends what can be mended.
tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', ...process.argv.slice(2)])
