import { service } from '../service.ts'
import { boundaries } from './boundaries.ts'
import { managedPolicies } from './managedPolicies.ts'
import { mfaDevices } from './mfaDevices.ts'
import { openIdProviderResource } from './openIdProviderResource.ts'
import { openIdProviders } from './openIdProviders.ts'
import { withoutPlainSessions } from './plainSessions.ts'
import { managedPolicyResource, policyResource, rolePolicyResource } from './policyResources.ts'
import { rolePolicies } from './rolePolicies.ts'
import { roleResource } from './roleResource.ts'
import { roles } from './roles.ts'
import { createIamStore } from './store.ts'
import { tags } from './tags.ts'
import { users } from './users.ts'
import { versions } from './versions.ts'

/**
 * Identity and Access Management: roles with trust, inline and managed policies, boundaries and tags; managed policies
 * and their versions; providers of OpenID Connect; GetUser of the one user `local`, and its virtual MFA devices. Left out:
 * other users, groups, access keys, MFA by hardware and security keys, instance profiles, providers of SAML, service-linked
 * roles, policy simulation, tags of policies and devices after their creation.
 */
export const iam = service(
  {
    name: 'iam',
    sdk: () => import('@aws-sdk/client-iam'),
    protocol: 'query',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    version: '2010-05-08',
    denied: 'AccessDenied',
    store: createIamStore,
    // A trust policy can name actions of STS only: what is done to the role itself need not look for it.
    resourcePolicy: (arn, store, action = 'sts:') => (/^sts:/i.test(action) ? store.policiesOf.trust(arn) : undefined),
    identityPolicies: (arn, store) => store.policiesOf.identity(arn),
    resources: {
      'AWS::IAM::Role': roleResource,
      'AWS::IAM::Policy': policyResource,
      'AWS::IAM::RolePolicy': rolePolicyResource,
      'AWS::IAM::ManagedPolicy': managedPolicyResource,
      'AWS::IAM::OIDCProvider': openIdProviderResource,
    },
    principalKeys: (arn, store) => store.policiesOf.keys(arn),
  },
  withoutPlainSessions({
    ...{ ...roles, ...rolePolicies, ...boundaries, ...managedPolicies, ...versions, ...tags, ...users },
    ...{ ...mfaDevices, ...openIdProviders },
  }),
)
