import { range } from '../constraints.ts'
import { onFunction } from './functions.ts'
import { invalid, type Operations, targetOf, theFunction, valid } from './names.ts'
import { ACCOUNT_CONCURRENCY, LEAST_UNRESERVED, reservedOf } from './store.ts'
import { LARGEST_UNZIPPED } from './zip.ts'

export const concurrency = {
  PutFunctionConcurrency: {
    action: onFunction('PutFunctionConcurrency'),
    run(input, call) {
      const { ReservedConcurrentExecutions } = input
      valid(range('reservedConcurrentExecutions', ReservedConcurrentExecutions, 0))
      if (targetOf(input, call).qualifier)
        throw invalid('Reserved concurrency belongs to the function, without a qualifier.')
      const fn = theFunction(input, call)
      const others = reservedOf(call.store.list(call.account, call.region).filter(({ arn }) => arn !== fn.arn))
      if (others + ReservedConcurrentExecutions > ACCOUNT_CONCURRENCY - LEAST_UNRESERVED)
        throw invalid(
          `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
        )
      call.store.save({ ...fn, reserved: ReservedConcurrentExecutions })
      return { ReservedConcurrentExecutions }
    },
  },
  GetFunctionConcurrency: {
    action: onFunction('GetFunctionConcurrency'),
    run: (input, call) => ({ ReservedConcurrentExecutions: theFunction(input, call).reserved }),
  },
  DeleteFunctionConcurrency: {
    action: onFunction('DeleteFunctionConcurrency'),
    run(input, call) {
      call.store.save({ ...theFunction(input, call), reserved: undefined })
      return {}
    },
  },
  GetAccountSettings: {
    action: () => ['lambda:GetAccountSettings', '*'],
    run(_, { store, account, region }) {
      const all = store.list(account, region)
      const sizes = all.map(({ code }) => (code.kind === 'package' ? code.size : 0))
      return {
        AccountLimit: {
          TotalCodeSize: 80_530_636_800,
          CodeSizeUnzipped: LARGEST_UNZIPPED,
          CodeSizeZipped: 52_428_800,
          ConcurrentExecutions: ACCOUNT_CONCURRENCY,
          UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY - reservedOf(all),
        },
        AccountUsage: { TotalCodeSize: sizes.reduce((sum, size) => sum + size, 0), FunctionCount: all.length },
      }
    },
  },
} satisfies Operations
