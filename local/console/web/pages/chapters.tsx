import type { Chapter, FunctionSummary } from '../../types.ts'
import { api } from '../lib/api.ts'
import { count } from '../lib/format.ts'
import { useLoad } from '../lib/load.ts'
import { link } from '../lib/router.ts'
import { Icon } from '../parts/icons.tsx'
import { Name } from '../parts/name.tsx'
import { Page } from '../parts/shell.tsx'
import { Empty, Show } from '../parts/state.tsx'

/** Home: what to do first, and the chapters with what they bring. */
export const ChaptersPage = () => {
  const chapters = useLoad('chapters', api.chapters)
  return (
    <Page
      title="Chapters"
      lead="The application, step by step. Everything here runs on this machine, as it would run on AWS."
    >
      <Show of={chapters}>
        {(data) =>
          data.length === 0 ? (
            <Empty title="Nothing is deployed">Stop the cloud, and start it with a template: npm start.</Empty>
          ) : (
            <>
              <First chapters={data} />
              {data.map((chapter) => (
                <ChapterCard key={chapter.id} chapter={chapter} />
              ))}
            </>
          )
        }
      </Show>
    </Page>
  )
}

/** A description without its chapter, under whose heading it stands. */
const plain = (description: string) => description.replace(/^Chapter \d+\. /, '')

/** The first function to call: the first listing of chapter 2, or whichever there is. */
const firstOf = (chapters: readonly Chapter[]): FunctionSummary | undefined => {
  const { functions = [] } = chapters.find(({ id }) => id === '02') ?? chapters[0] ?? {}
  return functions.find(({ description }) => description.startsWith('Listing')) ?? functions[0]
}

const First = ({ chapters }: { chapters: readonly Chapter[] }) => {
  const first = firstOf(chapters)
  return (
    <section class="card" aria-labelledby="first">
      <h2 id="first">New here? Three steps</h2>
      <ol class="steps">
        {first && (
          <li>
            <strong>Call a function.</strong> Open <a href={link(['functions', first.name])}>{first.called}</a>, take
            the sample event as it is, press Invoke.
          </li>
        )}
        <li>
          <strong>Watch an event travel.</strong> Keep the <a href={link(['map'])}>live map</a> open while you follow a
          README: nodes light up as events reach them.
        </li>
        <li>
          <strong>See why a call was refused.</strong> <a href={link(['decisions'])}>Decisions</a> shows the statement
          that allowed or denied each call.
        </li>
      </ol>
    </section>
  )
}

const ChapterCard = ({ chapter: { id, title, functions, pages } }: { chapter: Chapter }) => (
  <section class="card" aria-labelledby={`chapter-${id}`}>
    <div class="card-head">
      <h2 id={`chapter-${id}`}>
        {id && <span class="muted">{Number(id)} </span>}
        {title}
      </h2>
      <div class="row">
        {id && (
          <a href={link(['map', id])}>
            Live map<span class="hidden"> of chapter {Number(id)}</span>
          </a>
        )}
      </div>
    </div>
    {pages.map((page) => (
      <p key={page.url} class="small">
        <a href={page.url} target="_blank" rel="noreferrer">
          Open the page
        </a>{' '}
        <span class="muted">{page.name}</span>
      </p>
    ))}
    <ul class="tiles">
      {functions.map(({ name, called, description, events }) => (
        <li key={name}>
          <a class="tile" href={link(['functions', name])}>
            <span class="name of-function">
              <Icon name="function" />
              <Name>{called}</Name>
            </span>
            {called !== name && <span class="mono small muted wrap">{name}</span>}
            <span class="muted small">{plain(description)}</span>
            <span class="small muted">{events.length > 0 && count(events.length, 'sample event')}</span>
          </a>
        </li>
      ))}
    </ul>
  </section>
)
