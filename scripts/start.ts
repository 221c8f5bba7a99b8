import { main } from '../local/main.ts'
import type { StackDescription } from '../local/stack/stacks.ts'
import { functionsOf, root } from './lib/application.ts'
import { run } from './lib/run.ts'

/** Three commands that work with what was deployed: a call of a function, an upload that causes one, its log. */
const suggest = (stack: StackDescription | undefined): string[] => {
  const there = functionsOf().filter(({ logicalId }) => stack?.resources.some((one) => one.logicalId === logicalId))
  const callable = there.find(({ name }) => name === 'greetingsOnDemand') ?? there[0]
  const bucket = stack?.outputs.PicturesBucket?.value
  const all = [
    callable && `npm run invoke -- ${callable.name}${callable.events.has('john') ? ' john' : ''}`,
    bucket && `npm run call -- s3 PutObject Bucket=${bucket} Key=images/photo.jpg Body=@events/photo.jpg`,
    (bucket || callable) && `npm run logs -- ${bucket ? 'createThumbnailAndStoreInDB' : callable?.name}`,
    'npm run call -- lambda ListFunctions',
    'npm run call -- s3 ListBuckets',
    'npm run call -- sts GetCallerIdentity',
  ]
  return all.filter((one) => one !== undefined && one !== '').slice(0, 3) as string[]
}

await run(() => main(process.argv.slice(2), root, suggest))
