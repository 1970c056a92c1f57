export const THEME_CHOICES = ['system', 'dark', 'light'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];
export type Theme = 'dark' | 'light';

const STORAGE_KEY = 'kafka-lab.theme';

/** What was chosen on this browser before; `system` when nothing was, or when storing is forbidden. */
export function readThemeChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return THEME_CHOICES.find((choice) => choice === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Applies a choice to the whole page, and remembers it where that is allowed. */
export function applyThemeChoice(choice: ThemeChoice): void {
  if (choice === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
  try {
    localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // A browser that stores nothing forgets the choice with the page.
  }
}
