import type { Frame } from '~/lib/live/sse';

export interface Ticket {
  label: string;
  status: string;
  room?: string;
  /** Later calls stand first. */
  order: number;
}

type Tickets = ReadonlyMap<string, Ticket>;
type Told = Omit<Ticket, 'order'>;

const SHOWN = ['CALLED', 'WAITING'];

/** What the board shows after a frame of its stream. Who is neither called nor waiting leaves it: it hangs there for months. */
export function afterFrame(tickets: Tickets, { event, data }: Pick<Frame, 'event' | 'data'>): Tickets {
  if (event === 'snapshot') {
    const all = (data as { entries: Told[] }).entries.filter((one) => SHOWN.includes(one.status));
    return new Map(all.map((one, index) => [one.label, { ...one, order: tickets.get(one.label)?.order ?? index - all.length }]));
  }
  if (event !== 'entry') return tickets;
  const told = data as Told;
  const next = new Map(tickets);
  next.delete(told.label);
  if (SHOWN.includes(told.status)) {
    const latest = Math.max(0, ...[...tickets.values()].map((one) => one.order));
    next.set(told.label, { ...told, order: latest + 1 });
  }
  return next;
}

const natural = new Intl.Collator('en', { numeric: true });
export const byLabel = (a: Ticket, b: Ticket) => natural.compare(a.label, b.label);
