import type { Access } from '../../iam/types.ts'
import type { Operation } from '../service.ts'
import type { DynamoDBCall } from './calls.ts'
import type { DynamoDBStore } from './store.ts'

/** An operation in its steps: what to do is read from the input once, for the decision and for the run. */
interface Steps<In, Plan, Out> {
  /** Reads and checks the input. @throws ServiceError */
  plan(input: In, call: DynamoDBCall): Plan
  access(plan: Plan, call: DynamoDBCall): Access | Access[]
  run(plan: Plan, call: DynamoDBCall): Out
}

/** Puts the steps together; each action has its plan at once before its run. */
export const planned = <In extends object, Plan, Out>({
  plan,
  access,
  run,
}: Steps<In, Plan, Out>): Operation<In, Out, DynamoDBStore> => {
  const plans = new WeakMap<In, Plan>()
  return {
    action(input, call) {
      const made = plan(input, call)
      plans.set(input, made)
      return access(made, call)
    },
    run: (input, call) => run(plans.get(input) as Plan, call),
  }
}
