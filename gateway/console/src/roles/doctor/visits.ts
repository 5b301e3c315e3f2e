import type { Schema } from '~/lib/api/client';

interface Visit {
  id: string;
  doctor_id: string | undefined;
  /** Clock time of the facility, HH:MM. */
  time: string;
  status: 'BOOKED' | 'CHECKED_IN' | 'IN_CONSULTATION';
}

const OVER = new Set(['AppointmentCompleted', 'AppointmentCancelled', 'AppointmentNoShow']);
const STATUS: Record<string, Visit['status']> = { AppointmentCheckedIn: 'CHECKED_IN', AppointmentInConsultation: 'IN_CONSULTATION' };

/** The open visits of this day that the history (newest first) tells of: the list of appointments names only the own ones. */
export function openVisits(history: readonly Schema<'HistoryItem'>[], day: string): Visit[] {
  const told = new Map<string, Schema<'HistoryItem'>[]>();
  for (const item of history) {
    if (item.ref.type === 'appointment') told.set(item.ref.id, [...(told.get(item.ref.id) ?? []), item]);
  }
  return [...told]
    .flatMap(([id, items]) => {
      const [last] = items;
      const at = items.map((item) => /(\d{4}-\d\d-\d\d) (\d\d:\d\d)/.exec(item.summary)).find((found) => found !== null);
      if (!last || OVER.has(last.event) || at?.[1] !== day) return [];
      return [{ id, doctor_id: last.doctor_id, time: at[2] ?? '', status: STATUS[last.event] ?? 'BOOKED' }];
    })
    .sort((one, other) => one.time.localeCompare(other.time));
}
