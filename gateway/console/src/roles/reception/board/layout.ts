import { addDays, addMinutes, instantOf, minutesBetween } from '~/lib/format/zone';

import type { Slot, Visit } from '../visits';

/** The day as the board draws it: minutes since the facility's midnight, so that a day of 23 or 25 hours is one, too. */
export interface Day {
  date: string;
  begins: string;
  ends: string;
}

export function dayIn(date: string, zone: string): Day {
  return { date, begins: instantOf(date, '00:00', zone), ends: instantOf(addDays(date, 1), '00:00', zone) };
}

export const minuteOf = (day: Day, at: string) => minutesBetween(day.begins, at);
export const instantAt = (day: Day, minute: number) => addMinutes(day.begins, minute);
export const durationOf = (what: { starts_at: string; ends_at: string }) => minutesBetween(what.starts_at, what.ends_at);

export const GRID_MIN = 15;
const HOUR = 60;

/** The hours that are worth showing: where there is a visit or a free time, else usual office hours. */
export function hoursShown(day: Day, what: readonly { starts_at: string; ends_at: string }[]): { from: number; to: number } {
  const length = minutesBetween(day.begins, day.ends);
  if (what.length === 0) return { from: 8 * HOUR, to: Math.min(18 * HOUR, length) };
  const from = Math.min(...what.map((one) => minuteOf(day, one.starts_at)));
  const to = Math.max(...what.map((one) => minuteOf(day, one.ends_at)));
  return {
    from: Math.max(0, Math.floor(from / HOUR) * HOUR),
    to: Math.min(length, Math.max(Math.ceil(to / HOUR) * HOUR, Math.floor(from / HOUR) * HOUR + 4 * HOUR)),
  };
}

/** To the board's grid, within the day. */
export function snapped(day: Day, minute: number, duration: number, grid = GRID_MIN): number {
  const length = minutesBetween(day.begins, day.ends);
  return Math.min(Math.max(0, Math.round(minute / grid) * grid), length - duration);
}

export type Item = { kind: 'visit'; key: string; visit: Visit; minute: number } | { kind: 'free'; key: string; slot: Slot; minute: number };

/** What stands in a doctor's column, in the order of the day. */
export function itemsOf(day: Day, visits: readonly Visit[], slots: readonly Slot[]): Item[] {
  const items: Item[] = [
    ...visits.map((visit) => ({ kind: 'visit' as const, key: visit.id, visit, minute: minuteOf(day, visit.starts_at) })),
    ...slots.map((slot) => ({ kind: 'free' as const, key: `${slot.doctor_id} ${slot.starts_at}`, slot, minute: minuteOf(day, slot.starts_at) })),
  ];
  return items.sort((a, b) => a.minute - b.minute || a.key.localeCompare(b.key));
}

/** The item of another column that is nearest in time. */
export function nearest(items: readonly Item[], minute: number): Item | undefined {
  let best: Item | undefined;
  for (const item of items) {
    if (!best || Math.abs(item.minute - minute) < Math.abs(best.minute - minute)) best = item;
  }
  return best;
}
