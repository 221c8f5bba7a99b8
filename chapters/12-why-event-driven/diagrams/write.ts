import { writeFileSync } from 'node:fs'
import { drawSteps } from '../lib/steps.ts'

// Draws the picture of the README and of the page anew: node chapters/12-why-event-driven/diagrams/write.ts
writeFileSync(new URL('../web/steps.svg', import.meta.url), drawSteps())
