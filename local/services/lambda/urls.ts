import { onFunction } from './functions.ts'
import { type Operations, refusal, theFunction } from './names.ts'

/** Function URLs are left out: that a function has none can be asked for. */
export const urls = {
  GetFunctionUrlConfig: {
    action: onFunction('GetFunctionUrlConfig'),
    run(input, call) {
      theFunction(input, call)
      throw refusal('ResourceNotFoundException', 'The resource you requested does not exist.')
    },
  },
} satisfies Operations
