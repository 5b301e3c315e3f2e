import { describe, expect, test } from 'vitest';

import type { Visit } from '../visits';
import { dayIn, hoursShown, instantAt, itemsOf, minuteOf, nearest, snapped } from './layout';

const span = (starts_at: string, ends_at: string) => ({ starts_at, ends_at });

describe('a day on the board', () => {
  const day = dayIn('2026-11-27', 'Asia/Kolkata');

  test('its hours are those with something in them', () => {
    expect(hoursShown(day, [])).toEqual({ from: 480, to: 1080 });
    expect(hoursShown(day, [span('2026-11-27T03:45:00Z', '2026-11-27T04:00:00Z'), span('2026-11-27T11:30:00Z', '2026-11-27T12:10:00Z')]))
      .toEqual({ from: 540, to: 1080 });
    expect(hoursShown(day, [span('2026-11-26T18:30:00Z', '2026-11-27T18:30:00Z')])).toEqual({ from: 0, to: 1440 });
  });

  test('minutes and instants, also on the day of a clock change', () => {
    expect(minuteOf(day, '2026-11-27T04:00:00Z')).toBe(570);
    const autumn = dayIn('2026-10-25', 'Europe/Berlin');
    expect(minuteOf(autumn, autumn.ends)).toBe(25 * 60);
    expect(instantAt(autumn, 4 * 60)).toBe('2026-10-25T02:00:00Z');
  });

  test('a drop lands on the grid and within the day', () => {
    expect(snapped(day, 571, 15)).toBe(570);
    expect(snapped(day, 1439, 30)).toBe(1410);
    expect(snapped(day, -20, 30)).toBe(0);
    expect(snapped(day, 572, 15, 5)).toBe(570);
  });

  test('going sideways finds what is nearest in time', () => {
    const visit = (id: string, starts_at: string) => ({ id, starts_at, ends_at: starts_at }) as Visit;
    const items = itemsOf(day, [visit('b', '2026-11-27T06:00:00Z'), visit('a', '2026-11-27T04:00:00Z')], []);
    expect(items.map((item) => item.key)).toEqual(['a', 'b']);
    expect(nearest(items, 560)?.key).toBe('a');
    expect(nearest(items, 680)?.key).toBe('b');
    expect(nearest([], 0)).toBeUndefined();
  });
});
