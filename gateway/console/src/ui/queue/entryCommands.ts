import { api, ifMatch, ok } from '~/lib/api/client';
import { isOpen, type Level, type QueueEntry } from '~/lib/live/useQueueLive';
import { useCommand, type CommandOptions } from '~/lib/useCommand';

/** What can be done with an entry, and what each needs to be told. */
export type EntryAct =
  | { verb: 'call'; room?: string }
  | { verb: 'start' | 'return' | 'resume' | 'no-show' | 'complete' | 'rejoin' }
  | { verb: 'hold' | 'leave' | 'cancel'; reason: string }
  | { verb: 'transfer'; queue_id: string; reason: string }
  | { verb: 'assign'; doctor_id?: string; auto?: boolean }
  | { verb: 'prioritize'; level: Level; reason: string }
  | { verb: 'identify'; patient_id: string };
export type EntryVerb = EntryAct['verb'];

const CALLING: readonly EntryVerb[] = ['call', 'start', 'return'];
const FROM: Record<EntryVerb, readonly QueueEntry['status'][]> = {
  call: ['WAITING', 'CALLED'],
  start: ['WAITING', 'CALLED'],
  return: ['CALLED'],
  'no-show': ['CALLED'],
  complete: ['IN_SERVICE'],
  hold: ['WAITING', 'CALLED', 'IN_SERVICE'],
  resume: ['ON_HOLD'],
  transfer: ['WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD'],
  assign: ['WAITING'],
  prioritize: ['WAITING'],
  identify: ['WAITING', 'CALLED', 'IN_SERVICE', 'ON_HOLD', 'COMPLETED'],
  leave: ['WAITING', 'CALLED', 'ON_HOLD'],
  cancel: ['WAITING', 'CALLED', 'ON_HOLD'],
  rejoin: ['NO_SHOW', 'LEFT'],
};

/** The acts that this account may do with the entry as it is, the likeliest first. */
export function actsOf(entry: QueueEntry, may: (permission: string) => boolean, maxCalls = 3): EntryVerb[] {
  return (Object.keys(FROM) as EntryVerb[]).filter((verb) => {
    if (!FROM[verb].includes(entry.status)) return false;
    if (verb === 'identify' && (entry.visitor_id === undefined || entry.patient_id !== undefined)) return false;
    if (verb === 'call' && entry.status === 'CALLED' && entry.calls >= maxCalls) return false;
    return may(CALLING.includes(verb) ? 'queue_entry_call' : 'queue_entry_work');
  });
}

/** Somebody looked: by the rules, or by hand. */
export const isTriaged = (entry: QueueEntry) => Boolean(entry.triage ?? entry.priority);

/** Whoever it is: a patient of record, a visitor, or nobody that this account may know. */
export const nameOf = (entry: QueueEntry): string => entry.patient?.display_name ?? entry.visitor?.name ?? '';
export const isHidden = (entry: QueueEntry): boolean => 'hidden' in entry && entry.hidden === true;

export function waitedSince(entry: QueueEntry): string | undefined {
  return isOpen(entry) ? entry.created_at : undefined;
}

/** Acts on an entry; the answer is shown at once, the stream says the same a moment later. */
export function useEntryCommand(options: CommandOptions<{ entry: QueueEntry; act: EntryAct }, QueueEntry>) {
  return useCommand(
    ({ entry, act }: { entry: QueueEntry; act: EntryAct }, key) => {
      const params = { path: { id: entry.id }, header: { ...key, ...ifMatch(entry) } };
      switch (act.verb) {
        case 'call': return ok(api.POST('/v1/queue-entries/{id}/call', { params, body: act.room ? { room: act.room } : {} }));
        case 'start': return ok(api.POST('/v1/queue-entries/{id}/start', { params, body: {} }));
        case 'return': return ok(api.POST('/v1/queue-entries/{id}/return', { params, body: {} }));
        case 'resume': return ok(api.POST('/v1/queue-entries/{id}/resume', { params, body: {} }));
        case 'no-show': return ok(api.POST('/v1/queue-entries/{id}/no-show', { params, body: {} }));
        case 'complete': return ok(api.POST('/v1/queue-entries/{id}/complete', { params, body: {} }));
        case 'rejoin': return ok(api.POST('/v1/queue-entries/{id}/rejoin', { params, body: {} }));
        case 'hold': return ok(api.POST('/v1/queue-entries/{id}/hold', { params, body: { reason: act.reason } }));
        case 'leave': return ok(api.POST('/v1/queue-entries/{id}/leave', { params, body: { reason: act.reason } }));
        case 'cancel': return ok(api.POST('/v1/queue-entries/{id}/cancel', { params, body: { reason: act.reason } }));
        case 'transfer': return ok(api.POST('/v1/queue-entries/{id}/transfer', { params, body: { queue_id: act.queue_id, reason: act.reason } }));
        case 'assign': return ok(api.POST('/v1/queue-entries/{id}/assign', { params, body: act.doctor_id ? { doctor_id: act.doctor_id } : { auto: true } }));
        case 'prioritize': return ok(api.POST('/v1/queue-entries/{id}/prioritize', { params, body: { level: act.level, reason: act.reason } }));
        case 'identify': return ok(api.POST('/v1/queue-entries/{id}/identify', { params, body: { patient_id: act.patient_id } }));
      }
    },
    { refreshes: [['queue-entries'], ['dashboard'], ['appointments']], ...options },
  );
}
