import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Mistake } from '../../../local/base/errors.ts'
import { toolPath } from '../../../tests/tools/tools.ts'
import { root } from '../application.ts'
import type { Target } from '../target.ts'

const isThere = (folder: string): boolean =>
  ['sam', 'sam.cmd', 'sam.exe'].some((name) => existsSync(join(folder, name)))

/**
 * PATH for the SAM CLI: the project's esbuild first, then the SAM CLI that is installed, or the tests' own.
 * @throws Mistake when there is no SAM CLI
 */
export const samPath = (path = process.env.PATH ?? ''): string => {
  const folders = [join(root, 'node_modules', '.bin'), ...path.split(delimiter)]
  if (folders.some(isThere)) return folders.join(delimiter)
  const own = toolPath('sam')
  if (own.length) return [...folders, ...own].join(delimiter)
  throw new Mistake(
    'The SAM CLI is not installed: see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html, or run tests/tools/install-python.',
  )
}

/** How often SAM looks whether the local cloud is done, seconds; its own 5 are AWS's pace. */
const EVERY = '0.5'

/** The variables by which SAM, and all that it starts, talk to a target; none for AWS, where SAM finds its own. */
export const targetVariables = ({ endpoint, credentials, region }: Target): Record<string, string> =>
  endpoint === undefined
    ? {}
    : {
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        SAM_CLI_POLL_DELAY: process.env.SAM_CLI_POLL_DELAY ?? EVERY,
        ...(credentials
          ? {
              AWS_ACCESS_KEY_ID: credentials.accessKeyId,
              AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
              AWS_SESSION_TOKEN: '',
            }
          : {}),
      }
