import { VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconStethoscope, IconUserCheck, IconUserX, IconX } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import type { Doctor, Person } from '~/lib/data/directory';
import { useFormat } from '~/lib/format/useFormat';
import { instant } from '~/lib/format/zone';
import { useNow } from '~/ui/Clock';

import { canMove, holdsTime, type Slot, type Visit } from '../visits';
import classes from './Board.module.css';
import { type Day, durationOf, GRID_MIN, hoursShown, instantAt, type Item, itemsOf, minuteOf, nearest, snapped } from './layout';
import { useDrag } from './useDrag';

export const PX_PER_MIN = 1.6;

export interface Target {
  visit: Visit;
  doctorId: string;
  minute: number;
}

interface Props {
  day: Day;
  doctors: readonly Doctor[];
  visits: readonly Visit[];
  slots: readonly Slot[];
  personOf: (id: string | undefined) => Person | undefined;
  /** A move under way: shown where it goes to until the answer is there. */
  pending: Target | undefined;
  onOpen: (visit: Visit) => void;
  onFree: (slot: Slot) => void;
  onMove: (target: Target) => void;
}

/** Doctors as columns, the day downwards. Everything by mouse or by keys: arrows go, Enter opens, M moves. */
export function Board({ day, doctors, visits, slots, personOf, pending, onOpen, onFree, onMove }: Props) {
  const { t } = useTranslation('reception');
  const format = useFormat();
  const scroll = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string>();
  const [moving, setMoving] = useState<Target>();
  const shown = useMemo(() => hoursShown(day, [...visits, ...slots]), [day, visits, slots]);
  const columns = useMemo(
    () => doctors.map((doctor) => ({
      doctor,
      items: itemsOf(day, visits.filter((one) => placeOf(one, pending).doctorId === doctor.id), slots.filter((one) => one.doctor_id === doctor.id)),
    })),
    [day, doctors, visits, slots, pending],
  );
  const first = columns.find((column) => column.items.length > 0)?.items[0]?.key;
  const known = columns.some((column) => column.items.some((item) => item.key === active));
  const tabStop = known ? active : first;
  const top = (minute: number) => (minute - shown.from) * PX_PER_MIN;
  const height = (shown.to - shown.from) * PX_PER_MIN;
  const drag = useDrag({ scroll, day, shown, pxPerMin: PX_PER_MIN, onTarget: setMoving, onDrop: (target) => drop(target) });
  useScrollToNow(scroll, day, shown, top);

  const drop = (target: Target | undefined) => {
    setMoving(undefined);
    if (!target) return;
    const same = target.doctorId === target.visit.doctor_id && target.minute === minuteOf(day, target.visit.starts_at);
    if (!same) onMove(target);
  };
  const focus = (item: Item | undefined) => {
    if (!item) return;
    setActive(item.key);
    requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(item.key)}"]`)?.focus());
  };
  const press = (event: KeyboardEvent, columnIndex: number, item: Item) => {
    if (moving) return steer(event, moving);
    const column = columns[columnIndex];
    const at = column?.items.indexOf(item) ?? -1;
    const to = {
      ArrowDown: () => column?.items[at + 1],
      ArrowUp: () => column?.items[at - 1],
      ArrowRight: () => sideways(columnIndex, 1, item.minute),
      ArrowLeft: () => sideways(columnIndex, -1, item.minute),
      Home: () => column?.items[0],
      End: () => column?.items.at(-1),
    }[event.key];
    if (to) {
      event.preventDefault();
      focus(to());
    } else if (event.key.toLowerCase() === 'm' && item.kind === 'visit' && canMove(item.visit)) {
      event.preventDefault();
      event.stopPropagation();
      setMoving({ visit: item.visit, doctorId: item.visit.doctor_id, minute: item.minute });
    }
  };
  const sideways = (from: number, step: number, minute: number): Item | undefined => {
    for (let at = from + step; at >= 0 && at < columns.length; at += step) {
      const found = nearest(columns[at]?.items ?? [], minute);
      if (found) return found;
    }
    return undefined;
  };
  const steer = (event: KeyboardEvent, target: Target) => {
    const grid = event.shiftKey ? 5 : GRID_MIN;
    const column = doctors.findIndex((doctor) => doctor.id === target.doctorId);
    const change: Record<string, () => void> = {
      ArrowDown: () => setMoving({ ...target, minute: snapped(day, target.minute + grid, durationOf(target.visit), grid) }),
      ArrowUp: () => setMoving({ ...target, minute: snapped(day, target.minute - grid, durationOf(target.visit), grid) }),
      ArrowRight: () => setMoving({ ...target, doctorId: doctors[column + 1]?.id ?? target.doctorId }),
      ArrowLeft: () => setMoving({ ...target, doctorId: doctors[column - 1]?.id ?? target.doctorId }),
      Enter: () => drop(target),
      Escape: () => setMoving(undefined),
    };
    const act = change[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  useEffect(() => {
    if (moving) scroll.current?.querySelector('[data-ghost]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [moving]);

  const doctorOf = (id: string) => doctors.find((doctor) => doctor.id === id)?.display_name ?? '';
  return (
    <div className={classes.scroll} ref={scroll} data-board>
      <VisuallyHidden aria-live="assertive">
        {moving && t('board.moving', { time: format.time(instantAt(day, moving.minute)), doctor: doctorOf(moving.doctorId) })}
      </VisuallyHidden>
      <div className={classes.board} style={{ '--columns': doctors.length, '--hour': `${60 * PX_PER_MIN}px` } as React.CSSProperties}>
        <div className={classes.corner} />
        {doctors.map((doctor) => (
          <h2 key={doctor.id} className={classes.head}>
            <bdi>{doctor.display_name}</bdi>
            <span className={classes.sub}>
              {[doctor.room && t('room', { room: doctor.room }), t('board.count', { count: countOf(visits, doctor.id) })].filter(Boolean).join(' · ')}
            </span>
          </h2>
        ))}
        <div className={classes.times} style={{ height }} aria-hidden>
          {hours(shown).map((minute) => (
            <span key={minute} className={classes.time} style={{ top: top(minute) }}>
              {format.time(instantAt(day, minute))}
            </span>
          ))}
        </div>
        {columns.map(({ doctor, items }, index) => (
          <div
            key={doctor.id}
            role="group"
            aria-label={doctor.display_name}
            className={classes.column}
            style={{ height }}
            data-column={doctor.id}
            data-target={moving?.doctorId === doctor.id || undefined}
          >
            {items.map((item) =>
              item.kind === 'visit' ? (
                <Card
                  key={item.key}
                  visit={item.visit}
                  person={personOf(item.visit.patient_id)}
                  doctor={doctor.display_name}
                  top={top(placeOf(item.visit, pending).minute ?? item.minute)}
                  tabIndex={item.key === tabStop ? 0 : -1}
                  moving={moving?.visit.id === item.visit.id}
                  busy={pending?.visit.id === item.visit.id}
                  onFocus={() => setActive(item.key)}
                  onKeyDown={(event) => press(event, index, item)}
                  onPointerDown={(event) => canMove(item.visit) && drag.begin(event, item.visit, item.minute)}
                  onClick={() => !drag.justDropped() && !moving && onOpen(item.visit)}
                />
              ) : (
                <button
                  key={item.key}
                  type="button"
                  className={classes.free}
                  style={{ top: top(item.minute), height: durationOf(item.slot) * PX_PER_MIN }}
                  data-item={item.key}
                  tabIndex={item.key === tabStop ? 0 : -1}
                  aria-label={t('board.free', { time: format.time(item.slot.starts_at), doctor: doctor.display_name })}
                  onFocus={() => setActive(item.key)}
                  onKeyDown={(event) => press(event, index, item)}
                  onClick={() => !moving && onFree(item.slot)}
                >
                  <span>{format.time(item.slot.starts_at)} +</span>
                </button>
              ),
            )}
            {moving?.doctorId === doctor.id && (
              <div className={classes.ghost} data-ghost style={{ top: top(moving.minute), height: durationOf(moving.visit) * PX_PER_MIN }}>
                {format.time(instantAt(day, moving.minute))}
              </div>
            )}
            <NowLine day={day} shown={shown} top={top} />
          </div>
        ))}
      </div>
    </div>
  );
}

const countOf = (visits: readonly Visit[], doctorId: string) =>
  visits.filter((visit) => visit.doctor_id === doctorId && holdsTime(visit)).length;

function hours({ from, to }: { from: number; to: number }): number[] {
  return Array.from({ length: Math.ceil((to - from) / 60) }, (_, hour) => from + hour * 60);
}

function placeOf(visit: Visit, pending: Target | undefined): { doctorId: string; minute: number | undefined } {
  return pending?.visit.id === visit.id ? pending : { doctorId: visit.doctor_id, minute: undefined };
}

interface CardProps {
  visit: Visit;
  person: Person | undefined;
  doctor: string;
  top: number;
  tabIndex: number;
  moving: boolean;
  busy: boolean;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onPointerDown: (event: React.PointerEvent) => void;
  onClick: () => void;
}

const STATE_ICONS = { CHECKED_IN: IconUserCheck, IN_CONSULTATION: IconStethoscope, COMPLETED: IconCheck, CANCELLED: IconX, NO_SHOW: IconUserX };

function Card({ visit, person, doctor, top, moving, busy, ...rest }: CardProps) {
  const { t } = useTranslation(['reception', 'words']);
  const format = useFormat();
  const long = durationOf(visit) >= 30;
  const Icon = visit.status === 'BOOKED' ? undefined : STATE_ICONS[visit.status];
  const urgent = visit.triage_level === 'CRITICAL' || visit.triage_level === 'HIGH';
  const name = person?.display_name ?? '…';
  return (
    <button
      type="button"
      className={classes.visit}
      style={{ top, height: Math.max(durationOf(visit) * PX_PER_MIN, 22) }}
      data-item={visit.id}
      data-status={visit.status}
      data-gone={!holdsTime(visit) || undefined}
      data-moving={moving || undefined}
      data-busy={busy || undefined}
      aria-busy={busy}
      aria-label={t('reception:board.visit', {
        time: format.time(visit.starts_at), name, status: t(`words:status.${visit.status}`), doctor,
      })}
      {...rest}
    >
      <span className={classes.line}>
        <span className={classes.clock}>{format.time(visit.starts_at)}</span>
        <span className={classes.name} dir="auto">
          {name}
        </span>
        <span className={classes.state}>
          {urgent && <IconAlertTriangle size={13} color="var(--mantine-color-red-text)" aria-hidden />}
          {Icon && <Icon size={13} aria-hidden />}
        </span>
      </span>
      {long && visit.reason && (
        <span className={classes.reason} dir="auto">
          {visit.reason}
        </span>
      )}
    </button>
  );
}

function NowLine({ day, shown, top }: { day: Day; shown: { from: number; to: number }; top: (minute: number) => number }) {
  const minute = minuteOf(day, instant(useNow(30)));
  if (minute < shown.from || minute > shown.to) return null;
  return <div className={classes.now} style={{ top: top(minute) }} aria-hidden />;
}

/** At first sight of a day: today where it is now, another day at its beginning. */
function useScrollToNow(scroll: React.RefObject<HTMLDivElement | null>, day: Day, shown: { from: number }, top: (minute: number) => number) {
  const done = useRef<string>(undefined);
  useEffect(() => {
    if (done.current === `${day.date} ${shown.from}`) return;
    done.current = `${day.date} ${shown.from}`;
    const minute = minuteOf(day, instant(Date.now()));
    scroll.current?.scrollTo({ top: Math.max(0, top(minute) - 120) });
  });
}
