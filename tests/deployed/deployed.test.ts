import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { startMiniStack } from '../../bench/clouds.ts'
import { functionsOf } from '../../scripts/lib/application.ts'
import { type Target, targetOrMistake } from '../../scripts/lib/target.ts'
import type { Chain } from '../chains/chain.ts'
import { startCloud } from '../cloud.ts'
import { sampleOf } from '../sample.ts'
import { pythonTools } from '../tools/python.ts'
import { MINISTACK_LACKS } from './lacks.ts'
import { leftovers } from './leftovers.ts'
import { ChapterStack } from './stack.ts'

/** Somewhere to deploy to, ready for it. */
interface Place {
  target: Target
  stop(): Promise<unknown>
}

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }
const at = (endpoint: string): Target => ({ region: 'us-east-1', endpoint, credentials: CREDENTIALS })

/** Where to, and how it is opened; undefined where it is not installed. `most`: so many chapters, where not all. */
const PLACES: Record<
  string,
  { open(): Promise<Place | undefined>; lacks: Record<string, string | undefined>; most?: number }
> = process.env.TEST_DEPLOYED
  ? { 'the target': { open: async () => ({ target: targetOrMistake(), async stop() {} }), lacks: {} } }
  : {
      'the local cloud': {
        async open() {
          const cloud = await startCloud()
          return { target: at(cloud.cloud.url), stop: cloud.stop }
        },
        lacks: {},
        // tests/sam.test.ts deploys all of them here at once.
        most: 4,
      },
      MiniStack: {
        async open() {
          const server = await startMiniStack()
          if (!server && process.env.REQUIRE_TOOLS === '1')
            throw new Error('no MiniStack: run bench/install-peers, which REQUIRE_TOOLS=1 expects')
          return server && { target: at(server.url), stop: () => server.stop() }
        },
        lacks: MINISTACK_LACKS,
      },
    }

const chapters = [...new Set(functionsOf().map(({ chapter }) => chapter))].sort()

const chains = new Map<string, Chain>()
for (const chapter of chapters) {
  const file = join(import.meta.dirname, '..', 'chains', `${chapter}.ts`)
  if (existsSync(file)) chains.set(chapter, ((await import(file)) as { chain: Chain }).chain)
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

for (const [name, { open, lacks, most }] of Object.entries(PLACES)) {
  const asked = sampleOf(chapters, most ?? chapters.length, `deployed to ${name}`, (chapter) => chapter).sort()
  describe(`the chapters, deployed by SAM to ${name}`, function () {
    this.timeout(300_000)
    let place: Place | undefined
    const passed: string[] = []

    before(async function () {
      if (!pythonTools()) return this.skip()
      place = await open()
      if (!place) this.skip()
    })
    after(async () => {
      await place?.stop()
      if (place)
        console.log(`      chapters that pass on ${name}: ${passed.length} of ${asked.length} (${passed.join(', ')})`)
    })

    for (const chapter of asked)
      describe(`chapter ${chapter}`, () => {
        let stack: ChapterStack
        let failed = false

        before(async () => {
          stack = new ChapterStack(pythonTools() ?? '', (place as Place).target, chapter)
          await stack.deploy()
          console.log(`        build ${seconds(stack.took.build)}, deploy ${seconds(stack.took.deploy)}`)
          for (const step of chain.filter(lackOf)) console.log(`        not asked: ${step.title}, as ${lackOf(step)}`)
        })
        afterEach(function () {
          if (this.currentTest?.state === 'failed') failed = true
        })

        const chain = chains.get(chapter) ?? []
        const lackOf = ({ title }: Chain[number]) => lacks[`${chapter}: ${title}`]
        for (const step of chain) if (!lackOf(step)) it(step.title, () => step.run(stack.deployed))

        it('is deleted, and nothing of it is left', async () => {
          await stack.delete()

          expect(await leftovers((place as Place).target, stack.name)).to.deep.equal([])
          if (!failed) passed.push(chapter)
        })
      })
  })
}

describe('the chains', () => {
  it('have every step that MiniStack is not asked for', () => {
    const steps = [...chains].flatMap(([chapter, chain]) => chain.map(({ title }) => `${chapter}: ${title}`))

    expect(steps).to.include.members(Object.keys(MINISTACK_LACKS))
  })

  for (const chapter of chapters)
    it(`there is one for chapter ${chapter}`, () => {
      expect(chains.get(chapter)?.length ?? 0).to.be.greaterThan(0)
    })
})
