import { useForm, type UseFormInput, type UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';

import { ApiError } from '~/lib/api/problem';

import { fieldWords, wordsOf } from './errors/useWords';

export type ProblemForm<Values extends Record<string, unknown>> = UseFormReturnType<Values> & {
  /** Puts a refusal at the fields that its JSON pointers name; false when none of the form's fields is meant. */
  refuse: (error: unknown, fieldOfCode?: Record<string, string>) => boolean;
};

/** A form whose field names are those of the API's body, so that `errors[].pointer` finds them (`/address/city` → `address.city`). */
export function useProblemForm<Values extends Record<string, unknown>>(options: UseFormInput<Values>): ProblemForm<Values> {
  const { t } = useTranslation('errors');
  const form = useForm<Values>(options);

  const refuse = (error: unknown, fieldOfCode: Record<string, string> = {}) => {
    if (!(error instanceof ApiError)) return false;
    const found: Record<string, string> = {};
    for (const one of error.body.errors ?? []) {
      const field = one.pointer.slice(1).replaceAll('/', '.');
      const top = field.split('.')[0] ?? '';
      if (top in form.getValues()) found[field] = fieldWords(t, one.rule, one.detail, top);
    }
    const field = fieldOfCode[error.code];
    if (field) found[field] ??= wordsOf(t, error);
    if (Object.keys(found).length === 0) return false;
    form.setErrors(found);
    focusFirst(Object.keys(found)[0]);
    return true;
  };

  return { ...form, refuse };
}

function focusFirst(field: string | undefined): void {
  if (!field) return;
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-path="${CSS.escape(field)}"]`)?.focus());
}

/** The body of a create: what was left empty is not sent. */
export function filled<Body extends Record<string, unknown>>(values: Body): Body {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === '' || value === null || value === undefined) continue;
    if (typeof value === 'object' && !Array.isArray(value)) {
      const inner = filled(value as Record<string, unknown>);
      if (Object.keys(inner).length > 0) kept[name] = inner;
    } else {
      kept[name] = typeof value === 'string' ? value.trim() : value;
    }
  }
  return kept as Body;
}

/** The merge patch from `before` to `after`: what did not change is not sent, what was emptied is null. */
export function changed<Body extends Record<string, unknown>>(before: Body, after: Body): Partial<Body> {
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(after)) {
    const fresh = value === '' ? null : value;
    const old = before[name] === '' || before[name] === undefined ? null : before[name];
    if (JSON.stringify(fresh) !== JSON.stringify(old)) patch[name] = fresh;
  }
  return patch as Partial<Body>;
}
