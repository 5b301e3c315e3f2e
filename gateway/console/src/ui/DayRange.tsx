import { Group, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { addDays, instantOf } from '~/lib/format/zone';

export interface Days {
  /** `YYYY-MM-DD`, or '' for no bound. */
  from: string;
  to: string;
}

/** From this day to that one, both counted. */
export function DayRange({ value, onChange, max }: { value: Days; onChange: (days: Days) => void; max?: string }) {
  const { t } = useTranslation('ui');
  return (
    <Group gap="xs" align="flex-end" wrap="wrap">
      <TextInput
        type="date"
        label={t('range.from')}
        value={value.from}
        max={value.to || max}
        onChange={(event) => onChange({ ...value, from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t('range.to')}
        value={value.to}
        min={value.from}
        {...(max ? { max } : {})}
        onChange={(event) => onChange({ ...value, to: event.currentTarget.value })}
      />
    </Group>
  );
}

/** The same as instants of the facility's zone, the end exclusive, for lists that ask for those. */
export function instantsOf(days: Days, zone: string): { from: string | undefined; to: string | undefined } {
  return {
    from: days.from ? instantOf(days.from, '00:00', zone) : undefined,
    to: days.to ? instantOf(addDays(days.to, 1), '00:00', zone) : undefined,
  };
}
