import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '~/lib/api/problem';

/** What went wrong and what to do, in the person's words. The server's own text is the last resort. */
export function wordsOf(t: TFunction<'errors'>, error: unknown): string {
  if (!(error instanceof ApiError)) return t('unexpected');
  const known = t(`code.${error.code}`, { defaultValue: '', ...error.body });
  if (known) return known;
  if (error.status === 412) return t('code.version-mismatch');
  if (error.status === 429) return t('code.rate-limited');
  if (error.status >= 500) return t('unavailable');
  return error.body.detail ?? t('unexpected');
}

/** The words of one field's broken rule. */
export function fieldWords(t: TFunction<'errors'>, rule: string, detail: string, field = ''): string {
  return t(`rule.${field}-${rule}`, { defaultValue: '' }) || t(`rule.${rule}`, { defaultValue: '' }) || t(`code.${rule}`, { defaultValue: '' }) || detail;
}

export function useWords(): (error: unknown) => string {
  const { t } = useTranslation('errors');
  return useCallback((error: unknown) => wordsOf(t, error), [t]);
}
