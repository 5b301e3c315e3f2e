import { Combobox, Group, Loader, Text, TextInput, useCombobox, CloseButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconUserSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode, type Ref } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';

import { useNothingFound } from './States';

export type Person = Schema<'PatientSuggestion'>;

interface Props {
  value: Person | undefined;
  onChange: (person: Person | undefined) => void;
  label?: string;
  error?: ReactNode;
  autoFocus?: boolean;
  /** What can be done when nobody is found, for example "Register". */
  whenNone?: (typed: string) => ReactNode;
  inputRef?: Ref<HTMLInputElement>;
}

export function useSuggestions(typed: string) {
  const [q] = useDebouncedValue(typed.trim(), 150);
  return useQuery({
    queryKey: ['patients', 'suggest', q],
    queryFn: ({ signal }) => ok(api.GET('/v1/patients/suggest', { params: { query: { q } }, signal })),
    enabled: q.length >= 2,
    placeholderData: (before) => before,
    staleTime: 10_000,
  });
}

/** Finds a patient of record while one types: name with a typo, phone in any notation, record number. */
export function PersonPicker({ value, onChange, label, error, autoFocus, whenNone, inputRef }: Props) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const suggestions = useSuggestions(typed);
  const items = typed.trim().length >= 2 ? (suggestions.data?.items ?? []) : [];
  const searching = suggestions.isFetching;
  const nothing = useNothingFound(suggestions, t('person.none'));
  const { selectFirstOption, dropdownOpened } = combobox;
  const found = items.map((one) => one.id).join();
  // Enter takes the first, also when it comes after the last key.
  useEffect(() => {
    if (found && dropdownOpened) selectFirstOption();
  }, [found, dropdownOpened, selectFirstOption]);

  return (
    <Combobox
      store={combobox}
      withinPortal
      onOptionSubmit={(id) => {
        onChange(items.find((one) => one.id === id));
        setTyped('');
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <TextInput
          ref={inputRef}
          label={label ?? t('person.label')}
          placeholder={t('person.placeholder')}
          error={error}
          data-autofocus={autoFocus || undefined}
          autoFocus={autoFocus ?? false}
          autoComplete="off"
          value={value ? value.display_name : typed}
          readOnly={Boolean(value)}
          leftSection={<IconUserSearch size={16} aria-hidden />}
          rightSection={
            value ? (
              <CloseButton size="sm" aria-label={t('person.clear')} onClick={() => onChange(undefined)} />
            ) : searching ? (
              <Loader size="xs" />
            ) : null
          }
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            combobox.openDropdown();
          }}
          onFocus={() => typed && combobox.openDropdown()}
          onKeyDown={(event) => {
            if (value && (event.key === 'Backspace' || event.key === 'Delete')) onChange(undefined);
          }}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={Boolean(value) || typed.trim().length < 2}>
        <Combobox.Options mah={280} style={{ overflowY: 'auto' }}>
          {items.map((person) => (
            <Combobox.Option key={person.id} value={person.id}>
              <Group justify="space-between" gap="xs" wrap="nowrap">
                <Text size="sm" fw={500} truncate>
                  {person.display_name}
                </Text>
                <Text size="xs" c="dimmed">
                  {person.mrn}
                </Text>
              </Group>
              <Text size="xs" c="dimmed">
                {[format.day(person.birth_date), format.age(person.birth_date), person.phone_masked].filter(Boolean).join(' · ')}
              </Text>
            </Combobox.Option>
          ))}
          {items.length === 0 && !searching && (
            <Combobox.Empty>
              {nothing}
              {!suggestions.error && whenNone?.(typed)}
            </Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
