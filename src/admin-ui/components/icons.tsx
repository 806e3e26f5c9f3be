import type { ReactNode } from 'react';

const PATHS = {
  check: 'M4 10.5l4 4 8-9',
  cross: 'M5 5l10 10M15 5L5 15',
  question: 'M7 7.5a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.1-1.5 2.4M10 15.6v.1',
  dash: 'M5 10h10',
  warning: 'M10 3.2L2.6 16.5h14.8L10 3.2zM10 8.2v3.8M10 14.2v.1',
  info: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9v5M10 6.3v.1',
  plus: 'M10 4v12M4 10h12',
  sync: 'M16 8.5A6.3 6.3 0 0 0 4.8 6.2M4 11.5a6.3 6.3 0 0 0 11.2 2.3M4.5 3v3.5H8M15.5 17v-3.5H12',
  clock: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 5.8V10l2.8 2',
  arrow: 'M3.5 10h13M11.5 5l5 5-5 5',
  back: 'M12 4.5L6.5 10l5.5 5.5',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration beside a word; never the only carrier of a meaning. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: 'none' }}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
