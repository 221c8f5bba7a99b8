import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { root, templateFile } from '../../scripts/lib/application.ts'
import { templateOfChapter } from '../../scripts/lib/sam/chapter.ts'
import { emptyBucket } from '../../scripts/lib/sam/delete.ts'
import { targetVariables } from '../../scripts/lib/sam/environment.ts'
import type { Target } from '../../scripts/lib/target.ts'
import { type Deployed, eventually } from '../chains/chain.ts'

/** What a call of a program printed; its failure holds all of it. */
const run = (program: string, args: string[], options: { env: NodeJS.ProcessEnv; cwd: string }): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      const [command] = args
      if (error) reject(new Error(`sam ${command} failed: ${error.message.split('\n')[0]}\n${out}\n${err}`))
      else resolve(out)
    })
  })

/** One chapter as a stack of its own on a target, built, deployed and deleted by the SAM CLI. */
export class ChapterStack {
  /** Unlike any stack of a reader's. */
  readonly name: string
  /** How long `sam build` and `sam deploy` took, ms. */
  readonly took = { build: 0, deploy: 0 }
  private readonly bin: string
  private readonly target: Target
  private readonly chapter: string
  private readonly folder: string
  private readonly bucket: string
  private resources: StackResourceSummary[] = []
  private outputs: Record<string, string> = {}

  /** @param bin where `sam` lies */
  constructor(bin: string, target: Target, chapter: string) {
    const id = randomBytes(4).toString('hex')
    this.name = `lambda-in-action-test-ch${chapter}-${id}`
    this.bucket = `lambda-in-action-test-code-${id}`
    this.bin = bin
    this.target = target
    this.chapter = chapter
    this.folder = mkdtempSync(join(tmpdir(), 'lambda-in-action-deployed-'))
  }

  private s3() {
    return new S3Client({ ...this.target, forcePathStyle: this.target.endpoint !== undefined })
  }

  private sam(args: string[]): Promise<string> {
    const { region } = this.target
    const PATH = [join(root, 'node_modules/.bin'), this.bin, process.env.PATH].join(delimiter)
    return run(join(this.bin, 'sam'), args, {
      cwd: this.folder,
      env: {
        ...process.env,
        PATH,
        SAM_CLI_TELEMETRY: '0',
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        ...targetVariables(this.target),
      },
    })
  }

  /** Builds and deploys the chapter; the code goes by way of a bucket of its own. */
  async deploy(): Promise<void> {
    const template = join(this.folder, 'template.yaml')
    const build = join(this.folder, 'build')
    writeFileSync(template, templateOfChapter(readFileSync(templateFile, 'utf8'), this.chapter))
    const began = performance.now()
    await this.sam(['build', '--parallel', '-t', template, '-s', root, '-b', build])
    this.took.build = performance.now() - began
    const LocationConstraint = this.target.region as 'eu-west-1'
    await this.s3().send(
      new CreateBucketCommand({
        Bucket: this.bucket,
        ...(LocationConstraint !== ('us-east-1' as string) && { CreateBucketConfiguration: { LocationConstraint } }),
      }),
    )
    const parameters = [
      `Chapter=${this.chapter}`,
      ...(this.target.endpoint ? [`EndpointUrl=${this.target.endpoint}`] : []),
    ]
    const deploying = performance.now()
    await this.sam([
      ...['deploy', '-t', join(build, 'template.yaml'), '--stack-name', this.name, '--s3-bucket', this.bucket],
      ...['--region', this.target.region, '--capabilities', 'CAPABILITY_IAM', '--no-confirm-changeset'],
      ...['--no-progressbar', '--parameter-overrides', ...parameters],
    ])
    this.took.deploy = performance.now() - deploying
    await this.look()
  }

  private async look(): Promise<void> {
    const client = new CloudFormationClient(this.target)
    this.resources = []
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client },
      { StackName: this.name },
    ))
      this.resources.push(...StackResourceSummaries)
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: this.name }))
    const outputs = Stacks[0]?.Outputs ?? []
    this.outputs = Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
  }

  /** What the stack is to its chain. */
  get deployed(): Deployed {
    const named = <T>(value: T | undefined, name: string): T => {
      if (value === undefined) throw new Error(`${this.name} has no ${name}`)
      return value
    }
    return {
      config: this.target,
      physicalId: (id) => named(this.resources.find((one) => one.LogicalResourceId === id)?.PhysicalResourceId, id),
      output: (name) => named(this.outputs[name], name),
      eventually: eventually(60_000, 250),
    }
  }

  /** The names of what the stack made, by type. */
  idsOf(type: string): string[] {
    return this.resources.flatMap((one) => (one.ResourceType === type ? (one.PhysicalResourceId ?? []) : []))
  }

  /** Deletes the stack and all that was made to deploy it; AWS refuses to delete full buckets, so they are emptied. */
  async delete(): Promise<void> {
    for (const bucket of this.idsOf('AWS::S3::Bucket')) await emptyBucket(bucket, this.target)
    await this.sam(['delete', '--stack-name', this.name, '--region', this.target.region, '--no-prompts'])
    await emptyBucket(this.bucket, this.target)
    await this.s3().send(new DeleteBucketCommand({ Bucket: this.bucket }))
    rmSync(this.folder, { recursive: true, force: true })
  }
}
