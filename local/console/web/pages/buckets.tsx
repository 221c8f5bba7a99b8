import { useState } from 'preact/hooks'
import { type BucketSummary, LISTED, type ObjectDetail } from '../../types.ts'
import { addressed, api } from '../lib/api.ts'
import { bytesOf, count, countOf, momentOf } from '../lib/format.ts'
import { type Live, useRefresh } from '../lib/live.ts'
import { useLoad } from '../lib/load.ts'
import { link, type Place, replaceQuery } from '../lib/router.ts'
import { Icon } from '../parts/icons.tsx'
import { Name } from '../parts/name.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { Page } from '../parts/shell.tsx'
import { Empty, Show } from '../parts/state.tsx'

/** All buckets, as tiles. */
export const BucketsPage = ({ live }: { live: Live }) => {
  const buckets = useLoad('buckets', api.buckets)
  useRefresh(live, buckets.reload)
  return (
    <Page title="Buckets" lead="What lies in Amazon S3, here on this machine. Pictures are shown as pictures.">
      <Show of={buckets}>
        {(data) =>
          data.length === 0 ? (
            <Empty title="There is no bucket">Chapter 5 brings the first ones: npm start -- --chapter 05.</Empty>
          ) : (
            <ul class="tiles">
              {data.map((bucket) => (
                <li key={bucket.name}>
                  <Tile bucket={bucket} />
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </Page>
  )
}

const Tile = ({ bucket: { name, objects, bytes } }: { bucket: BucketSummary }) => (
  <a class="tile" href={link(['buckets', name])}>
    <span class="name of-bucket">
      <Icon name="bucket" />
      <Name>{name}</Name>
    </span>
    <span class="muted">{objects === 0 ? 'empty' : `${count(objects, 'object')}, ${bytesOf(bytes)}`}</span>
  </a>
)

/** One bucket: its objects, filtered by a prefix, and the one that was chosen. */
export const BucketPage = ({ live, place }: { live: Live; place: Place }) => {
  const name = place.path[1] ?? ''
  const prefix = place.query.get('prefix') ?? ''
  const objects = useLoad(`bucket ${name} ${prefix}`, (signal) => api.objects(name, prefix, signal))
  useRefresh(live, objects.reload)
  const [key, setKey] = useState<string>()
  const chosen = objects.data?.find((object) => object.key === key)
  return (
    <Page
      title={name}
      crumbs={
        <>
          <a href={link(['buckets'])}>Buckets</a> / {name}
        </>
      }
    >
      <div class="row spread">
        <label class="field">
          <span>Prefix</span>
          <input
            type="search"
            value={prefix}
            placeholder="images/"
            autocomplete="off"
            onInput={({ currentTarget }) => replaceQuery(place, { prefix: currentTarget.value })}
          />
        </label>
      </div>
      <Show of={objects}>
        {(data) =>
          data.length === 0 ? (
            <Empty title={prefix ? `Nothing begins with ${prefix}` : 'This bucket is empty'}>
              {!prefix && `npm run call -- s3 PutObject Bucket=${name} Key=… Body=@file puts something here.`}
            </Empty>
          ) : (
            <>
              {chosen && <ObjectCard object={chosen} close={() => setKey(undefined)} />}
              <Pictures objects={data.filter(isPicture)} chosen={key} choose={setKey} />
              <Others objects={data} chosen={key} choose={setKey} />
            </>
          )
        }
      </Show>
    </Page>
  )
}

const isPicture = ({ contentType, key }: ObjectDetail): boolean =>
  /^image\/(?!svg)/.test(contentType) || /\.(?:jpe?g|png|gif|webp|bmp)$/i.test(key)

interface Choice {
  objects: readonly ObjectDetail[]
  chosen?: string
  choose: (key: string) => void
}

const Pictures = ({ objects, chosen, choose }: Choice) =>
  objects.length === 0 ? null : (
    <section class="stack" aria-labelledby="pictures">
      <h2 id="pictures">Pictures</h2>
      <ul class="pictures">
        {objects.map(({ key, url, size }) => (
          <li key={key}>
            <button type="button" class="picture" aria-pressed={key === chosen} onClick={() => choose(key)}>
              <img src={addressed(url)} alt="" loading="lazy" />
              <span class="small">
                <Name>{key}</Name>
              </span>
              <span class="muted small">{bytesOf(size)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )

const Others = ({ objects, choose }: Choice) => (
  <section class="card" aria-labelledby="objects">
    <h2 id="objects">{countOf(objects.length, LISTED, 'object')}</h2>
    {objects.length >= LISTED && <p class="muted small">A prefix leads to the others.</p>}
    <Scroll label="Table of objects">
      <table>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Type</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">Written</th>
          </tr>
        </thead>
        <tbody>
          {objects.map(({ key, contentType, size, modified }) => (
            <tr key={key}>
              <td class="cell">
                <button type="button" class="inline" onClick={() => choose(key)}>
                  <Name>{key}</Name>
                </button>
              </td>
              <td class="nowrap">{contentType}</td>
              <td class="number nowrap">{bytesOf(size)}</td>
              <td class="nowrap">{momentOf(modified)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  </section>
)

const ObjectCard = ({ object, close }: { object: ObjectDetail; close: () => void }) => (
  <section class="card" aria-labelledby="object">
    <div class="card-head">
      <h2 id="object" class="wrap">
        {object.key}
      </h2>
      <div class="row">
        <a class="button" href={addressed(object.url)} download>
          Download
        </a>
        <button type="button" class="button" onClick={close}>
          Close
        </button>
      </div>
    </div>
    <div class="columns">
      {isPicture(object) && <img class="preview" src={addressed(object.url)} alt={`Object ${object.key}`} />}
      <dl class="facts">
        <dt>Type</dt>
        <dd>{object.contentType}</dd>
        <dt>Size</dt>
        <dd>{bytesOf(object.size)}</dd>
        <dt>Written</dt>
        <dd>{momentOf(object.modified)}</dd>
        <dt>ETag</dt>
        <dd class="mono">{object.etag}</dd>
        {Object.entries(object.metadata).map(([name, value]) => (
          <>
            <dt>x-amz-meta-{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </div>
  </section>
)
