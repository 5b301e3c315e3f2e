import type { Schema } from '~/lib/api/client';

export type Diagnosis = { code?: string; system?: string; text: string; primary?: boolean };
export type Value = string | number | boolean | Diagnosis[];

export const TEXTS = ['complaint', 'history', 'examination', 'plan'] as const;
export const VITALS = ['respiratory_rate', 'spo2', 'spo2_scale', 'on_oxygen', 'systolic', 'diastolic', 'pulse', 'consciousness', 'temperature_c',
  'weight_kg', 'height_cm'] as const;
/** What is measured in something is never shown without it. */
export const UNITS: Partial<Record<(typeof VITALS)[number], string>> = {
  systolic: 'mmHg', diastolic: 'mmHg', pulse: '/min', respiratory_rate: '/min', spo2: '%', temperature_c: '°C', weight_kg: 'kg', height_cm: 'cm',
};
export type Path = (typeof TEXTS)[number] | `vitals.${(typeof VITALS)[number]}` | 'diagnoses' | 'follow_up.on' | 'follow_up.note';
export const PATHS: readonly Path[] = [...TEXTS, ...VITALS.map((name) => `vitals.${name}` as const), 'diagnoses', 'follow_up.on', 'follow_up.note'];

/** A note as one level of fields; what is not there says nothing. */
export type Fields = Partial<Record<Path, Value>>;

type Note = Partial<Pick<Schema<'ConsultationNote'>, (typeof TEXTS)[number] | 'vitals' | 'diagnoses' | 'follow_up'>>;

export function fieldsOf(note: Note): Fields {
  const fields: Fields = {};
  const put = (path: Path, value: unknown) => {
    if (value !== undefined && value !== null && value !== '') fields[path] = value as Value;
  };
  for (const name of TEXTS) put(name, note[name]);
  for (const name of VITALS) put(`vitals.${name}`, note.vitals?.[name]);
  put('follow_up.on', note.follow_up?.on);
  put('follow_up.note', note.follow_up?.note);
  if (note.diagnoses && note.diagnoses.length > 0) fields.diagnoses = note.diagnoses.map(plain);
  return fields;
}

/** A diagnosis without what says nothing, so that two that say the same are the same. */
function plain(one: Schema<'Diagnosis'> | Diagnosis): Diagnosis {
  return {
    ...(one.code ? { code: one.code } : {}),
    ...(one.system ? { system: one.system } : {}),
    text: one.text,
    ...(one.primary ? { primary: true } : {}),
  };
}

const empty = (value: Value | undefined) =>
  value === undefined || (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && value.length === 0);

export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (empty(a) || empty(b)) return empty(a) && empty(b);
  if (typeof a === 'string' && typeof b === 'string') return a.trim() === b.trim();
  return JSON.stringify(a) === JSON.stringify(b);
}

export const changedPaths = (base: Fields, mine: Fields): Path[] => PATHS.filter((path) => !same(base[path], mine[path]));

/** The merge patch that brings these fields to what they are in `mine`; null clears. */
export function patchOf(mine: Fields, paths: readonly Path[]): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const path of paths) {
    const value = empty(mine[path]) ? null : mine[path];
    const [group = '', name] = path.split('.');
    if (name === undefined) patch[group] = typeof value === 'string' ? value.trim() : group === 'diagnoses' ? (value ?? []) : value;
    else patch[group] = { ...(patch[group] as object | undefined), [name]: typeof value === 'string' ? value.trim() : value };
  }
  return patch;
}

export interface Merged {
  fields: Fields;
  /** Changed on both sides, and not to the same: a person decides. `fields` has mine until then. */
  conflicts: Path[];
}

/** Three ways: what only one side changed is that side's. */
export function merge(base: Fields, mine: Fields, theirs: Fields): Merged {
  const fields: Fields = {};
  const conflicts: Path[] = [];
  for (const path of PATHS) {
    const iDid = !same(base[path], mine[path]);
    const theyDid = !same(base[path], theirs[path]);
    const value = iDid ? mine[path] : theirs[path];
    if (value !== undefined) fields[path] = value;
    if (iDid && theyDid && !same(mine[path], theirs[path])) conflicts.push(path);
  }
  return { fields, conflicts };
}

/** `/note/vitals/spo2` → `vitals.spo2`; `/note/diagnoses/0/code` → `diagnoses`. */
export function pathOfPointer(pointer: string): Path | undefined {
  const [, root, group, name] = pointer.split('/');
  if (root !== 'note' || !group) return undefined;
  const path = group === 'vitals' || group === 'follow_up' ? `${group}.${name ?? ''}` : group;
  return PATHS.find((one) => one === path);
}

/** Where two texts part, in whole words: what stands before, what `other` has instead, what stands after. */
export function difference(one: string, other: string): { before: string; changed: string; after: string } {
  const a = one.split(/(?<=\s)/);
  const b = other.split(/(?<=\s)/);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) ++start;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) ++end;
  return {
    before: b.slice(0, start).join(''),
    changed: b.slice(start, b.length - end).join(''),
    after: b.slice(b.length - end).join(''),
  };
}
