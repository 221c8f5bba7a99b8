import { service } from '../service.ts'
import { identities } from './identities.ts'
import { resources } from './resources.ts'
import { sending } from './sending.ts'
import { statistics } from './statistics.ts'
import { createSesStore } from './store.ts'
import { templates } from './templates.ts'

/**
 * Simple Email Service, version 1: senders, mails (also raw and from templates), quota and statistics. Mails go nowhere:
 * they lie in the mailbox, which the console shows. Senders are verified at once. Left out: configuration sets, receipt
 * rules, sending authorisation, DKIM, notifications, bulk mails.
 */
export const ses = service(
  {
    name: 'ses',
    sdk: () => import('@aws-sdk/client-ses'),
    protocol: 'query',
    namespace: 'http://ses.amazonaws.com/doc/2010-12-01/',
    version: '2010-12-01',
    denied: 'AccessDenied',
    // A raw mail of 10 MB in base64, in a form.
    largest: 20 * 1024 ** 2,
    store: createSesStore,
    resources,
  },
  { ...identities, ...sending, ...templates, ...statistics },
)
