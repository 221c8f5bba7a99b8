import { writeFileSync } from 'node:fs'
import { drawModel, drawSequence } from '../lib/draw.ts'
import { flows, model } from '../lib/flows.ts'

// Writes the drawings of the README anew: node chapters/08-designing-authentication/diagrams/write.ts
const write = (name: string, drawing: string) => writeFileSync(new URL(`./${name}.svg`, import.meta.url), drawing)

write('model', drawModel(model))
for (const [name, flow] of Object.entries(flows)) write(name, drawSequence(flow))
