/** Own drawings of 24 × 24, by name: what navigation shows, and what a node of the map is. */
const drawings = {
  chapters: (
    <path d="M5 5.5A1.5 1.5 0 0 1 6.5 4H19v16H6.500A1.5 1.5 0 0 1 5 18.500zM5 17.500A1.5 1.5 0 0 1 6.5 16H19M9 8h6" />
  ),
  map: (
    <>
      <circle cx="5.5" cy="12" r="2.5" />
      <circle cx="18" cy="6" r="2.5" />
      <circle cx="18" cy="18" r="2.5" />
      <path d="M7.9 11 15.6 7M7.9 13l7.7 4" />
    </>
  ),
  function: <path d="M7 5h2.500L17 19h2M12 11.5 7 19" />,
  bucket: (
    <>
      <ellipse cx="12" cy="6.5" rx="7" ry="2.5" />
      <path d="M5 6.5 6.8 18c.2 1.3 2.5 2.3 5.2 2.300s5-1 5.2-2.300L19 6.5" />
    </>
  ),
  table: <path d="M5 5h14v14H5zM5 10h14M5 14.500h14M10 10v9" />,
  logs: <path d="M5 6h14M5 10h9M5 14h14M5 18h7" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="8" />
      <path d="M12 7.500V12l3 2" />
    </>
  ),
  shield: <path d="M12 3.5 19 6v5.500c0 4.2-2.8 7.4-7 9-4.2-1.6-7-4.8-7-9V6zM9 12l2.2 2.200L15.2 10" />,
  queue: <path d="M4 8h4v8H4zM10 8h4v8h-4zM16 8h4v8h-4z" />,
  topic: <path d="M5 14V10l9-4.500v13zM14 9.500c2 0 3.5 1 3.5 2.500S16 14.5 14 14.500M7.5 14.5 9 19" />,
  rule: <path d="M4 6h16l-6 7v6l-4-2v-4z" />,
  api: <path d="M8 7 4 12l4 5M16 7l4 5-4 5M13.5 5l-3 14" />,
  web: (
    <>
      <circle cx="12" cy="12" r="8" />
      <path d="M4 12h16M12 4c2.5 2.5 3.5 5 3.5 8S14.5 17.5 12 20c-2.5-2.5-3.5-5-3.5-8S9.5 6.5 12 4" />
    </>
  ),
  person: (
    <>
      <circle cx="12" cy="8.5" r="3.5" />
      <path d="M5.5 19.500c.6-3.5 3.2-5.5 6.5-5.500s5.9 2 6.5 5.5" />
    </>
  ),
  mail: <path d="M4 6.500h16v11H4zM4 7l8 6 8-6" />,
  box: <path d="M12 4 19 8v8l-7 4-7-4V8zM5 8l7 4 7-4M12 12v8" />,
  play: <path d="M8 5.500v13l10-6.500z" />,
  replay: <path d="M5 12a7 7 0 1 0 2.3-5.200M5 5v4h4" />,
} as const

export type IconName = keyof typeof drawings

/** The drawing alone, for an SVG that has its own place. */
export const drawing = (name: IconName) => drawings[name]

export const Icon = ({ name, size = 24 }: { name: IconName; size?: number }) => (
  <svg
    viewBox="0 0 24 24"
    width={size}
    height={size}
    fill="none"
    stroke="currentColor"
    stroke-width="1.7"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    {drawings[name]}
  </svg>
)
