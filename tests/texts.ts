import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

/** What bundles take in as text (`Loader` in template.yaml): Node loads it in the same way once this file is imported. */
registerHooks({
  load: (url, context, next) =>
    url.endsWith('.ejs')
      ? {
          format: 'module',
          source: `export default ${JSON.stringify(readFileSync(fileURLToPath(url), 'utf8'))}`,
          shortCircuit: true,
        }
      : next(url, context),
})
