import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useNothingFound } from '~/ui/States';

import { nameOf } from './prescription';

type Medicine = Schema<'Medicine'>;

interface Props {
  value: Medicine | undefined;
  onChange: (medicine: Medicine | undefined) => void;
  label: string;
  error?: ReactNode;
  /** Typed first, for example the free text of the prescription. */
  start?: string;
  autoFocus?: boolean;
}

/** Finds one of the facility's active medicines while one types. */
export function MedicinePicker({ value, onChange, label, error, start, autoFocus }: Props) {
  const { t } = useTranslation('pharmacy');
  const [typed, setTyped] = useState(start ?? '');
  const [q] = useDebouncedValue(typed.trim(), 150);
  // Once one is chosen its whole name stands in the field; that is no search.
  const search = value && typed === nameOf(value) ? undefined : q;
  const found = useQuery({
    queryKey: ['pharmacy', 'medicines', 'pick', search],
    queryFn: ({ signal }) =>
      ok(api.GET('/v1/pharmacy/medicines', { params: { query: { active: true, limit: 20, ...(search ? { q: search } : {}) } }, signal })),
    placeholderData: (before) => before,
  });
  const items = [...(found.data?.items ?? [])];
  if (value && !items.some((one) => one.id === value.id)) items.unshift(value);
  return (
    <Select
      label={label}
      placeholder={t('medicine.find')}
      searchable
      clearable
      autoFocus={autoFocus ?? false}
      openOnFocus={!autoFocus}
      withScrollArea={false}
      styles={{ options: { maxHeight: 260, overflowY: 'auto' } }}
      error={error}
      value={value?.id ?? null}
      data={items.map((one) => ({ value: one.id, label: nameOf(one) }))}
      filter={({ options }) => options}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(id) => onChange(items.find((one) => one.id === id))}
      nothingFoundMessage={useNothingFound(found, t('medicine.none'))}
      clearButtonProps={{ 'aria-label': t('medicine.clear') }}
    />
  );
}
