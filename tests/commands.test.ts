import { expect } from 'chai'
import { Clone } from './clone.ts'

describe('npm run', function () {
  this.timeout(60_000)
  let clone: Clone
  before(() => {
    clone = new Clone()
  })
  after(() => clone.remove())

  describe('invoke', () => {
    it('works without a running local cloud', async () => {
      const { code, output } = await clone.run('npm run invoke -- greetingsOnDemand john')

      expect(code).to.equal(0)
      expect(output).to.match(
        /^result\n {2}"Hello John!"\nlog\n[\s\S]*REPORT[\s\S]*\nduration\n {2}[\d.]+ ms \(init [\d.]+ ms\)/,
      )
    })

    it('takes the first case by name, a file, and standard input', async () => {
      const first = await clone.run('npm run invoke -- sum')
      const file = await clone.run('npm run invoke -- sum chapters/01-running-functions/events/sum.numbers.json')
      const input = await clone.run('npm run invoke -- sum -', { input: '{"value1":1,"value2":2}' })

      expect(first.output).to.contain('result\n  -1.75\n')
      expect(file.output).to.contain('result\n  30\n')
      expect(input.output).to.contain('result\n  3\n')
    })

    it('prints the error of a function and ends with 1', async () => {
      const { code, output } = await clone.run('npm run invoke -- sum strings')

      expect(code).to.equal(1)
      expect(output).to.contain('"errorMessage": "value1 must be a number, but is \\"10\\""')
    })

    for (const [args, message] of [
      ['', 'Which function?'],
      [
        'nothing',
        'There is no function "nothing". Chapter and function:\n  01  sum\n  01  logMessage\n  02  greetingsOnDemand',
      ],
      [
        'sum nothing',
        'There is no case and no file "nothing" for sum. Its cases in chapters/01-running-functions/events:\n  fractions\n  missing\n  numbers\n  strings',
      ],
      ['sum package.json5', 'There is no case and no file'],
      ['sum README.md', 'README.md is no JSON'],
      ['sum events/photo.jpg', 'events/photo.jpg is no JSON'],
      ['sum chapters', 'chapters cannot be read (EISDIR).'],
      ['sum numbers strings', 'One event at a time: what is "strings"?'],
    ] as const)
      it(`says what there is for "${args}"`, async () => {
        const { code, output } = await clone.run(`npm run invoke -- ${args}`)

        expect(code).to.equal(1)
        expect(output).to.contain(message)
        expect(output).not.to.match(/^\s+at /m)
        expect(output.replaceAll('\n', '')).not.to.match(/\p{C}/u)
      })

    it('refuses input that is no JSON', async () => {
      const { code, output } = await clone.run('npm run invoke -- sum -', { input: '{"value1":' })

      expect(code).to.equal(1)
      expect(output).to.contain('standard input is no JSON')
    })
  })

  describe('call', () => {
    for (const [args, message] of [
      ['s3 PutObjects', 's3 has no operation "PutObjects"'],
      ['nothing List', 'client for "nothing" is not installed'],
      ['s3 ListBuckets', 'No local cloud runs here: type `npm start` in another terminal first.'],
      ['s3 PutObject Bukket=a', 'There is no member "Bukket". Members: '],
      ['s3 PutObject Bucket', '"Bucket" is not of the form Member=value.'],
      ['s3 ListObjectsV2 MaxKeys=many', 'MaxKeys must be a number, but is "many".'],
      ['s3 PutObject Body=@nothing.jpg', 'Body: nothing.jpg cannot be read (ENOENT).'],
      ['dynamodb PutItem Item={', 'Item must be JSON'],
      ['s3 GetObject --out', '--out takes the name of a file.'],
      ['s3 ListBuckets --value', '--value takes the path of a value.'],
    ] as const)
      it(`says what is wrong with "${args}"`, async () => {
        const { code, output } = await clone.run(`npm run call -- '${args.split(' ').join("' '")}'`)

        expect(code).to.equal(1)
        expect(output).to.contain(message)
        expect(output).not.to.match(/^\s+at /m)
      })

    it('says that the file for the body cannot be written', async () => {
      const { child } = await clone.start('npm start -- --empty')
      await clone.run('npm run call -- s3 CreateBucket Bucket=one')
      await clone.run('npm run call -- s3 PutObject Bucket=one Key=a Body=text')

      const { code, output } = await clone.run('npm run call -- s3 GetObject Bucket=one Key=a --out nowhere/a')
      await clone.end(child)

      expect(code).to.equal(1)
      expect(output.trim()).to.equal('nowhere/a cannot be written (ENOENT).')
    })

    it('prints one value of the answer alone', async () => {
      const { child } = await clone.start('npm start -- --empty')

      const { output } = await clone.run('npm run call -- sts GetCallerIdentity --value Arn')
      const missing = await clone.run('npm run call -- sts GetCallerIdentity --value Name')
      await clone.end(child)

      expect(output).to.equal('arn:aws:iam::123456789012:user/local\n')
      expect(missing.code).to.equal(1)
      expect(missing.output).to.equal('The answer has no Name.\n')
    })

    it('lists the operations of a service', async () => {
      const { output } = await clone.run('npm run call -- sts')

      expect(output).to.contain('sts has the operations:\n')
      expect(output).to.contain('\n  GetCallerIdentity\n')
    })
  })

  describe('logs', () => {
    it('says that no local cloud runs', async () => {
      const { code, output } = await clone.run('npm run logs -- sum')

      expect(code).to.equal(1)
      expect(output.trim()).to.equal('No local cloud runs here: type `npm start` in another terminal first.')
    })

    it('refuses what it does not know', async () => {
      const { code, output } = await clone.run('npm run logs -- sum --follow')

      expect(code).to.equal(1)
      expect(output).to.contain('One function at a time: what is "--follow"?')
    })
  })

  for (const [url, message] of [
    ['http://127.0.0.1:1', 'What AWS_ENDPOINT_URL names (http://127.0.0.1:1) does not answer: is it still running?'],
    ['nowhere', 'AWS_ENDPOINT_URL is no address: nowhere'],
  ] as const)
    it(`names the address that does not answer: ${url}`, async () => {
      for (const command of ['invoke -- sum numbers', 'call -- sts GetCallerIdentity', 'logs -- sum']) {
        const { code, output } = await clone.run(`npm run ${command}`, { env: { AWS_ENDPOINT_URL: url } })

        expect(code).to.equal(1)
        expect(output.trim(), command).to.equal(message)
      }
    })

  it('says which parts of chapter 12 can fail when another one is named', async () => {
    const { code, output } = await clone.run('npm run styles -- --fail queue')

    expect(code).to.equal(1)
    expect(output).to.match(/^npm run styles -- \[--fail thumbnail\|metadata\|index /)
  })

  it('names the scripts when there is none of that name', async () => {
    const { code, output } = await clone.run('node scripts/setup.mjs nothing')

    expect(code).to.equal(1)
    expect(output.trim()).to.equal('There is no script "nothing": package.json lists them under "scripts".')
  })
})
