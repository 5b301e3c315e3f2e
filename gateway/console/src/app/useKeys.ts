import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';

import { session } from '~/lib/session/session';

import { areasOf } from './areas';

const OFF = 'ambula.keys-off';

/** Who speaks to the machine, or hits keys unawares, switches single keys off (WCAG 2.1.4). */
export const keysAreOn = () => localStorage.getItem(OFF) === null;
export function switchKeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, '1');
}

/** Two keys count as one shortcut when they come within this time. */
const TOGETHER_MS = 1_200;

function typing(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : undefined;
  return Boolean(element?.closest('input, textarea, select, [contenteditable="true"], [role="textbox"], [role="dialog"]'));
}

/** `?` and the "g d" shortcuts of the account's areas; never while somebody types. */
export function useKeys(): void {
  const navigate = useNavigate();
  useEffect(() => {
    let first: { key: string; at: number } | undefined;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target) || !keysAreOn()) return;
      if (event.key === '?') {
        event.preventDefault();
        void navigate({ to: '/shortcuts' });
        return;
      }
      const known = areasOf(session.state).flatMap((area) => [...area.nav, ...area.commands]);
      const pair = first && Date.now() - first.at < TOGETHER_MS ? `${first.key} ${event.key}` : undefined;
      const found = known.find((item) => item.keys !== undefined && (item.keys === pair || item.keys === event.key));
      first = { key: event.key, at: Date.now() };
      if (!found) return;
      first = undefined;
      event.preventDefault();
      void navigate({ to: found.to });
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [navigate]);
}
