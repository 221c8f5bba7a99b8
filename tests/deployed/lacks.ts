const ERROR_TYPE = 'whatever a handler throws has the errorType Runtime.HandlerError there'
const TEMPLATE = 'it takes no mapping templates from a definition'

/**
 * What MiniStack does not do of what the chains look at, by chapter and step: why the step is not taken there. Chains on
 * AWS and on the local cloud take every step.
 */
export const MINISTACK_LACKS: Record<string, string | undefined> = {
  '01: gives the error of a refused event': ERROR_TYPE,
  '02: gives the error of a refused event': ERROR_TYPE,
  '03: answers /greeting?name=John with {"greeting":"Hello John!"}': TEMPLATE,
  '03: answers /greeting?name= with {"greeting":"Hello World!"}': TEMPLATE,
  '03: answers /user/John/greet with {"greeting":"Hello John!"}': TEMPLATE,
  '03: answers /say?greet=Hi with {"greeting":"Hi World!"}': TEMPLATE,
  '03: answers /users/John/say/Hi with {"greeting":"Hi John!"}': TEMPLATE,
  '03: answers /steps/2/greeting with {"greeting":"Hello !"}': TEMPLATE,
  '03: gives back any name, by template': TEMPLATE,
  '03: says which address the request came from, as text to who accepts text': TEMPLATE,
  '03: maps the error of a function to 400': TEMPLATE,
  '03: hands any method below a greedy path to one function':
    'it reads no x-amazon-apigateway-any-method from a definition',
  '03: refuses what is no book by its model, and says why': 'it validates no request by a model',
  '05: lets each level of service read its own pictures only': 'it enforces no IAM policies',
  '06: gives a name the same identity each time, and another name another one': 'it has no developer identities',
  '06: gives no token for what is no name': ERROR_TYPE,
  '06: allows guests and those who signed in exactly what the listings say, identity by action by resource':
    'it has no developer identities and enforces no IAM policies',
  '07: refuses a guest who calls another function': 'it enforces no IAM policies',
  '07: answers /home/ with 200 and Home Page': TEMPLATE,
  '07: answers /home/about/ with 200 and About': TEMPLATE,
  '07: answers /home/prices/ with 404 and Not found': TEMPLATE,
  '09: refuses what is no address': ERROR_TYPE,
  '10: logs a user in, who then reads their own profile and changes their password': 'it has no developer identities',
  '10: shows no profile to who has not logged in': ERROR_TYPE,
  '11: shows private pictures to their owner, and to nobody else': 'it has no developer identities',
  '11: lets nobody but functions write lists and thumbnails, and nobody write for somebody else':
    'it has no developer identities',
  '11: lets an owner edit title and description of a picture, and nothing else': 'it has no developer identities',
  '11: moves a picture to the other side with its edited title, for its owner only': 'it has no developer identities',
  '12: refuses what is no scenario': ERROR_TYPE,
  '12: tells the client of the synchronous style, and no other one, which part does not work': ERROR_TYPE,
}
