import { stringify } from 'yaml'
import { invalid, missing } from './errors.ts'
import { theApi, theStage } from './lookup.ts'
import { type Operations, on } from './names.ts'
import { exported } from './openapi/export.ts'

const FORMATS = ['application/json', 'application/yaml']
const EXTENSIONS = ['integrations', 'authorizers', 'apigateway', 'documentation', 'postman']

export const exports = {
  GetExport: {
    action: on('GET', '/restapis/{restApiId}/stages/{stageName}/exports/{exportType}'),
    run({ restApiId, stageName, exportType, parameters, accepts = 'application/json' }, call) {
      const api = theApi(restApiId, call)
      const stage = theStage(restApiId, stageName, call)
      if (exportType !== 'oas30' && exportType !== 'swagger') throw invalid(`No API exporter for type '${exportType}'`)
      if (!FORMATS.includes(accepts)) throw invalid(`Accept header must be one of ${FORMATS.join(', ')}`)
      const wanted = (parameters?.extensions ?? '')
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean)
      const strange = wanted.find((one) => !EXTENSIONS.includes(one))
      if (strange) throw invalid(`Invalid extension specified: ${strange}`)
      const definition = call.store.frozen(api.id, stage.deploymentId ?? '')
      if (!definition) throw missing('Invalid Deployment identifier specified')
      const document = exported(definition, {
        version: exportType === 'oas30' ? 3 : 2,
        stage,
        region: api.region,
        extensions: new Set(wanted),
      })
      const text = accepts === 'application/json' ? JSON.stringify(document, null, 2) : stringify(document)
      const end = accepts === 'application/json' ? 'json' : 'yaml'
      return {
        contentType: accepts,
        contentDisposition: `attachment; filename="${exportType}_${(definition.restApi.createdDate ?? new Date(0)).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z.${end}"`,
        body: Buffer.from(text),
      }
    },
  },
} satisfies Operations
