import { svg } from './element.ts'

/** Lines on a grid of 24, drawn for this page. */
const paths = {
  dome: 'M3.5 19.5h17M5.5 19.5V13a6.5 6.5 0 0 1 13 0v6.5M12 6.5V5M12 5a1 1 0 1 0-.01 0M12 13.5a1.5 1.5 0 1 0-.01 0M12 13.5v3',
  bundle: 'M12 3 4 7v10l8 4 8-4V7zM4 7l8 4 8-4M12 11v10',
  key: 'M14.5 9.5a4.5 4.5 0 1 1-4.5-4.5 4.5 4.5 0 0 1 4.5 4.5M13 12.5l7 7M17 16.5l2-2',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  seal: 'M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6zM9 12l2 2 4-4',
  drill: 'M12 8v4l2.5 2.5M12 21a9 9 0 1 1 9-9M17 20l2 2 3-4',
  file: 'M7 3h7l5 5v13H7zM14 3v5h5',
  password: 'M3.5 7.5h17v9h-17zM8 12h.01M12 12h.01M16 12h.01',
  'ssh-key': 'M4 6h16v12H4zM8 10l2.5 2L8 14M12.5 15H16',
  'access-key': 'M14.5 9.5a4.5 4.5 0 1 1-4.5-4.5 4.5 4.5 0 0 1 4.5 4.5M13 12.5l7 7M17 16.5l2-2',
  token: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 9v6M9 12h6',
  database:
    'M5 6c0-1.7 3.1-3 7-3s7 1.3 7 3-3.1 3-7 3-7-1.3-7-3M5 6v12c0 1.7 3.1 3 7 3s7-1.3 7-3V6M5 12c0 1.7 3.1 3 7 3s7-1.3 7-3',
  note: 'M6 4h12v16H6zM9 9h6M9 13h6M9 17h3',
  search: 'M11 18a7 7 0 1 1 0-14 7 7 0 0 1 0 14M16 16l5 5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  show: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6',
  hide: 'M4 4l16 16M9.5 6A9.6 9.6 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.7 3.4M6.5 7.4A16.5 16.5 0 0 0 2.5 12s3.5 6.5 9.5 6.5a9 9 0 0 0 4-1M10 10a3 3 0 0 0 4 4',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  lock: 'M5 11h14v9H5zM8 11V8a4 4 0 0 1 8 0v3M12 14.5v2',
  back: 'M15 5l-7 7 7 7',
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M12 4 2.5 20h19zM12 10v4.5M12 17.5h.01',
  unknown: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.6.3-1 .8-1 1.5v.7M12 17h.01',
  remove: 'M6 6l12 12M18 6L6 18',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7',
  large: 'M4 19 9 6l5 13M5.7 15h6.6M15 19l3-8 3 8M16 16.5h4',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7.5V12l3 2',
} as const

export type IconName = keyof typeof paths

/** Never says anything that is not said in words beside it. */
export function icon(name: IconName): SVGElement {
  const attributes = { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' }
  return svg('svg', attributes, svg('path', { d: paths[name] }))
}
