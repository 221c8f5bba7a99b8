import type { CognitoStore } from '../services/cognito-identity/store.ts'
import type { Dispatch } from '../services/dispatch.ts'
import { COGNITO_ISSUER } from '../services/openIdTokens.ts'
import { send } from './answer.ts'
import type { Site } from './request.ts'

const KEYS = '/.well-known/jwks_uri'
const CONFIGURATION = '/.well-known/openid-configuration'

/** Where identity pools publish the keys of their tokens: at the paths that cognito-identity.amazonaws.com has for it. */
export const createTokenKeys = (dispatch: Dispatch): Site => ({
  matches: ({ method, path, host }) =>
    (method === 'GET' || method === 'HEAD') &&
    (path === KEYS || path === CONFIGURATION) &&
    !host.endsWith('.localhost') &&
    dispatch.services.has('cognito-identity'),
  handle(request, response, { path, headers }) {
    const address = `http://${headers.host}${KEYS}`
    const answer =
      path === KEYS
        ? { keys: dispatch.store<CognitoStore>('cognito-identity').tokens.published() }
        : {
            issuer: COGNITO_ISSUER,
            jwks_uri: address,
            response_types_supported: ['token'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS512'],
          }
    return send(request, response, {
      status: 200,
      headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
      body: JSON.stringify(answer),
    })
  },
})
