import { expect, test } from 'vitest';

import { makeFormat } from './useFormat';

test('whole days are told without their midnights', () => {
  const { span } = makeFormat('en-GB', 'Asia/Kolkata');
  expect(span('2026-11-28T18:30:00Z', '2026-11-29T18:30:00Z')).toBe('29 Nov 2026');
  expect(span('2026-11-28T18:30:00Z', '2026-12-01T18:30:00Z')).toBe('29 Nov 2026 – 1 Dec 2026');
  expect(span('2026-11-29T03:30:00Z', '2026-11-29T07:30:00Z')).toBe('29 Nov 2026, 09:00 – 29 Nov 2026, 13:00');
});
