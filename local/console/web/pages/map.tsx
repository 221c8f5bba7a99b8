import type { Chapter } from '../../types.ts'
import { api } from '../lib/api.ts'
import type { Live } from '../lib/live.ts'
import { useLoad } from '../lib/load.ts'
import { link, type Place } from '../lib/router.ts'
import { Following } from '../map/following.tsx'
import { Page } from '../parts/shell.tsx'
import { Empty, Show } from '../parts/state.tsx'

/** The live map: of the chapter that the address names, of all, or of the last one. */
export const MapPage = ({ live, chapter, place }: { live: Live; chapter?: string; place: Place }) => {
  const chapters = useLoad('chapters', api.chapters)
  const shown = chapter ?? chapters.data?.findLast(({ id }) => id !== '')?.id
  return (
    <Page title="Live map" lead="Resources and functions, and the events between them as they happen.">
      <Show of={chapters}>
        {(data) =>
          shown === undefined ? (
            <Empty title="Nothing is deployed">Start with a template: npm start.</Empty>
          ) : (
            <Mapped key={shown} live={live} chapter={shown} place={place} chapters={data} />
          )
        }
      </Show>
    </Page>
  )
}

const Mapped = (props: { live: Live; chapter: string; place: Place; chapters: readonly Chapter[] }) => {
  const { live, chapter, place, chapters } = props
  const map = useLoad(`map ${chapter}`, (signal) => api.map(chapter, signal))
  const choose = (
    <label class="field">
      <span>Chapter</span>
      <select
        value={chapter}
        onChange={({ currentTarget: { value } }) => {
          location.hash = link(['map', value], Object.fromEntries(place.query))
        }}
      >
        {chapters
          .filter(({ id }) => id !== '')
          .map(({ id, title }) => (
            <option key={id} value={id}>
              {Number(id)}. {title}
            </option>
          ))}
        <option value="all">All chapters</option>
      </select>
    </label>
  )
  return <Show of={map}>{(data) => <Following live={live} map={data} place={place} choose={choose} />}</Show>
}
