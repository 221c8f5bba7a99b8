/**
 * Runs in the browser, for browser.test.ts: everything that a page can do to addresses without leaving its own.
 * `targets` are URLs by what they would do, `signed` the headers of a signed request. Gives what the page could read.
 */
globalThis.attack = async (targets, signed) => {
  const got = []
  const tried = async (what, run) => {
    try {
      const result = await run()
      if (result) got.push(`${what}: ${result}`)
    } catch {}
  }
  const element = (name, attributes) =>
    new Promise((resolve) => {
      const one = document.createElement(name)
      one.onload = () => resolve(name === 'iframe' || name === 'object' ? '' : 'loaded')
      one.onerror = () => resolve('')
      for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value)
      document.body.append(one)
      setTimeout(() => resolve(''), 500)
    })
  const { get, put, remove, act, post, anonymous } = targets
  for (const url of [get, act, anonymous]) {
    await tried('cors', async () => (await fetch(url)).text())
    await tried('no-cors', async () => (await fetch(url, { mode: 'no-cors' })).text())
    await tried('with credentials', async () => (await fetch(url, { credentials: 'include' })).text())
    await tried('no referrer', async () =>
      (await fetch(url, { mode: 'no-cors', referrerPolicy: 'no-referrer' })).text(),
    )
    await tried('image', () => element('img', { src: url }))
    await tried('image without referrer', () => element('img', { src: url, referrerpolicy: 'no-referrer' }))
    await tried('script', () => element('script', { src: url }))
    await tried('style', () => element('link', { rel: 'stylesheet', href: url }))
    await tried('video', () => element('video', { src: url }))
    await tried('frame', () => element('iframe', { src: url }))
    await tried('sandboxed frame', () => element('iframe', { src: url, sandbox: 'allow-scripts' }))
    await tried('object', () => element('object', { data: url }))
    await tried('module', () => import(url))
    await tried('prefetch', () => element('link', { rel: 'prefetch', href: url }))
    await tried('events', async () => void new EventSource(url))
  }
  await tried('signed', async () => (await fetch(anonymous, { headers: signed })).text())
  for (const url of [post, put, anonymous])
    for (const mode of ['cors', 'no-cors'])
      await tried('post', async () => (await fetch(url, { method: 'POST', mode, body: 'x' })).text())
  await tried('put', async () => (await fetch(put, { method: 'PUT', body: 'x' })).text())
  await tried('delete', async () => (await fetch(remove, { method: 'DELETE' })).text())
  await tried('beacon', async () => void navigator.sendBeacon(post, 'x'))
  await tried('socket', async () => void new WebSocket(get.replace('http', 'ws')))
  await tried('worker', async () => void new Worker(get))
  for (const enctype of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])
    for (const action of [post, put, anonymous]) {
      const frame = document.createElement('iframe')
      frame.name = `f${Math.random()}`
      const form = document.createElement('form')
      Object.assign(form, { method: 'POST', action, enctype, target: frame.name })
      form.innerHTML =
        '<input name="Action" value="AssumeRoleWithWebIdentity"><input name="Version" value="2011-06-15">'
      document.body.append(frame, form)
      form.submit()
    }
  await new Promise((resolve) => setTimeout(resolve, 800))
  if ('secret' in window) got.push('the secret')
  return got
}
