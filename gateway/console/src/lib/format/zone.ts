/** Calendar days and clock times of a facility. Instants are ISO strings with Z, days `YYYY-MM-DD`, times `HH:MM`. */

const parts = new Map<string, Intl.DateTimeFormat>();
function clock(zone: string): Intl.DateTimeFormat {
  let made = parts.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
      second: '2-digit',
    });
    parts.set(zone, made);
  }
  return made;
}

function fields(at: Date, zone: string): Record<string, string> {
  return Object.fromEntries(clock(zone).formatToParts(at).map((part) => [part.type, part.value]));
}

export function dayOf(at: Date | string, zone: string): string {
  const f = fields(new Date(at), zone);
  return `${f.year}-${f.month}-${f.day}`;
}

export function timeOf(at: Date | string, zone: string): string {
  const f = fields(new Date(at), zone);
  return `${f.hour}:${f.minute}`;
}

export const today = (zone: string) => dayOf(new Date(), zone);

export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** From this day to that one, both counted. */
export function daysOf(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

/** 0 = Sunday. */
export const weekdayOf = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay();

/** Milliseconds that the zone's clock is ahead of UTC at that instant. */
function ahead(at: number, zone: string): number {
  const f = fields(new Date(at), zone);
  return Date.parse(`${f.year}-${f.month}-${f.day}T${f.hour}:${f.minute}:${f.second}Z`) - Math.floor(at / 1000) * 1000;
}

/**
 * The instant at which the zone's clock shows this; of a time that comes twice the first, of one that is skipped the
 * instant as far after the skip.
 */
export function instantOf(day: string, time: string, zone: string): string {
  const wall = Date.parse(`${day}T00:00:00Z`) + minutesOf(time) * 60_000;
  const first = wall - ahead(wall - 24 * 3_600_000, zone);
  if (ahead(first, zone) === wall - first) return instant(first);
  const second = wall - ahead(first, zone);
  return instant(ahead(second, zone) === wall - second ? second : first);
}

/** As the API writes instants. */
export const instant = (at: number | Date) => new Date(at).toISOString().replace('.000Z', 'Z');

export function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

export function timeOfMinutes(minutes: number): string {
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

export const addMinutes = (at: string, minutes: number) => instant(Date.parse(at) + minutes * 60_000);
export const minutesBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 60_000);

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether the browser's clock shows something else than the facility's, now. */
export function clocksDiffer(zone: string): boolean {
  const now = new Date();
  return timeOf(now, zone) !== timeOf(now, browserZone()) || dayOf(now, zone) !== dayOf(now, browserZone());
}
