import { concurrencyOf } from '../lib/concurrency.ts'
import { costsOf, PRICES, type PriceList } from '../lib/costs.ts'
import { chartOf } from './lib/chart.ts'
import { letters, missingIn, pieces } from './lib/examples.ts'

const USERS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]
const LIMIT = 1000
const WORKERS = 4

const one = <E extends Element>(selector: string): E => {
  const found = document.querySelector<E>(selector)
  if (!found) throw new Error(`the page has no ${selector}`)
  return found
}
const input = (id: string) => one<HTMLInputElement>(`#${id}`)
const numberIn = (id: string) => Number(input(id).value)
const told = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 3 })
const dollars = (value: number) => value.toLocaleString('en', { style: 'currency', currency: 'USD' })

const showCosts = () => {
  const [requests, milliseconds, memory] = [numberIn('requests'), numberIn('milliseconds'), numberIn('memory')]
  one('output[for=requests]').textContent = told(requests)
  one('output[for=milliseconds]').textContent = `${told(milliseconds)} ms`
  one('output[for=memory]').textContent = `${told(memory)} MB`
  const workloads = [
    { share: 0.5, milliseconds: 30, memory: 128 },
    { share: 0.5, milliseconds, memory },
  ]
  const prices = PRICES[one<HTMLSelectElement>('#prices').value as PriceList]
  const rows = USERS.map((users) => costsOf(users, requests, workloads, prices))
  const chart = one('#chart')
  chart.replaceChildren(chartOf(rows, Math.min(760, chart.clientWidth || 320)))
  one('#table tbody').replaceChildren(
    ...rows.map(({ users, requests, gbSeconds, total }) => {
      const row = document.createElement('tr')
      for (const text of [told(users), told(requests), told(gbSeconds), dollars(total)])
        row.insertCell().textContent = text
      return row
    }),
  )
}

const showConcurrency = () => {
  const functions = [...document.querySelectorAll('#concurrency fieldset')].map((field) => {
    const [eventsPerSecond = 0, seconds = 0] = [...field.querySelectorAll('input')].map(({ value }) => Number(value))
    return { name: field.querySelector('legend')?.textContent ?? '', eventsPerSecond, seconds }
  })
  const { rows, sum, holds } = concurrencyOf(functions, LIMIT)
  const sums = rows.map(({ concurrent }) => told(concurrent)).join(' + ')
  const shown = one('#sum')
  shown.textContent = `${sums} = ${told(sum)} executions at the same time: ${
    holds ? `within the limit of ${told(LIMIT)}` : `more than the limit of ${told(LIMIT)}`
  }.`
  shown.classList.toggle('exceeds', !holds)
}

const observe = () => {
  const missing = missingIn({ name: input('name').value, email: input('email').value })
  one('#missing').textContent = missing
  one<HTMLButtonElement>('#observer button').disabled = missing !== ''
}

const area = () => numberIn('length') * numberIn('width')
const bind = () => {
  one('#bound').textContent = told(area())
}

/** Runs all workers together; the longer a piece, the longer its worker takes. */
const route = async () => {
  const parts = pieces(input('text').value, WORKERS)
  const list = one('#workers')
  one('#gathered').textContent = ''
  const found = parts.map(async (piece) => {
    const item = document.createElement('li')
    item.textContent = `“${piece}”: at work`
    list.append(item)
    const count = await letters(piece, 20 * piece.length)
    item.textContent = `“${piece}”: ${count} letters`
    return count
  })
  const counts = await Promise.all(found)
  one('#gathered').textContent = `${counts.join(' + ')} = ${counts.reduce((sum, count) => sum + count, 0)} letters`
}

const on = (selector: string, show: () => void) => {
  one(selector).addEventListener('input', show)
  show()
}
const onSubmit = (selector: string, run: () => unknown) =>
  one(selector).addEventListener('submit', (event) => {
    event.preventDefault()
    run()
  })

on('#costs', showCosts)
on('#concurrency', showConcurrency)
on('#observer', observe)
on('#area', bind)
onSubmit('#costs', () => {})
onSubmit('#concurrency', () => {})
onSubmit('#observer', () => {
  one('#submitted').textContent = `Hello ${input('name').value}!`
})
onSubmit('#area', () => {
  one('#called').textContent = told(area())
})
onSubmit('#router', () => {
  one('#workers').replaceChildren()
  return route()
})
addEventListener('resize', showCosts)
