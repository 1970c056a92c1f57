import { createContext } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { applyThemeChoice, readThemeChoice, type Theme, type ThemeChoice } from './theme-choice.ts';

/** The theme that is seen: for what style sheets cannot colour, such as canvases. */
export const ThemeContext = createContext<Theme>('dark');

/** The choice, the theme that comes of it, and a way to choose. */
export function useTheme(): { choice: ThemeChoice; theme: Theme; choose: (choice: ThemeChoice) => void } {
  const [choice, setChoice] = useState(readThemeChoice);
  const [isSystemDark, setSystemDark] = useState(() => systemDark().matches);
  useEffect(() => {
    const query = systemDark();
    const read = (): void => setSystemDark(query.matches);
    query.addEventListener('change', read);
    return () => query.removeEventListener('change', read);
  }, []);
  const choose = (chosen: ThemeChoice): void => {
    // Before the rendering that follows, because canvases read their colours from the page then.
    applyThemeChoice(chosen);
    setChoice(chosen);
  };
  const systemTheme = isSystemDark ? 'dark' : 'light';
  return { choice, theme: choice === 'system' ? systemTheme : choice, choose };
}

function systemDark(): MediaQueryList {
  return window.matchMedia('(prefers-color-scheme: dark)');
}
