import { ITEMS } from '../../types.ts'
import { api } from '../lib/api.ts'
import { count, countOf } from '../lib/format.ts'
import { type Live, useRefresh } from '../lib/live.ts'
import { useLoad } from '../lib/load.ts'
import { link } from '../lib/router.ts'
import { Icon } from '../parts/icons.tsx'
import { Name } from '../parts/name.tsx'
import { Scroll } from '../parts/scroll.tsx'
import { Page } from '../parts/shell.tsx'
import { Empty, Show } from '../parts/state.tsx'

/** All tables, as tiles. */
export const TablesPage = ({ live }: { live: Live }) => {
  const tables = useLoad('tables', api.tables)
  useRefresh(live, tables.reload)
  return (
    <Page title="Tables" lead="What stands in Amazon DynamoDB, here on this machine.">
      <Show of={tables}>
        {(data) =>
          data.length === 0 ? (
            <Empty title="There is no table">Chapter 3 and chapter 5 bring the first ones.</Empty>
          ) : (
            <ul class="tiles">
              {data.map(({ name, items, key }) => (
                <li key={name}>
                  <a class="tile" href={link(['tables', name])}>
                    <span class="name of-table">
                      <Icon name="table" />
                      <Name>{name}</Name>
                    </span>
                    <span class="muted">
                      {count(items, 'item')}, key {key.join(' + ')}
                    </span>
                  </a>
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </Page>
  )
}

/** A value of an item, as a person reads it. */
const shown = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

/** One table: its items, a column for each attribute. */
export const TablePage = ({ live, name }: { live: Live; name: string }) => {
  const items = useLoad(`table ${name}`, (signal) => api.items(name, signal))
  useRefresh(live, items.reload)
  return (
    <Page
      title={name}
      crumbs={
        <>
          <a href={link(['tables'])}>Tables</a> / {name}
        </>
      }
    >
      <Show of={items}>
        {(data) =>
          data.length === 0 ? (
            <Empty title="This table has no items">What functions write appears here.</Empty>
          ) : (
            <Items items={data} />
          )
        }
      </Show>
    </Page>
  )
}

const Items = ({ items }: { items: readonly Record<string, unknown>[] }) => {
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))]
  return (
    <section class="card" aria-labelledby="items">
      <h2 id="items">{countOf(items.length, ITEMS, 'item')}</h2>
      <Scroll label="Table of items">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={JSON.stringify(item)}>
                {columns.map((column) => (
                  <td key={column} class={typeof item[column] === 'number' ? 'number' : 'cell'}>
                    {shown(item[column])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  )
}
