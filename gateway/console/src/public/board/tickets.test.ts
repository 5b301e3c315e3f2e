import { expect, test } from 'vitest';

import { afterFrame, byLabel, type Ticket } from './tickets';

// The board's memory [QUE-8, UI-2].
const none: ReadonlyMap<string, Ticket> = new Map();
const snapshot = (...entries: object[]) => ({ event: 'snapshot', data: { entries } });
const entry = (label: string, status: string, room?: string) => ({ event: 'entry', data: { label, status, room } });
const labels = (tickets: ReadonlyMap<string, Ticket>) => [...tickets.values()].sort((a, b) => b.order - a.order).map((one) => one.label);

test('shows who is called or waiting, and forgets everybody else', () => {
  let tickets = afterFrame(none, snapshot({ label: 'GM-1', status: 'IN_SERVICE' }, { label: 'GM-2', status: 'WAITING' }));
  expect([...tickets.keys()]).toEqual(['GM-2']);
  tickets = afterFrame(tickets, entry('GM-2', 'CALLED', '7'));
  expect(tickets.get('GM-2')).toMatchObject({ status: 'CALLED', room: '7' });
  expect(afterFrame(tickets, entry('GM-2', 'IN_SERVICE')).size).toBe(0);
});

test('the latest call stands first, a recall comes up again', () => {
  let tickets = none;
  for (const label of ['GM-1', 'GM-2', 'GM-3']) tickets = afterFrame(tickets, entry(label, 'CALLED'));
  expect(labels(tickets)).toEqual(['GM-3', 'GM-2', 'GM-1']);
  expect(labels(afterFrame(tickets, entry('GM-1', 'CALLED')))).toEqual(['GM-1', 'GM-3', 'GM-2']);
});

test('a snapshot after an outage replaces everything and keeps the order of the calls', () => {
  const before = [entry('GM-1', 'CALLED'), entry('GM-2', 'CALLED')].reduce(afterFrame, none);
  const after = afterFrame(before, snapshot({ label: 'GM-1', status: 'CALLED' }, { label: 'GM-2', status: 'CALLED' }, { label: 'GM-9', status: 'WAITING' }));
  expect(labels(after).slice(0, 2)).toEqual(['GM-2', 'GM-1']);
  expect(afterFrame(after, snapshot()).size).toBe(0);
});

test('waiting labels stand in the order of their numbers', () => {
  const tickets = afterFrame(none, snapshot(...['GM-10', 'GM-9', 'GM-1'].map((label) => ({ label, status: 'WAITING' }))));
  expect([...tickets.values()].sort(byLabel).map((one) => one.label)).toEqual(['GM-1', 'GM-9', 'GM-10']);
});
