import type { Caller } from '../lib/client.ts'

/** What the page shows when it is done. */
export interface Shown {
  colour: 'green' | 'red'
  text: string
}

/** The policy of the role that guests of the pool take on. `arns`: of the two functions. */
export const guestPolicy = (arns: { greetingsOnDemand: string; customGreetingsOnDemand: string }) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: [arns.greetingsOnDemand, arns.customGreetingsOnDemand],
    },
  ],
})

/** What the page does when its form is sent. `fields`: as they were typed, `''` where nothing was. */
export const greet = async (fields: { greet: string; name: string }, caller: Caller): Promise<Shown> => {
  const greetings = caller.lambdaFunction<Partial<typeof fields>, string>('CustomGreetingsOnDemand')
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ''))
  try {
    return { colour: 'green', text: await greetings(given) }
  } catch (error) {
    const { name, message } = error as Error
    return { colour: 'red', text: `${name}: ${message}` }
  }
}
