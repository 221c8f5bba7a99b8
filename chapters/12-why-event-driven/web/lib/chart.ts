import { axisX, axisY, dot, gridY, line, plot } from '@observablehq/plot'
import type { Costs } from '../../lib/costs.ts'

/** Costs by users, as a picture; the table below it has the same numbers in words. */
export const chartOf = (rows: Costs[], width: number): Element => {
  const chart = plot({
    width,
    height: 300,
    marginLeft: 60,
    marginRight: 30,
    marginBottom: 45,
    ariaLabel: 'Costs a month by the number of users',
    ariaDescription: `From ${rows[0]?.total} dollars to ${rows.at(-1)?.total} dollars; the table below has every number.`,
    style: { color: 'inherit', background: 'none', fontSize: '13px' },
    x: { type: 'log', label: 'users →' },
    y: { label: '↑ dollars a month', zero: true },
    marks: [
      gridY(),
      axisX({ ticks: 6, tickFormat: (users: number) => users.toLocaleString('en', { notation: 'compact' }) }),
      axisY(),
      line(rows, { x: 'users', y: 'total', stroke: 'currentColor', strokeWidth: 2 }),
      dot(rows, { x: 'users', y: 'total', fill: 'currentColor', title: (row: Costs) => `${row.users}: $${row.total}` }),
    ],
  })
  // One picture with one name, not a group of marks with names of their own.
  chart.setAttribute('role', 'img')
  for (const group of chart.querySelectorAll('g[aria-label]')) group.removeAttribute('aria-label')
  return chart
}
