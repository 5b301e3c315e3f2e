import { useEffect, useRef, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';

import type { Visit } from '../visits';
import type { Target } from './Board';
import { type Day, durationOf, snapped } from './layout';

/** A press that moves so far is a drag, not a click. */
const THRESHOLD_PX = 6;
const EDGE_PX = 36;

interface Options {
  scroll: RefObject<HTMLDivElement | null>;
  day: Day;
  shown: { from: number };
  pxPerMin: number;
  onTarget: (target: Target | undefined) => void;
  onDrop: (target: Target | undefined) => void;
}

/** Dragging visits with a mouse or pen; a finger scrolls. Escape puts it back. */
export function useDrag(options: Options) {
  const latest = useRef(options);
  latest.current = options;
  const stop = useRef<() => void>(undefined);
  const dropped = useRef(0);
  useEffect(() => () => stop.current?.(), []);

  const begin = (event: ReactPointerEvent, visit: Visit, minute: number) => {
    if (event.pointerType === 'touch' || event.button !== 0) return;
    stop.current?.();
    const start = { x: event.clientX, y: event.clientY, scrolled: latest.current.scroll.current?.scrollTop ?? 0 };
    let target: Target | undefined;

    const move = (at: PointerEvent) => {
      if (!target && Math.hypot(at.clientX - start.x, at.clientY - start.y) < THRESHOLD_PX) return;
      const { scroll, day, pxPerMin, onTarget } = latest.current;
      const box = scroll.current;
      if (!box) return;
      scrollAtEdges(box, at);
      const down = at.clientY - start.y + box.scrollTop - start.scrolled;
      target = {
        visit,
        doctorId: columnUnder(box, at.clientX) ?? target?.doctorId ?? visit.doctor_id,
        minute: snapped(day, minute + down / pxPerMin, durationOf(visit)),
      };
      onTarget(target);
    };
    const end = (result: Target | undefined) => {
      stop.current?.();
      if (!target) return;
      dropped.current = Date.now();
      latest.current.onDrop(result);
    };
    const up = () => end(target);
    const key = (press: KeyboardEvent) => {
      if (press.key !== 'Escape') return;
      press.stopPropagation();
      end(undefined);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('keydown', key, true);
    stop.current = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('keydown', key, true);
      stop.current = undefined;
    };
  };

  /** The click that the browser sends after a drop is none. */
  return { begin, justDropped: () => Date.now() - dropped.current < 250 };
}

function columnUnder(box: HTMLElement, x: number): string | undefined {
  for (const column of box.querySelectorAll<HTMLElement>('[data-column]')) {
    const { left, right } = column.getBoundingClientRect();
    if (x >= left && x < right) return column.dataset.column;
  }
  return undefined;
}

function scrollAtEdges(box: HTMLElement, at: PointerEvent): void {
  const { top, bottom, left, right } = box.getBoundingClientRect();
  if (at.clientY < top + EDGE_PX * 2) box.scrollBy({ top: -12 });
  if (at.clientY > bottom - EDGE_PX) box.scrollBy({ top: 12 });
  if (at.clientX < left + EDGE_PX) box.scrollBy({ left: -12 });
  if (at.clientX > right - EDGE_PX) box.scrollBy({ left: 12 });
}
