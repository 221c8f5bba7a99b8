import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { Clone } from '../../../tests/clone.ts'
import { withCloud } from '../../../tests/cloud.ts'
import { samLocal } from './local.ts'

/** What `samLocal` gives with these variables of the environment, which are as they were afterwards. */
const within = async <T>(variables: Record<string, string | undefined>, use: () => Promise<T>): Promise<T> => {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]))
  const set = (all: Record<string, string | undefined>) => {
    for (const [name, value] of Object.entries(all))
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
  }
  set(variables)
  try {
    return await use()
  } finally {
    set(before)
  }
}

const EVENTS = 'chapters/05-standalone-functions/events'

describe('npm run sam -- local', () => {
  const cloud = withCloud({ chapter: '05' })
  const connected = (args: string[]) =>
    within({ AWS_ENDPOINT_URL: cloud.cloud.url, AWS_PROFILE: undefined }, () => samLocal(args))

  it("hands the functions' real variables, the cloud's address and the caller's key to the container", async () => {
    const { args, env, end } = await connected(['invoke', 'createThumbnailAndStoreInDB'])

    const file = args[args.indexOf('--env-vars') + 1] ?? ''
    const variables = JSON.parse(readFileSync(file, 'utf8')).CreateThumbnailAndStoreInDB
    expect(args.slice(0, 3)).to.deep.equal(['local', 'invoke', 'CreateThumbnailAndStoreInDB'])
    expect(variables.TABLE).to.equal('Images')
    expect(new URL(variables.AWS_ENDPOINT_URL).port).to.equal(String(cloud.cloud.port))
    expect(env).to.include({ AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_SESSION_TOKEN: '' })
    end()
    expect(existsSync(file)).to.equal(false)
  })

  it('seeds what a sample event needs, and puts the address in that containers know', async () => {
    const event = `${EVENTS}/faceDetection.portrait.json`

    const { args, end } = await connected(['invoke', 'FaceDetection', '--event', event])

    const given = JSON.parse(readFileSync(args[args.indexOf('-e') + 1] ?? '', 'utf8')) as { imageUrl: string }
    const { port, pathname } = new URL(given.imageUrl)
    end()
    expect(port).to.equal(String(cloud.cloud.port))
    expect((await fetch(`${cloud.cloud.url}${pathname}`)).status).to.equal(200)
  })

  it('leaves what is asked for as it is: a file of variables, an AWS profile, help', async () => {
    const own = await connected(['invoke', 'FaceDetection', '--env-vars', 'own.json'])
    const aws = await within({ AWS_PROFILE: 'dev' }, () => samLocal(['invoke', 'FaceDetection', '-e', 'x.json']))
    const help = await connected(['invoke', '--help'])

    own.end()
    expect(own.args.filter((arg) => arg === '--env-vars')).to.have.length(1)
    expect(own.args).to.include('own.json')
    expect(aws).to.deep.include({ args: ['local', 'invoke', 'FaceDetection', '-e', 'x.json'], env: {} })
    expect(help.args).to.deep.equal(['local', 'invoke', '--help'])
  })

  for (const [args, message] of [
    [['invoke', 'Sum'], 'The local cloud that runs does not have Sum, of chapter 01.'],
    [['invoke', 'FaceDetection', '-e', 'nothing.json'], 'nothing.json cannot be read (ENOENT).'],
  ] as const)
    it(`says what is wrong: ${args.join(' ')}`, async () => {
      const error = await connected([...args]).catch((one: Error) => one)

      expect((error as Error).message).to.equal(message)
    })
})

describe('npm run sam -- local, without a local cloud', function () {
  this.timeout(60_000)
  let clone: Clone
  before(() => {
    clone = new Clone()
  })
  after(() => clone.remove())

  const alone = (args: string) => {
    const code = `import { samLocal } from ${JSON.stringify(`${clone.folder}/scripts/lib/sam/local.ts`)}
      samLocal(${JSON.stringify(args.split(' '))}).then(({ args }) => console.log(args.join(' ')), ({ message }) => console.log(message))`
    return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
    }).trim()
  }

  it('runs a function that calls no service', () => {
    expect(alone('invoke sum -e event.json')).to.equal('local invoke Sum -e event.json')
  })

  it('says what to start for one that does', () => {
    expect(alone('invoke flipImage')).to.equal(
      'FlipImage calls services of AWS, and there is none here: start the local cloud with `npm start -- --containers` in another terminal, or name a profile of AWS in AWS_PROFILE.',
    )
  })
})
