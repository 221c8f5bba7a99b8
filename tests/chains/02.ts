import type { Chain } from './chain.ts'
import { expectError, expectResult } from './functions.ts'

const greets = (logicalId: string, event: object, result: string): Chain[number] => ({
  title: `${logicalId} answers ${JSON.stringify(event)} with "${result}"`,
  run: (deployed) => expectResult(deployed, logicalId, event, result),
})

/** Chapter 2: greetings, by name and of one's own. */
export const chain: Chain = [
  greets('GreetingsOnDemand', { name: 'John' }, 'Hello John!'),
  greets('GreetingsOnDemand', {}, 'Hello World!'),
  greets('CustomGreetingsOnDemand', { greet: 'Hi', name: 'John' }, 'Hi John!'),
  greets('CustomGreetingsOnDemand', { greet: 'Hi' }, 'Hi World!'),
  greets('CustomGreetingsOnDemand', { name: 'John' }, 'Hello John!'),
  greets('CustomGreetingsOnDemand', {}, 'Hello World!'),
  {
    title: 'gives the error of a refused event',
    run: (deployed) =>
      expectError(
        deployed,
        'GreetingsOnDemand',
        { name: 42 },
        { errorType: 'TypeError', errorMessage: 'name must be a string, but is 42' },
      ),
  },
]
