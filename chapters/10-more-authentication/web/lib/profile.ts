/** What `readUserProfile` answers. */
export interface Profile {
  email: string
  name?: string
}

const area = () => document.querySelector<HTMLElement>('#profile')

const row = (name: string, value: string): HTMLElement[] => {
  const [term, description] = [document.createElement('dt'), document.createElement('dd')]
  term.textContent = name
  description.textContent = value
  return [term, description]
}

/** Shows who has logged in, as text; or why that cannot be shown. */
export const showProfile = (profile: Profile | { wrong: string }): void => {
  const rows =
    'wrong' in profile
      ? row('Profile', profile.wrong)
      : [...row('Email', profile.email), ...(profile.name ? row('Name', profile.name) : [])]
  area()
    ?.querySelector('dl')
    ?.replaceChildren(...rows)
}

/** Shows until when the session lasts, and the area with it. */
export const showEnd = (ends: Date): void => {
  const time = area()?.querySelector('time')
  if (time) {
    time.dateTime = ends.toISOString()
    time.textContent = ends.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  }
  const shown = area()
  if (shown) shown.hidden = false
}

/** Nothing of the person stays on the page. */
export const hideProfile = (): void => {
  const hidden = area()
  hidden?.querySelector('dl')?.replaceChildren()
  if (hidden) hidden.hidden = true
}
