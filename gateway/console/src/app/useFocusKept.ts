import { useEffect } from 'react';

/**
 * Who works by keys always stands somewhere. When the place itself goes (the button that a dialog came from, a row that is
 * done), that is the heading of the screen.
 */
export function useFocusKept(): void {
  useEffect(() => {
    let byKeys = false;
    let asked = 0;
    const pressed = () => {
      byKeys = true;
    };
    const pointed = () => {
      byKeys = false;
    };
    const look = () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => {
        if (!byKeys || document.activeElement !== document.body) return;
        document.querySelector<HTMLElement>('#content h1')?.focus({ preventScroll: true });
      });
    };
    const changes = new MutationObserver(look);
    changes.observe(document.body, { childList: true, subtree: true });
    window.addEventListener('keydown', pressed, true);
    window.addEventListener('pointerdown', pointed, true);
    return () => {
      changes.disconnect();
      cancelAnimationFrame(asked);
      window.removeEventListener('keydown', pressed, true);
      window.removeEventListener('pointerdown', pointed, true);
    };
  }, []);
}
