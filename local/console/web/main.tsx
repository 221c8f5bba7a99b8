import { render } from 'preact'
import { useState } from 'preact/hooks'
import { addressed, renewToken } from './lib/api.ts'
import { createLive, type Live, useConnection } from './lib/live.ts'
import { link, type Place, usePlace } from './lib/router.ts'
import { BucketPage, BucketsPage } from './pages/buckets.tsx'
import { ChaptersPage } from './pages/chapters.tsx'
import { DecisionsPage } from './pages/decisions.tsx'
import { FunctionPage } from './pages/function.tsx'
import { LogsPage } from './pages/logs.tsx'
import { MailsPage } from './pages/mails.tsx'
import { MapPage } from './pages/map.tsx'
import { SchedulesPage } from './pages/schedules.tsx'
import { TablePage, TablesPage } from './pages/tables.tsx'
import { Page, Shell } from './parts/shell.tsx'
import { Empty } from './parts/state.tsx'

const pageAt = (place: Place, live: Live) => {
  const [page, name, ...more] = place.path
  if (page === undefined) return <ChaptersPage />
  if (more.length === 0)
    switch (page) {
      case 'functions':
        if (name !== undefined) return <FunctionPage key={name} name={name} />
        break
      case 'map':
        return <MapPage live={live} chapter={name} place={place} />
      case 'buckets':
        return name === undefined ? <BucketsPage live={live} /> : <BucketPage key={name} live={live} place={place} />
      case 'tables':
        return name === undefined ? <TablesPage live={live} /> : <TablePage key={name} live={live} name={name} />
      case 'logs':
        return <LogsPage live={live} functionName={name} />
      case 'schedules':
        return <SchedulesPage />
      case 'mailbox':
        return <MailsPage live={live} />
      case 'decisions':
        return <DecisionsPage place={place} />
    }
  return (
    <Page title="There is no such page">
      <Empty title={`#/${place.path.join('/')} leads nowhere`}>
        <a href={link([])}>To the chapters</a>
      </Empty>
    </Page>
  )
}

const Console = ({ live }: { live: Live }) => {
  const place = usePlace()
  // After a restart everything may be another: the page begins anew, with what it showed still there.
  const [life, setLife] = useState(0)
  const connection = useConnection(live, () => setLife((before) => before + 1))
  return (
    <Shell place={place} connection={connection}>
      <div key={life}>{pageAt(place, live)}</div>
    </Shell>
  )
}

const root = document.getElementById('console')
if (root) render(<Console live={createLive(() => addressed('api/live'), renewToken)} />, root)
