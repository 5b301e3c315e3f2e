import type { Schema } from '~/lib/api/client';

export type Vitals = Schema<'TriageVitals'>;
export type TriageResult = Schema<'TriageResult'>;
export type Measured = Schema<'Assessment'> | TriageResult;

/** Numbers as they stand in their fields: `''` is not measured. */
export interface TriageValues {
  symptoms: string[];
  respiratory_rate: number | string;
  spo2: number | string;
  spo2_scale: '1' | '2';
  on_oxygen: boolean | null;
  systolic: number | string;
  pulse: number | string;
  consciousness: '' | 'A' | 'C' | 'V' | 'P' | 'U';
  temperature_c: number | string;
  pain: number | string;
  pregnant: boolean;
  age_years: number | string;
}

export const EMPTY: TriageValues = {
  symptoms: [], respiratory_rate: '', spo2: '', spo2_scale: '1', on_oxygen: null, systolic: '', pulse: '', consciousness: '',
  temperature_c: '', pain: '', pregnant: false, age_years: '',
};

const number = (value: number | string) => (typeof value === 'number' ? value : undefined);

/** The body of `triage` and `assess`: what was not measured is not sent, so that the answer can say that it is missing. */
export function bodyOf(values: TriageValues): Schema<'AssessInput'> {
  const vitals: Vitals = {};
  for (const name of ['respiratory_rate', 'spo2', 'systolic', 'pulse', 'temperature_c'] as const) {
    const value = number(values[name]);
    if (value !== undefined) vitals[name] = value;
  }
  if (values.consciousness) vitals.consciousness = values.consciousness;
  if (values.on_oxygen !== null) vitals.on_oxygen = values.on_oxygen;
  if (vitals.spo2 !== undefined) vitals.spo2_scale = values.spo2_scale === '2' ? 2 : 1;
  const body: Schema<'AssessInput'> = {};
  if (values.symptoms.length > 0) body.symptoms = values.symptoms;
  if (Object.keys(vitals).length > 0) body.vitals = vitals;
  const pain = number(values.pain);
  if (pain !== undefined) body.pain = pain;
  if (values.pregnant) body.pregnant = true;
  const age = number(values.age_years);
  if (age !== undefined) body.age_years = age;
  return body;
}

/** The sentences of the rule engine, by which the console finds its own words. */
export function noteKey(note: string): string | undefined {
  if (/^Under \d+: NEWS2/.test(note)) return 'child';
  if (note.startsWith('Pregnant: NEWS2')) return 'pregnant';
  if (note.startsWith('Age unknown')) return 'ageUnknown';
  if (note.startsWith('No vital signs')) return 'noVitals';
  if (note.startsWith('Vital signs are missing')) return 'vitalsMissing';
  return undefined;
}

/** "PERSISTENT_VOMITING" → "Persistent vomiting": for codes of a rule set that the console has no words for. */
export function humanized(code: string): string {
  const text = code.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
