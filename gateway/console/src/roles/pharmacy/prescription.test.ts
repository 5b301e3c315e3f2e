import { expect, test } from 'vitest';

import { actsOf, obtainable, type Prescription, stockOf } from './prescription';

const item = (fields: Record<string, unknown>) => ({
  item_id: '1', medicine_id: 'm', medicine: { name: 'A' }, dose: '1', frequency: 'daily', quantity: 10, dispensed: 0, remaining: 10,
  available: 10, reserved: [], ...fields,
});
const prescription = (fields: Record<string, unknown>) =>
  ({ status: 'ISSUED', fulfilment: 'NONE', items: [item({})], ...fields }) as unknown as Prescription;

test('what is kept for a line counts as obtainable for it, never more than remains', () => {
  const [line] = prescription({ items: [item({ available: 2, reserved: [{ quantity: 5 }] })] }).items;
  expect(line && obtainable(line)).toBe(7);
  const [plenty] = prescription({ items: [item({ available: 200 })] }).items;
  expect(plenty && obtainable(plenty)).toBe(10);
});

test('stock: there, short, to be mapped, reserved', () => {
  expect(stockOf(prescription({})).state).toBe('there');
  expect(stockOf(prescription({ items: [item({}), item({ available: 3 })] }))).toEqual({ state: 'short', short: 1, lines: 2 });
  expect(stockOf(prescription({ items: [item({ medicine_id: undefined, available: 0 })] })).state).toBe('unmapped');
  expect(stockOf(prescription({ items: [item({ available: 0, reserved: [{ quantity: 10 }] })] })).state).toBe('reserved');
});

test.each([
  ['ISSUED', 'NONE', ['pending', 'hold', 'decline']],
  ['ISSUED', 'PARTIAL', ['pending', 'hold', 'close']],
  ['ISSUED', 'FULL', []],
  ['ISSUED', 'DECLINED', ['resume']],
  ['ON_HOLD', 'NONE', ['resume', 'decline']],
  ['ON_HOLD', 'PARTIAL', ['resume', 'close']],
  ['COMPLETED', 'FULL', []],
  ['CANCELLED', 'NONE', []],
])('%s and %s allows %j', (status, fulfilment, acts) => {
  const may = actsOf(prescription({ status, fulfilment }));
  expect(Object.entries(may).flatMap(([name, allowed]) => (allowed ? [name] : []))).toEqual(acts);
});
