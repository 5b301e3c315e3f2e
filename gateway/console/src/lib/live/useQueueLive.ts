import { useReducer } from 'react';

import type { Schema } from '~/lib/api/client';

import { type LiveState, useLive } from './useLive';

export type QueueEntry = Schema<'QueueEntry'>;
export type Level = Schema<'TriageLevel'>;

const RANK: Record<Level, number> = { CRITICAL: 0, HIGH: 1, MODERATE: 2, LOW: 3 };
export const OPEN_STATUSES = ['WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD'] as const;

export const isOpen = (entry: { status: string }) => (OPEN_STATUSES as readonly string[]).includes(entry.status);

/** The order in which a queue calls: effective level, arrival, ticket. */
export function inCallingOrder(a: QueueEntry, b: QueueEntry): number {
  return (
    RANK[a.level] - RANK[b.level] ||
    a.created_at.localeCompare(b.created_at) ||
    a.ticket.number - b.ticket.number
  );
}

type Change = { event: string; data: unknown } | 'forget';

export function afterChange(entries: ReadonlyMap<string, QueueEntry>, change: Change): ReadonlyMap<string, QueueEntry> {
  if (change === 'forget') return new Map();
  if (change.event === 'snapshot') {
    const { entries: all } = change.data as { entries: QueueEntry[] };
    return new Map(all.map((entry) => [entry.id, entry]));
  }
  if (change.event !== 'entry') return entries;
  const entry = change.data as QueueEntry;
  // What the answer of an own command showed already is not undone by an older frame.
  const known = entries.get(entry.id);
  if (known && known.version !== undefined && entry.version !== undefined && entry.version < known.version) return entries;
  return new Map(entries).set(entry.id, entry);
}

export interface QueueLive {
  state: LiveState;
  /** Whether the stream has said who is there: nobody known is not nobody there. */
  known: boolean;
  entries: ReadonlyMap<string, QueueEntry>;
  /** Shows the answer of an own command at once; the stream says the same a moment later. */
  put: (entry: QueueEntry) => void;
}

const NOT_YET: ReadonlyMap<string, QueueEntry> = new Map();

/** Today's entries of one queue, kept up to date by its stream. */
export function useQueueLive(queueId: string | undefined): QueueLive {
  const [entries, change] = useReducer(afterChange, NOT_YET);
  const state = useLive(queueId ? `/v1/queues/${queueId}/stream` : undefined, change);
  return { state, known: entries !== NOT_YET, entries, put: (entry) => change({ event: 'entry', data: entry }) };
}
