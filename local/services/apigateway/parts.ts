import type { Authorizer, Model, RequestValidator } from '@aws-sdk/client-api-gateway'
import { checkAuthorizer } from './authorizerChecks.ts'
import { type ApiDefinition, partId } from './definition.ts'
import { conflict, given, invalid, missing } from './errors.ts'
import { changed, theApi } from './lookup.ts'
import { isTemplateable, templateOf } from './modelTemplate.ts'
import { type Operations, on, pageOf } from './names.ts'
import { number, type Patches, patched, text, truth } from './patch.ts'

const base = '/restapis/{restApiId}'

const theModel = ({ models }: ApiDefinition, name: string): Model => {
  const model = models.find((one) => one.name === name)
  if (!model) throw missing(`Invalid model name specified: ${name}`)
  return model
}
const theValidator = ({ requestValidators }: ApiDefinition, validatorId: string): RequestValidator => {
  const validator = requestValidators.find(({ id }) => id === validatorId)
  if (!validator) throw missing('Invalid Request Validator identifier specified')
  return validator
}
const theAuthorizer = ({ authorizers }: ApiDefinition, authorizerId: string): Authorizer => {
  const authorizer = authorizers.find(({ id }) => id === authorizerId)
  if (!authorizer) throw missing('Invalid Authorizer identifier specified')
  return authorizer
}

const checkSchema = (schema: string | undefined): void => {
  if (schema === undefined || schema === '')
    throw invalid('Model schema must have at least 1 property or array items defined')
  try {
    JSON.parse(schema)
  } catch {
    throw invalid(
      'Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]',
    )
  }
}
const replaced = <T>(list: T[], old: T, now: T): T[] => list.map((one) => (one === old ? now : one))

const modelPatches: Patches<Model> = { '/schema': text('schema'), '/description': text('description') }
const validatorPatches: Patches<RequestValidator> = {
  '/name': text('name'),
  '/validateRequestBody': truth('validateRequestBody'),
  '/validateRequestParameters': truth('validateRequestParameters'),
}
const authorizerPatches: Patches<Authorizer> = {
  '/name': text('name'),
  '/authType': text('authType'),
  '/type': text('type'),
  '/authorizerUri': text('authorizerUri'),
  '/authorizerCredentials': text('authorizerCredentials'),
  '/authorizerResultTtlInSeconds': number('authorizerResultTtlInSeconds'),
  '/identitySource': text('identitySource'),
  '/identityValidationExpression': text('identityValidationExpression'),
  '/providerARNs': {
    ops: ['add', 'remove'],
    run(authorizer, _, value, op) {
      const rest = (authorizer.providerARNs ?? []).filter((arn) => arn !== value)
      authorizer.providerARNs = op === 'add' ? [...rest, value] : rest
    },
  },
}

const methodsOf = ({ resources }: ApiDefinition) =>
  resources.flatMap(({ resourceMethods = {} }) => Object.values(resourceMethods))

/** Models, request validators and authorizers of an API. */
export const parts = {
  CreateModel: {
    action: on('POST', `${base}/models`),
    run: ({ restApiId, ...settings }, call) =>
      changed(restApiId, call, (api) => {
        const { name, contentType } = settings
        if (!/^[a-zA-Z0-9]+$/.test(name)) throw invalid('Model name must be alphanumeric: '.concat(name.slice(0, 100)))
        if (contentType === '') throw invalid('Model content type cannot be empty')
        if (api.models.some((model) => model.name === name))
          throw conflict('Model name already exists for this REST API')
        if (settings.schema !== undefined) checkSchema(settings.schema)
        const model: Model = given({ id: partId(call.ground.ids), ...settings })
        api.models.push(model)
        return model
      }),
  },
  GetModel: {
    action: on('GET', `${base}/models/{modelName}`),
    run: ({ restApiId, modelName }, call) => theModel(theApi(restApiId, call), modelName),
  },
  GetModels: {
    action: on('GET', `${base}/models`),
    run: (input, call) => pageOf(theApi(input.restApiId, call).models, input),
  },
  UpdateModel: {
    action: on('PATCH', `${base}/models/{modelName}`),
    run: ({ restApiId, modelName, patchOperations }, call) =>
      changed(restApiId, call, (api) => {
        const model = theModel(api, modelName)
        const now = patched(model, modelPatches, patchOperations)
        if (now.schema !== undefined) checkSchema(now.schema)
        api.models = replaced(api.models, model, now)
        return now
      }),
  },
  DeleteModel: {
    action: on('DELETE', `${base}/models/{modelName}`),
    run: ({ restApiId, modelName }, call) =>
      changed(restApiId, call, (api) => {
        const model = theModel(api, modelName)
        const used = methodsOf(api).some(
          ({ requestModels, methodResponses }) =>
            Object.values(requestModels ?? {}).includes(modelName) ||
            Object.values(methodResponses ?? {}).some(({ responseModels }) =>
              Object.values(responseModels ?? {}).includes(modelName),
            ),
        )
        const referring = api.models.find(
          ({ schema, name }) => name !== modelName && schema?.includes(`/models/${modelName}"`),
        )
        if (used) throw conflict(`Cannot delete model '${modelName}', is referenced in method request`)
        if (referring) throw conflict(`Cannot delete model '${modelName}', is referenced in model: ${referring.name}`)
        api.models = api.models.filter((one) => one !== model)
        return {}
      }),
  },
  GetModelTemplate: {
    action: on('GET', `${base}/models/{modelName}/default_template`),
    run({ restApiId, modelName }, call) {
      const api = theApi(restApiId, call)
      const model = theModel(api, modelName)
      if (!isTemplateable(model)) throw invalid(`Cannot generate a template for the model: ${modelName}`)
      return { value: templateOf(model, api.models) }
    },
  },
  CreateRequestValidator: {
    action: on('POST', `${base}/requestvalidators`),
    run: ({ restApiId, name, validateRequestBody = false, validateRequestParameters = false }, call) =>
      changed(restApiId, call, (api) => {
        const validator: RequestValidator = given({
          id: partId(call.ground.ids),
          name,
          validateRequestBody,
          validateRequestParameters,
        })
        api.requestValidators.push(validator)
        return validator
      }),
  },
  GetRequestValidator: {
    action: on('GET', `${base}/requestvalidators/{requestValidatorId}`),
    run: ({ restApiId, requestValidatorId }, call) => theValidator(theApi(restApiId, call), requestValidatorId),
  },
  GetRequestValidators: {
    action: on('GET', `${base}/requestvalidators`),
    run: (input, call) => pageOf(theApi(input.restApiId, call).requestValidators, input),
  },
  UpdateRequestValidator: {
    action: on('PATCH', `${base}/requestvalidators/{requestValidatorId}`),
    run: ({ restApiId, requestValidatorId, patchOperations }, call) =>
      changed(restApiId, call, (api) => {
        const validator = theValidator(api, requestValidatorId)
        const now = patched(validator, validatorPatches, patchOperations)
        api.requestValidators = replaced(api.requestValidators, validator, now)
        return now
      }),
  },
  DeleteRequestValidator: {
    action: on('DELETE', `${base}/requestvalidators/{requestValidatorId}`),
    run: ({ restApiId, requestValidatorId: id }, call) =>
      changed(restApiId, call, (api) => {
        const validator = theValidator(api, id)
        if (methodsOf(api).some(({ requestValidatorId }) => requestValidatorId === id))
          throw conflict(`Cannot delete request validator '${validator.name}', is referenced in method request`)
        api.requestValidators = api.requestValidators.filter((one) => one !== validator)
        return {}
      }),
  },
  CreateAuthorizer: {
    action: on('POST', `${base}/authorizers`),
    run: ({ restApiId, ...settings }, call) =>
      changed(restApiId, call, (api) => {
        const pools = settings.type === 'COGNITO_USER_POOLS'
        const authorizer: Authorizer = given({
          id: partId(call.ground.ids),
          ...settings,
          authType: settings.authType ?? (pools ? 'cognito_user_pools' : 'custom'),
          authorizerResultTtlInSeconds: settings.authorizerResultTtlInSeconds ?? 300,
        })
        checkAuthorizer(authorizer)
        if (api.authorizers.some(({ name }) => name === settings.name))
          throw invalid(`Authorizer name must be unique. Authorizer ${settings.name} already exists in this RestApi.`)
        api.authorizers.push(authorizer)
        return authorizer
      }),
  },
  GetAuthorizer: {
    action: on('GET', `${base}/authorizers/{authorizerId}`),
    run: ({ restApiId, authorizerId }, call) => theAuthorizer(theApi(restApiId, call), authorizerId),
  },
  GetAuthorizers: {
    action: on('GET', `${base}/authorizers`),
    run: (input, call) => pageOf(theApi(input.restApiId, call).authorizers, input),
  },
  UpdateAuthorizer: {
    action: on('PATCH', `${base}/authorizers/{authorizerId}`),
    run: ({ restApiId, authorizerId, patchOperations }, call) =>
      changed(restApiId, call, (api) => {
        const authorizer = theAuthorizer(api, authorizerId)
        const now = patched(authorizer, authorizerPatches, patchOperations)
        checkAuthorizer(now)
        api.authorizers = replaced(api.authorizers, authorizer, now)
        return now
      }),
  },
  DeleteAuthorizer: {
    action: on('DELETE', `${base}/authorizers/{authorizerId}`),
    run: ({ restApiId, authorizerId: id }, call) =>
      changed(restApiId, call, (api) => {
        const authorizer = theAuthorizer(api, id)
        if (methodsOf(api).some(({ authorizerId }) => authorizerId === id))
          throw conflict(`Cannot delete authorizer '${authorizer.name}', is referenced in method`)
        api.authorizers = api.authorizers.filter((one) => one !== authorizer)
        return {}
      }),
  },
} satisfies Operations
