import { expect, test } from 'vitest';

import { coverage, hoursInSight, minutesAWeek, paint, sameWeek, type Session } from './week';

// A week is painted, and what was not touched stays to the minute.
const week: Session[] = [
  { day: 'MON', from: '09:10', to: '13:00', slot_min: 15 },
  { day: 'TUE', from: '09:00', to: '12:00', slot_min: 20 },
];

test('painting joins what touches', () => {
  expect(paint(week, 'MON', 13 * 60, 14 * 60, 15)).toEqual([
    { day: 'MON', from: '09:10', to: '14:00', slot_min: 15 }, week[1],
  ]);
});

test('another visit length is another session', () => {
  expect(paint(week, 'MON', 12 * 60, 14 * 60, 30)).toEqual([
    { day: 'MON', from: '09:10', to: '12:00', slot_min: 15 }, { day: 'MON', from: '12:00', to: '14:00', slot_min: 30 }, week[1],
  ]);
});

test('wiping cuts a session in two', () => {
  expect(paint(week, 'TUE', 10 * 60, 10 * 60 + 30, undefined)).toEqual([
    week[0], { day: 'TUE', from: '09:00', to: '10:00', slot_min: 20 }, { day: 'TUE', from: '10:30', to: '12:00', slot_min: 20 },
  ]);
  expect(paint(week, 'TUE', 0, 24 * 60, undefined)).toEqual([week[0]]);
});

test('until midnight', () => {
  expect(paint([], 'SUN', 23 * 60 + 30, 24 * 60, 15)).toEqual([{ day: 'SUN', from: '23:30', to: '24:00', slot_min: 15 }]);
});

test('painting twice is painting once', () => {
  const once = paint(week, 'WED', 480, 720, 15);
  expect(sameWeek(paint(once, 'WED', 480, 720, 15), once)).toBe(true);
});

test('what is seen', () => {
  expect(coverage(week, 'MON', 540, 570)).toBe('some');
  expect(coverage(week, 'MON', 570, 600)).toBe('all');
  expect(coverage(week, 'WED', 570, 600)).toBe('none');
  expect(minutesAWeek(week)).toBe(230 + 180);
  expect(hoursInSight([{ day: 'MON', from: '05:30', to: '22:15', slot_min: 15 }], false)).toEqual({ first: 5, last: 23 });
});
