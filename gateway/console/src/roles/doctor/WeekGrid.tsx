import { VisuallyHidden } from '@mantine/core';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { timeOfMinutes } from '~/lib/format/zone';

import { coverage, type Day, DAYS, paint, type Session } from './week';
import classes from './WeekGrid.module.css';

const STEP = 30;

interface Props {
  weekly: readonly Session[];
  onChange: (weekly: Session[]) => void;
  slot: number;
  hours: { first: number; last: number };
}

interface Mark {
  day: number;
  from: number;
  to: number;
  wipe: boolean;
}

/** A week to be painted: drag down a day, or arrows and Space (with Shift the stroke goes on). */
export function WeekGrid({ weekly, onChange, slot, hours }: Props) {
  const { t } = useTranslation('doctor');
  const { t: w } = useTranslation('words');
  const rows = Array.from({ length: ((hours.last - hours.first) * 60) / STEP }, (_, row) => hours.first * 60 + row * STEP);
  const [focus, setFocus] = useState({ day: 0, row: 0 });
  const [mark, setMark] = useState<Mark>();
  const grid = useRef<HTMLDivElement>(null);

  const worked = (day: number, at: number) => coverage(weekly, DAYS[day] as Day, at, at + STEP);
  const apply = (one: Mark) => {
    const [from, to] = [Math.min(one.from, one.to), Math.max(one.from, one.to) + STEP];
    onChange(paint(weekly, DAYS[one.day] as Day, from, to, one.wipe ? undefined : slot));
  };
  const placeOf = (event: PointerEvent) => {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-cell]');
    return cell && grid.current?.contains(cell) ? { day: Number(cell.dataset.day), at: Number(cell.dataset.at) } : undefined;
  };
  const press = (event: PointerEvent<HTMLDivElement>) => {
    const place = placeOf(event);
    if (!place || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setMark({ day: place.day, from: place.at, to: place.at, wipe: worked(place.day, place.at) === 'all' });
    setFocus({ day: place.day, row: rows.indexOf(place.at) });
  };
  const drag = (event: PointerEvent) => {
    const place = mark && placeOf(event);
    if (place) setMark({ ...mark, to: place.at });
  };
  const release = () => {
    if (mark) apply(mark);
    setMark(undefined);
  };
  const keys = (event: KeyboardEvent) => {
    const moves: Record<string, [number, number]> = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };
    const at = rows[focus.row] ?? 0;
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      apply({ day: focus.day, from: at, to: at, wipe: worked(focus.day, at) === 'all' });
      return;
    }
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const next = { day: Math.min(6, Math.max(0, focus.day + move[0])), row: Math.min(rows.length - 1, Math.max(0, focus.row + move[1])) };
    if (event.shiftKey && next.day === focus.day) {
      // The stroke goes on with what stands where it began.
      apply({ day: focus.day, from: at, to: rows[next.row] ?? at, wipe: worked(focus.day, at) === 'none' });
    }
    setFocus(next);
    grid.current?.querySelector<HTMLElement>(`[data-day="${next.day}"][data-at="${rows[next.row]}"]`)?.focus();
  };
  const marked = (day: number, at: number) =>
    mark && mark.day === day && at >= Math.min(mark.from, mark.to) && at <= Math.max(mark.from, mark.to) ? (mark.wipe ? 'wipe' : 'paint') : undefined;
  return (
    <div className={classes.scroll}>
      <div
        ref={grid}
        className={classes.grid}
        role="grid"
        aria-label={t('hours.week')}
        onPointerDown={press}
        onPointerMove={drag}
        onPointerUp={release}
        onPointerCancel={() => setMark(undefined)}
        onKeyDown={keys}
      >
        <div role="row" className={classes.row}>
          <span role="columnheader" className={classes.head}>
            <VisuallyHidden>{t('hours.time')}</VisuallyHidden>
          </span>
          {DAYS.map((day) => (
            <span key={day} role="columnheader" className={classes.head}>
              {w(`day.${day}`)}
            </span>
          ))}
        </div>
        {rows.map((at, row) => (
          <div key={at} role="row" className={classes.row}>
            <span role="rowheader" className={classes.time}>
              {at % 60 === 0 ? timeOfMinutes(at) : <VisuallyHidden>{timeOfMinutes(at)}</VisuallyHidden>}
            </span>
            {DAYS.map((name, day) => {
              const covered = worked(day, at);
              return (
                <div
                  key={name}
                  role="gridcell"
                  data-cell
                  data-day={day}
                  data-at={at}
                  data-hour={at % 60 === 0 || undefined}
                  data-covered={covered}
                  data-marked={marked(day, at)}
                  className={classes.cell}
                  tabIndex={focus.day === day && focus.row === row ? 0 : -1}
                  aria-selected={covered === 'all'}
                  aria-label={`${w(`day.${name}`)} ${timeOfMinutes(at)}: ${t(`hours.${covered}`)}`}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
