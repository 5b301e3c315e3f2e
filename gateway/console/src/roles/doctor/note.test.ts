import { expect, test } from 'vitest';

import { changedPaths, difference, type Fields, fieldsOf, merge, patchOf, pathOfPointer } from './note';

// No work is lost when two write at once [CON-2].
const base: Fields = { complaint: 'Cough', plan: 'Rest', 'vitals.pulse': 80, diagnoses: [{ text: 'Cold' }] };

test('a note and its fields', () => {
  expect(fieldsOf({ complaint: 'Cough', vitals: { pulse: 80, on_oxygen: false }, diagnoses: [{ text: 'Cold', primary: false }], follow_up: { on: '2026-12-01' } }))
    .toEqual({ complaint: 'Cough', 'vitals.pulse': 80, 'vitals.on_oxygen': false, diagnoses: [{ text: 'Cold' }], 'follow_up.on': '2026-12-01' });
});

test('only what changed is sent, and null for what was emptied', () => {
  const mine: Fields = { ...base, complaint: ' ', 'vitals.pulse': 90, 'vitals.spo2': 97, diagnoses: [] };
  expect(changedPaths(base, mine)).toEqual(['complaint', 'vitals.spo2', 'vitals.pulse', 'diagnoses']);
  expect(patchOf(mine, changedPaths(base, mine))).toEqual({ complaint: null, vitals: { spo2: 97, pulse: 90 }, diagnoses: [] });
});

test('blanks at the end are no change', () => {
  expect(changedPaths(base, { ...base, plan: 'Rest ' })).toEqual([]);
});

test('what only one side changed is taken', () => {
  const mine = { ...base, plan: 'Rest and tea' };
  const theirs = { ...base, complaint: 'Cough for a week', 'vitals.pulse': 96 };
  expect(merge(base, mine, theirs)).toEqual({
    fields: { ...base, plan: 'Rest and tea', complaint: 'Cough for a week', 'vitals.pulse': 96 },
    conflicts: [],
  });
});

test('what both changed is a conflict that keeps mine in sight', () => {
  const merged = merge(base, { ...base, plan: 'Tea' }, { ...base, plan: 'Antibiotic' });
  expect(merged.conflicts).toEqual(['plan']);
  expect(merged.fields.plan).toBe('Tea');
});

test('both to the same is none; one that was emptied is one', () => {
  expect(merge(base, { ...base, plan: 'Tea' }, { ...base, plan: 'Tea' }).conflicts).toEqual([]);
  const { plan: _, ...without } = base;
  expect(merge(base, { ...base, plan: 'Tea' }, without).conflicts).toEqual(['plan']);
  expect(merge(base, base, without).fields.plan).toBeUndefined();
});

test('pointers of a refusal find their fields', () => {
  expect(pathOfPointer('/note/vitals/spo2')).toBe('vitals.spo2');
  expect(pathOfPointer('/note/diagnoses/0/code')).toBe('diagnoses');
  expect(pathOfPointer('/reason')).toBeUndefined();
});

test('the difference of two texts, in words', () => {
  expect(difference('Rest at home today', 'Rest in bed today')).toEqual({ before: 'Rest ', changed: 'in bed ', after: 'today' });
  expect(difference('', 'new')).toEqual({ before: '', changed: 'new', after: '' });
});
