import { expect, test } from 'vitest';

import { bodyOf, EMPTY, humanized, noteKey } from './triage';

// What was not measured is not sent [QUE-5].
test('an untouched form says nothing', () => {
  expect(bodyOf(EMPTY)).toEqual({});
});

test('what was measured is sent, with the scale of the saturation', () => {
  expect(bodyOf({ ...EMPTY, symptoms: ['CHEST_PAIN'], spo2: 93, spo2_scale: '2', on_oxygen: false, pain: 0, consciousness: 'A' })).toEqual({
    symptoms: ['CHEST_PAIN'],
    vitals: { spo2: 93, spo2_scale: 2, on_oxygen: false, consciousness: 'A' },
    pain: 0,
  });
});

test('half typed numbers are not numbers', () => {
  expect(bodyOf({ ...EMPTY, temperature_c: '-', pulse: '' })).toEqual({});
});

test('notes of the rules are known by their beginning', () => {
  expect(noteKey('Under 16: NEWS2 does not apply.')).toBe('child');
  expect(noteKey('Something new')).toBeUndefined();
  expect(humanized('PERSISTENT_VOMITING')).toBe('Persistent vomiting');
});
