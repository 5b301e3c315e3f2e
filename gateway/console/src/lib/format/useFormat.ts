import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { useFacility } from '~/lib/session/useSession';

import { addDays, dayOf, timeOf } from './zone';

export interface Money {
  amount: string;
  currency: string;
}

type When = string | Date | undefined | null;

/** Every date, time, number and name on a screen goes through this: one locale, one zone, one look. */
export function makeFormat(language: string, zone: string) {
  const shape = (options: Intl.DateTimeFormatOptions, timeZone = zone) => {
    const format = new Intl.DateTimeFormat(language, { ...options, timeZone });
    return (at: When) => (at ? format.format(new Date(at)) : '');
  };
  const number = new Intl.NumberFormat(language);
  const oneDigit = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const signed = new Intl.NumberFormat(language, { signDisplay: 'exceptZero' });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const age = new Intl.NumberFormat(language, { style: 'unit', unit: 'year', unitDisplay: 'short' });
  const unit = (name: 'minute' | 'hour' | 'day', value: number) =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  const plainDay = shape({ day: 'numeric', month: 'short', year: 'numeric' }, 'UTC');
  const plainWeekday = shape({ weekday: 'short', day: 'numeric', month: 'short' }, 'UTC');
  const plainLongDay = shape({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }, 'UTC');
  const dateTime = shape({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });
  const day = (day: string | undefined | null) => plainDay(day ? `${day}T00:00:00Z` : undefined);
  return {
    language,
    zone,
    /** Instants, in the facility's zone. */
    time: shape({ hour: '2-digit', minute: '2-digit' }),
    clock: shape({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    dateTime,
    dayTime: shape({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
    date: shape({ day: 'numeric', month: 'short', year: 'numeric' }),
    /** From an instant until another; whole days without the midnights around them. */
    span: (from: string, to: string) => {
      if ([from, to].some((at) => timeOf(at, zone) !== '00:00')) return `${dateTime(from)} – ${dateTime(to)}`;
      const [first, last] = [dayOf(from, zone), addDays(dayOf(to, zone), -1)];
      return first === last ? day(first) : `${day(first)} – ${day(last)}`;
    },
    /** Days `YYYY-MM-DD`, which are in no zone. */
    day,
    weekday: (day: string | undefined | null) => plainWeekday(day ? `${day}T00:00:00Z` : undefined),
    longDay: (day: string | undefined | null) => plainLongDay(day ? `${day}T00:00:00Z` : undefined),
    number: (value: number | undefined | null) => (value === undefined || value === null ? '' : number.format(value)),
    /** With its sign: what came and what went. */
    signed: (value: number) => signed.format(value),
    decimal: (value: number | undefined | null) => (value === undefined || value === null ? '' : oneDigit.format(value)),
    percent: (value: number | undefined | null) => (value === undefined || value === null ? '' : percent.format(value)),
    money: (money: Money | undefined | null) =>
      money ? new Intl.NumberFormat(language, { style: 'currency', currency: money.currency }).format(Number(money.amount)) : '',
    /** "2 h 5 min", "3 d". */
    duration: (minutes: number) => durationOf(minutes, unit),
    /** Whole years at the facility's today. */
    age: (birthDate: string | undefined | null) => (birthDate ? age.format(yearsSince(birthDate, dayOf(new Date(), zone))) : ''),
  };
}

function durationOf(minutes: number, unit: (name: 'minute' | 'hour' | 'day', value: number) => string): string {
  if (minutes < 60) return unit('minute', minutes);
  if (minutes < 24 * 60) return [unit('hour', Math.floor(minutes / 60)), minutes % 60 && unit('minute', minutes % 60)].filter(Boolean).join(' ');
  return unit('day', Math.floor(minutes / (24 * 60)));
}

export function yearsSince(birthDate: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/** "Given Family", as the API's display names. */
export function fullName(person: { given_name: string; family_name?: string | null } | undefined): string {
  return person ? [person.given_name, person.family_name].filter(Boolean).join(' ') : '';
}

export type Format = ReturnType<typeof makeFormat>;

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const { zone, locale } = useFacility();
  // The facility's regional habits where they are of the chosen language: en-IN, not just en.
  const language = locale?.startsWith(i18n.language) ? locale : i18n.language;
  return useMemo(() => makeFormat(language, zone), [language, zone]);
}
