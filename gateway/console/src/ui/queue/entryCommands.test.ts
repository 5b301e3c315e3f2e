import { expect, test } from 'vitest';

import type { QueueEntry } from '~/lib/live/useQueueLive';

import { actsOf } from './entryCommands';

const entry = (fields: Partial<QueueEntry>) => ({ id: '1', status: 'WAITING', calls: 0, patient_id: 'p', ...fields }) as QueueEntry;
const all = () => true;

// The table of domain.md, "Queue entry".
test.each([
  ['WAITING', ['call', 'start', 'hold', 'transfer', 'assign', 'prioritize', 'leave', 'cancel']],
  ['CALLED', ['call', 'start', 'return', 'no-show', 'hold', 'transfer', 'leave', 'cancel']],
  ['IN_SERVICE', ['complete', 'hold', 'transfer']],
  ['ON_HOLD', ['resume', 'transfer', 'leave', 'cancel']],
  ['NO_SHOW', ['rejoin']],
  ['LEFT', ['rejoin']],
  ['COMPLETED', []],
  ['TRANSFERRED', []],
  ['CANCELLED', []],
] as const)('%s allows %j', (status, acts) => {
  expect(actsOf(entry({ status }), all)).toEqual(acts);
});

test('who was called as often as is allowed is not called again', () => {
  expect(actsOf(entry({ status: 'CALLED', calls: 3 }), all)).not.toContain('call');
});

test('only a visitor who is not identified can be', () => {
  expect(actsOf({ ...entry({ visitor_id: 'v' }), patient_id: undefined } as unknown as QueueEntry, all)).toContain('identify');
  expect(actsOf(entry({ visitor_id: 'v' }), all)).not.toContain('identify');
});

test('a doctor calls and starts, and leaves the rest to the desk', () => {
  expect(actsOf(entry({}), (permission) => permission === 'queue_entry_call')).toEqual(['call', 'start']);
});
