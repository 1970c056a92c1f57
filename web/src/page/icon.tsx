const PATHS = {
  good: 'M3.5 8.5l3 3 6-7',
  note: 'M8 7.2v4.3M8 4.4v.2',
  warning: 'M8 6v3.6M8 11.6v.2M8 1.8L15 14H1z',
  growing: 'M8 13V3M4 7l4-4 4 4',
  shrinking: 'M8 3v10M4 9l4 4 4-4',
  steady: 'M3 8h10',
} as const;

export type IconName = keyof typeof PATHS;

/** A sign beside a word that says the same: it is never alone, and never read aloud. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {name === 'note' && <circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.4" />}
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.7"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
