/** Where a lab runs, by name; lab/platforms.ts opens each of them. */
export const PLATFORM_NAMES = ['local', 'kubernetes'] as const;
export type PlatformName = (typeof PLATFORM_NAMES)[number];
