import { ActionIcon, Badge, Combobox, Group, Loader, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconStar, IconStarFilled, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';

import classes from './Consultation.module.css';
import type { Diagnosis } from './note';

interface Props {
  value: readonly Diagnosis[];
  onChange: (list: Diagnosis[]) => void;
  error?: ReactNode;
}

const LOOKS_LIKE_ICD10 = /^[A-TV-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$/i;

/** Diagnoses by the facility's code list as one types, or in free words. */
export function Diagnoses({ value, onChange, error }: Props) {
  const { t } = useTranslation('doctor');
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const found = useQuery({
    queryKey: ['diagnosis-codes', q],
    queryFn: ({ signal }) => ok(api.GET('/v1/diagnosis-codes', { params: { query: { q, limit: 20 } }, signal })),
    enabled: q.length >= 2,
    placeholderData: (before) => before,
    staleTime: 600_000,
  });
  const words = typed.trim();
  // Until the answer to these words is there, what is left of the one before must not be chosen by an Enter in haste.
  const fresh = q === words && !found.isPlaceholderData;
  const items = words.length >= 2 ? (found.data?.items ?? []).filter((item) => fresh || matches(item, words)) : [];
  const shown = items.map((item) => item.code).join(' ');
  useEffect(() => {
    if (words.length >= 2) combobox.selectFirstOption();
    // The store is a new object each time; its acts are the same.
  }, [words, shown]);
  const add = (one: Diagnosis) => {
    const known = value.some((other) => (one.code ? other.code === one.code : other.text === one.text));
    if (!known) onChange([...value, value.length === 0 ? { ...one, primary: true } : one]);
    setTyped('');
    combobox.closeDropdown();
  };
  const own = (): Diagnosis => (LOOKS_LIKE_ICD10.test(words) ? { code: words.toUpperCase(), system: 'ICD-10', text: words.toUpperCase() } : { text: words });
  return (
    <div>
      <Combobox
        store={combobox}
        withinPortal
        onOptionSubmit={(chosen) => {
          if (chosen === ' own') return add(own());
          const one = items.find((item) => item.code === chosen);
          if (one) add({ code: one.code, system: one.system, text: one.text });
        }}
      >
        <Combobox.Target>
          <TextInput
            label={t('note.diagnoses')}
            placeholder={t('diagnosis.placeholder')}
            autoComplete="off"
            maxLength={1000}
            error={error}
            value={typed}
            rightSection={found.isFetching ? <Loader size="xs" /> : null}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              combobox.openDropdown();
            }}
            onKeyDown={(event) => {
              // Nothing is highlighted yet: as typed.
              if (event.key !== 'Enter' || event.nativeEvent.isComposing || combobox.getSelectedOptionIndex() !== -1) return;
              event.preventDefault();
              if (words.length >= 2) add(own());
            }}
            onFocus={() => typed && combobox.openDropdown()}
            onBlur={() => combobox.closeDropdown()}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={words.length < 2}>
          <Combobox.Options mah={280} style={{ overflowY: 'auto' }}>
            {items.map((item) => (
              <Combobox.Option key={item.code} value={item.code}>
                <Text size="sm">
                  <b>{item.code}</b> {item.text}
                </Text>
              </Combobox.Option>
            ))}
            {words.length >= 2 && (
              <Combobox.Option value=" own">
                <Text size="sm" c="dimmed">
                  {t('diagnosis.own', { words })}
                </Text>
              </Combobox.Option>
            )}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <ul className={classes.list} aria-label={t('note.diagnoses')} style={{ marginTop: value.length > 0 ? 6 : 0 }}>
        {value.map((one, index) => {
          const name = [one.code, one.text].filter(Boolean).join(' ');
          return (
            <li key={name} className={classes.item}>
              <Group gap="xs" wrap="nowrap">
                {one.code && <Badge variant="light" color="gray">{one.code}</Badge>}
                <Text size="sm" dir="auto">
                  {one.text}
                </Text>
              </Group>
              <Group gap={4} wrap="nowrap">
                <ActionIcon
                  variant="subtle"
                  color={one.primary ? 'cyan' : 'gray'}
                  aria-pressed={Boolean(one.primary)}
                  aria-label={t('diagnosis.primary', { name })}
                  title={t('diagnosis.primaryShort')}
                  onClick={() => onChange(value.map((other, at) => withPrimary(other, at === index && !one.primary)))}
                >
                  {one.primary ? <IconStarFilled size={16} aria-hidden /> : <IconStar size={16} aria-hidden />}
                </ActionIcon>
                <ActionIcon variant="subtle" color="gray" aria-label={t('diagnosis.remove', { name })} onClick={() => onChange(value.filter((_, at) => at !== index))}>
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              </Group>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function matches(item: { code: string; text: string }, words: string): boolean {
  const name = `${item.code} ${item.text}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => name.includes(word));
}

function withPrimary({ primary: _, ...one }: Diagnosis, primary: boolean): Diagnosis {
  return primary ? { ...one, primary: true } : one;
}
