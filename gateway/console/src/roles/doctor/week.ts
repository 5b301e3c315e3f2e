import type { Schema } from '~/lib/api/client';
import { minutesOf, timeOfMinutes } from '~/lib/format/zone';

export type Session = Schema<'WeeklySession'>;
export const DAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
export type Day = (typeof DAYS)[number];

interface Span {
  from: number;
  to: number;
  slot: number;
}

const spanOf = (session: Session): Span => ({ from: minutesOf(session.from), to: minutesOf(session.to), slot: session.slot_min });

/** Spans of one day in order; what touches and has the same visit length is one. */
function joined(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  const result: Span[] = [];
  for (const span of sorted) {
    const last = result.at(-1);
    if (last && last.to >= span.from && last.slot === span.slot) last.to = Math.max(last.to, span.to);
    else result.push({ ...span });
  }
  return result;
}

const inOrder = (a: Session, b: Session) => DAYS.indexOf(a.day) - DAYS.indexOf(b.day) || a.from.localeCompare(b.from);

/**
 * The week after these minutes of a day were painted with visits of `slot` minutes, or wiped (`slot` undefined). Nothing else
 * changes, to the minute.
 */
export function paint(weekly: readonly Session[], day: Day, from: number, to: number, slot: number | undefined): Session[] {
  const kept: Span[] = [];
  for (const span of weekly.filter((one) => one.day === day).map(spanOf)) {
    if (span.from < from) kept.push({ ...span, to: Math.min(span.to, from) });
    if (span.to > to) kept.push({ ...span, from: Math.max(span.from, to) });
  }
  if (slot !== undefined) kept.push({ from, to, slot });
  const sessions = joined(kept).map((span) => ({ day, from: timeOfMinutes(span.from), to: timeOfMinutes(span.to), slot_min: span.slot }));
  return [...weekly.filter((one) => one.day !== day), ...sessions].sort(inOrder);
}

/** How much of these minutes the doctor works: nothing, some, all. */
export function coverage(weekly: readonly Session[], day: Day, from: number, to: number): 'none' | 'some' | 'all' {
  let covered = 0;
  for (const span of weekly.filter((one) => one.day === day).map(spanOf)) covered += Math.max(0, Math.min(span.to, to) - Math.max(span.from, from));
  if (covered === 0) return 'none';
  return covered >= to - from ? 'all' : 'some';
}

export const minutesAWeek = (weekly: readonly Session[]) => weekly.map(spanOf).reduce((sum, span) => sum + span.to - span.from, 0);

/** The hours that must be in sight: the usual ones, and every one that is worked. */
export function hoursInSight(weekly: readonly Session[], wholeDay: boolean): { first: number; last: number } {
  if (wholeDay) return { first: 0, last: 24 };
  const spans = weekly.map(spanOf);
  return {
    first: Math.min(7, ...spans.map((span) => Math.floor(span.from / 60))),
    last: Math.max(20, ...spans.map((span) => Math.ceil(span.to / 60))),
  };
}

export const sameWeek = (a: readonly Session[], b: readonly Session[]) =>
  JSON.stringify([...a].sort(inOrder)) === JSON.stringify([...b].sort(inOrder));
