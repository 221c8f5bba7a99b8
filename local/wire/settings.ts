import type { Model } from './types.ts'

/** How the SDK's codecs are to read and write a model. Timestamps: 5 is ISO 8601, 7 seconds since the epoch. */
export const settings = ({ protocol, namespace, name }: Model): never =>
  ({
    timestampFormat: { useTrait: true, default: protocol === 'query' || protocol === 'restXml' ? 5 : 7 },
    httpBindings: true,
    xmlNamespace: namespace,
    serviceNamespace: name,
    jsonName: protocol === 'restJson',
  }) as never
