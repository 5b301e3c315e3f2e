import { describe, expect, test } from 'vitest';

import { addDays, dayOf, instantOf, minutesBetween, timeOf, weekdayOf } from './zone';

describe('times of a facility', () => {
  test.each([
    ['2026-11-27', '09:30', 'Asia/Kolkata', '2026-11-27T04:00:00Z'],
    ['2026-07-01', '00:00', 'Europe/Berlin', '2026-06-30T22:00:00Z'],
    ['2026-11-27', '23:45', 'America/New_York', '2026-11-28T04:45:00Z'],
    ['2026-11-27', '24:00', 'Asia/Kolkata', '2026-11-27T18:30:00Z'],
    // Comes twice: the first.
    ['2026-10-25', '02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    // After the change.
    ['2026-10-25', '03:30', 'Europe/Berlin', '2026-10-25T02:30:00Z'],
    // Is skipped: as far behind the skip.
    ['2026-03-29', '02:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
    ['2026-03-29', '03:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
    ['2026-04-05', '02:15', 'Australia/Lord_Howe', '2026-04-04T15:45:00Z'],
  ])('%s %s in %s is %s', (day, time, zone, expected) => {
    expect(instantOf(day, time, zone)).toBe(expected);
  });

  test('there and back', () => {
    for (const zone of ['Asia/Kolkata', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia']) {
      for (let hour = 4; hour < 24; ++hour) {
        const time = `${String(hour).padStart(2, '0')}:15`;
        const at = instantOf('2026-03-29', time, zone);
        expect([dayOf(at, zone), timeOf(at, zone)]).toEqual(['2026-03-29', time]);
      }
    }
  });

  test('days', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(weekdayOf('2026-11-27')).toBe(5);
    expect(minutesBetween('2026-11-27T04:00:00Z', '2026-11-27T04:45:00Z')).toBe(45);
  });
});
