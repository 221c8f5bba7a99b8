/** Own drawings of 24 × 24 as paths, by name: what navigation shows, and what a node of the map is. Lines, not areas. */
export const drawings = {
  chapters: 'M5 5.5A1.5 1.5 0 0 1 6.5 4H19v16H6.5A1.5 1.5 0 0 1 5 18.5zM5 17.5A1.5 1.5 0 0 1 6.5 16H19M9 8h6',
  map: 'M3 12a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M15.5 6a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M15.5 18a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M7.9 11 15.6 7M7.9 13l7.7 4',
  function: 'M7 5h2.5L17 19h2M12 11.5 7 19',
  bucket: 'M5 6.5a7 2.5 0 1 0 14 0a7 2.5 0 1 0-14 0M5 6.5 6.8 18c.2 1.3 2.5 2.3 5.2 2.3s5-1 5.2-2.3L19 6.5',
  table: 'M5 5h14v14H5zM5 10h14M5 14.5h14M10 10v9',
  logs: 'M5 6h14M5 10h9M5 14h14M5 18h7',
  clock: 'M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0M12 7.5V12l3 2',
  shield: 'M12 3.5 19 6v5.5c0 4.2-2.8 7.4-7 9-4.2-1.6-7-4.8-7-9V6zM9 12l2.2 2.2L15.2 10',
  queue: 'M4 8h4v8H4zM10 8h4v8h-4zM16 8h4v8h-4z',
  topic: 'M5 14V10l9-4.5v13zM14 9.5c2 0 3.5 1 3.5 2.5S16 14.5 14 14.5M7.5 14.5 9 19',
  rule: 'M4 6h16l-6 7v6l-4-2v-4z',
  api: 'M8 7 4 12l4 5M16 7l4 5-4 5M13.5 5l-3 14',
  web: 'M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0M4 12h16M12 4c2.5 2.5 3.5 5 3.5 8S14.5 17.5 12 20c-2.5-2.5-3.5-5-3.5-8S9.5 6.5 12 4',
  person: 'M8.5 8.5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M5.5 19.5c.6-3.5 3.2-5.5 6.5-5.5s5.9 2 6.5 5.5',
  mail: 'M4 6.5h16v11H4zM4 7l8 6 8-6',
  box: 'M12 4 19 8v8l-7 4-7-4V8zM5 8l7 4 7-4M12 12v8',
  object: 'M6.5 4h7.5l4 4v12h-11.5zM14 4v4h4M9.5 12.5h5.5M9.5 15.5h5.5',
  play: 'M8 5.5v13l10-6.5z',
  replay: 'M5 12a7 7 0 1 0 2.3-5.2M5 5v4h4',
  save: 'M12 4v10M8 10.5l4 4 4-4M5 18.5h14',
} as const

export type IconName = keyof typeof drawings
