import type { Service } from '../services/service.ts'
import { modelOf } from '../wire/model.ts'
import type { Model } from '../wire/types.ts'

/** The model of a service, read from its SDK package when it is first asked for. */
export type Models = (service: Service) => Promise<Model>

export const createModels = (): Models => {
  const models = new Map<string, Promise<Model>>()
  return ({ name, protocol, namespace, sdk }) => {
    const known = models.get(name)
    if (known) return known
    const model = sdk().then((loaded) =>
      modelOf(loaded as object, { name, protocol, ...(namespace ? { namespace } : {}) }),
    )
    models.set(name, model)
    model.catch(() => models.delete(name))
    return model
  }
}
