import { useEffect, useState } from 'preact/hooks';

/**
 * Whether the page is being printed: light then, with everything open. What was closed is closed again afterwards.
 */
export function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    let opened: HTMLDetailsElement[] = [];
    let theme: string | undefined;
    const begin = (): void => {
      opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
      for (const details of opened) details.open = true;
      theme = document.documentElement.dataset['theme'];
      document.documentElement.dataset['theme'] = 'light';
      setPrinting(true);
    };
    const end = (): void => {
      for (const details of opened) details.open = false;
      if (theme === undefined) delete document.documentElement.dataset['theme'];
      else document.documentElement.dataset['theme'] = theme;
      setPrinting(false);
    };
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    return () => {
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
    };
  }, []);
  return isPrinting;
}
