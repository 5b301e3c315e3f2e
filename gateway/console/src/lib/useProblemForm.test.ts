import { expect, test } from 'vitest';

import { changed, filled } from './useProblemForm';

test('a create sends what was filled in', () => {
  expect(filled({ given_name: ' Asha ', family_name: '', address: { city: '' }, age: 0, phone: null })).toEqual({ given_name: 'Asha', age: 0 });
});

test('a merge patch sends what changed, and null for what was emptied', () => {
  expect(changed({ phone: '1', email: '', name: 'A' }, { phone: '', email: '', name: 'B' })).toEqual({ phone: null, name: 'B' });
});
