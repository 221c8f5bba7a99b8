import type { RoutingRule, WebsiteConfiguration } from '@aws-sdk/client-s3'
import { onBucket } from './access.ts'
import type { Operations } from './call.ts'
import { invalidArgument, invalidRequest, malformedXml, refusal } from './errors.ts'

/** The configuration of a bucket as a website ("Hosting a static website using Amazon S3"); `door/` serves it. */

const MOST_RULES = 50

const checkProtocol = (protocol: string | undefined) => {
  if (protocol !== undefined && protocol !== 'http' && protocol !== 'https')
    throw invalidRequest(
      'Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.',
    )
}

/** A name that goes into a Location: nothing else would end its line. */
const checkHost = (name: string | undefined) => {
  if (name !== undefined && !/^[\x21-\x7e]+$/.test(name)) throw malformedXml()
}

const checkRule = ({ Condition, Redirect }: RoutingRule) => {
  if (!Redirect || Object.keys(Redirect).length === 0) throw malformedXml()
  checkProtocol(Redirect.Protocol)
  checkHost(Redirect.HostName)
  if (Redirect.ReplaceKeyWith !== undefined && Redirect.ReplaceKeyPrefixWith !== undefined)
    throw invalidRequest('You can only define ReplaceKeyPrefix or ReplaceKey but not both.')
  const code = Redirect.HttpRedirectCode
  if (code !== undefined && !/^3(?!00)\d\d$/.test(code))
    throw invalidRequest(`The provided HTTP redirect code (${code}) is not valid. Valid codes are 3XX except 300.`)
  if (!Condition) return
  const { HttpErrorCodeReturnedEquals: error, KeyPrefixEquals } = Condition
  if (error === undefined && KeyPrefixEquals === undefined)
    throw invalidRequest(
      "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
    )
  if (error !== undefined && !/^[45]\d\d$/.test(error))
    throw invalidRequest(`The provided HTTP error code (${error}) is not valid. Valid codes are 4XX or 5XX.`)
}

/** @throws ServiceError InvalidArgument, InvalidRequest, MalformedXML */
const checkWebsite = (website: WebsiteConfiguration): void => {
  const { RedirectAllRequestsTo: all, IndexDocument, ErrorDocument, RoutingRules } = website
  if (all) {
    if (IndexDocument || ErrorDocument || RoutingRules)
      throw invalidArgument(
        'RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.',
        'RedirectAllRequestsTo',
        'not null',
      )
    if (!all.HostName) throw malformedXml()
    checkHost(all.HostName)
    checkProtocol(all.Protocol)
    return
  }
  if (!IndexDocument)
    throw invalidArgument(
      'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
      'IndexDocument',
      undefined,
    )
  if (!IndexDocument.Suffix || IndexDocument.Suffix.includes('/'))
    throw invalidArgument('The IndexDocument Suffix is not well formed', 'IndexDocument', IndexDocument.Suffix)
  if (ErrorDocument && !ErrorDocument.Key) throw malformedXml()
  if (RoutingRules?.length === 0) throw malformedXml()
  if (RoutingRules && RoutingRules.length > MOST_RULES)
    throw invalidRequest(
      `${RoutingRules.length} routing rules provided, the number of routing rules in a website configuration is limited to ${MOST_RULES}.`,
    )
  RoutingRules?.forEach(checkRule)
}

export const noWebsite = (bucket: string) =>
  refusal('NoSuchWebsiteConfiguration', 404, 'The specified bucket does not have a website configuration', {
    BucketName: bucket,
  })

export const websites: Operations = {
  PutBucketWebsite: {
    action: onBucket('PutBucketWebsite'),
    run({ Bucket, WebsiteConfiguration: website }, { store }) {
      checkWebsite(website)
      store.buckets.set(Bucket, 'website', website)
      return {}
    },
  },
  GetBucketWebsite: {
    action: onBucket('GetBucketWebsite'),
    run({ Bucket }, { store }) {
      const website = store.buckets.setting(Bucket, 'website')
      if (!website) throw noWebsite(Bucket)
      return website
    },
  },
  DeleteBucketWebsite: {
    action: onBucket('DeleteBucketWebsite'),
    run({ Bucket }, { store }) {
      store.buckets.unset(Bucket, 'website')
      return {}
    },
  },
}
