import { expect, test } from 'vitest';

import { Frames } from './sse';
import { afterChange, inCallingOrder, type QueueEntry } from './useQueueLive';

test('frames are found however the text is cut', () => {
  const text = ': hello\n\nid: 7\nevent: snapshot\ndata: {"entries":[]}\n\nid: 8\r\nevent: entry\r\ndata: {"a":"b: c"}\r\n\r\n';
  for (let size = 1; size < 20; ++size) {
    const frames = new Frames();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...frames.push(text.slice(at, at + size)));
    expect(found).toEqual([
      { id: '7', event: 'snapshot', data: { entries: [] } },
      { id: '8', event: 'entry', data: { a: 'b: c' } },
    ]);
  }
});

const entry = (fields: Partial<QueueEntry>) =>
  ({ id: '1', level: 'LOW', created_at: '2026-01-01T00:00:00Z', ticket: { label: 'A-1', number: 1 }, version: 1, ...fields }) as QueueEntry;

test('a queue calls by level, arrival, ticket', () => {
  const order = [
    entry({ id: 'late', created_at: '2026-01-01T02:00:00Z' }),
    entry({ id: 'second', ticket: { label: 'A-2', number: 2 } }),
    entry({ id: 'first' }),
    entry({ id: 'critical', level: 'CRITICAL', created_at: '2026-01-01T03:00:00Z' }),
  ].sort(inCallingOrder);
  expect(order.map((one) => one.id)).toEqual(['critical', 'first', 'second', 'late']);
});

test('an older frame does not undo what an answer showed', () => {
  let entries = afterChange(new Map(), { event: 'snapshot', data: { entries: [entry({ version: 1 })] } });
  entries = afterChange(entries, { event: 'entry', data: entry({ version: 3, status: 'CALLED' }) });
  entries = afterChange(entries, { event: 'entry', data: entry({ version: 2, status: 'WAITING' }) });
  expect(entries.get('1')?.status).toBe('CALLED');
});
