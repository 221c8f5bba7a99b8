import { main } from '../local/main.ts'
import type { StackDescription } from '../local/stack/stacks.ts'
import { localAddress } from './lib/addresses.ts'
import { functionsOf, root } from './lib/application.ts'
import { endWithSetup } from './lib/endWithSetup.ts'
import { run } from './lib/run.ts'

/** Some commands that work with what was deployed: a call of a function, a request, an upload that causes one, its log. */
const suggest = (stack: StackDescription | undefined, url: string): string[] => {
  const there = functionsOf().filter(({ logicalId }) => stack?.resources.some((one) => one.logicalId === logicalId))
  const callable = there.find(({ name }) => name === 'greetingsOnDemand') ?? there[0]
  const bucket = stack?.outputs.PicturesBucket?.value
  const api = stack?.outputs.MyUtilitiesUrl?.value
  const all = [
    callable && `npm run invoke -- ${callable.name}${callable.events.has('john') ? ' john' : ''}`,
    // It is quoted for the shell; without the quotation marks it goes into a browser.
    api && `curl '${localAddress(api, url)}/greeting?name=John'`,
    bucket && `npm run call -- s3 PutObject Bucket=${bucket} Key=images/photo.jpg Body=@events/photo.jpg`,
    (bucket || callable) && `npm run logs -- ${bucket ? 'createThumbnailAndStoreInDB' : callable?.name}`,
    'npm run call -- lambda ListFunctions',
    'npm run call -- s3 ListBuckets',
    'npm run call -- sts GetCallerIdentity',
  ]
  return all.filter((one) => one !== undefined && one !== '').slice(0, api ? 4 : 3) as string[]
}

await run(() => main(process.argv.slice(2), root, suggest))
endWithSetup()
