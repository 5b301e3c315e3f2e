import { Button, Group, Paper, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { DataTable } from '~/ui/DataTable';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';

import { Affected } from './Affected';

const REFRESHES = [['holidays'], ['slots']] as const;

/** Days on which nobody sees patients. */
export function HolidaysPage() {
  const { t } = useTranslation('administration');
  const format = useFormat();
  const { zone } = useFacility();
  const from = today(zone);
  const query = useQuery({
    queryKey: ['holidays', from],
    queryFn: ({ signal }) => ok(api.GET('/v1/holidays', { params: { query: { from, limit: 200 } }, signal })),
  });
  const remove = useCommand((item: string, header) => ok(api.DELETE('/v1/holidays/{item}', { params: { path: { item }, header } })), {
    refreshes: REFRESHES,
    onDone: () => sayDone(t('saved')),
  });
  return (
    <Page title={t('nav.holidays')}>
      <AddHoliday />
      <Loaded query={query} isEmpty={(page) => page.items.length === 0} empty={t('holidays.none')}>
        {(page) => (
          <DataTable
            rows={page.items}
            rowKey={(row) => row.id}
            label={t('nav.holidays')}
            columns={[
              { key: 'date', label: t('field.day'), cell: (row) => format.longDay(row.date) },
              { key: 'name', label: t('field.name'), cell: (row) => row.name },
              {
                key: 'remove',
                label: t('field.actions'),
                end: true,
                cell: (row) => (
                  <Button size="xs" variant="default" aria-label={`${t('remove')}: ${row.name}`} onClick={() => remove.run(row.id)}>
                    {t('remove')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}

function AddHoliday() {
  const { t } = useTranslation('administration');
  const { zone } = useFacility();
  const [date, setDate] = useState('');
  const [name, setName] = useState('');
  const [affected, setAffected] = useState(0);
  const add = useCommand((body: Schema<'HolidayInput'>, header) => ok(api.POST('/v1/holidays', { params: { header }, body })), {
    refreshes: REFRESHES,
    onDone: (made) => {
      setAffected(made.affected?.length ?? 0);
      setDate('');
      setName('');
      sayDone(t('saved'));
    },
  });
  return (
    <Paper withBorder p="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add.run({ date, name: name.trim() });
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput type="date" required label={t('field.day')} min={today(zone)} value={date} onChange={(event) => setDate(event.currentTarget.value)} />
          <TextInput required label={t('field.name')} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Button type="submit" loading={add.busy} disabled={!date || !name.trim()}>
            {t('holidays.add')}
          </Button>
        </Group>
        <Affected count={affected} />
      </form>
    </Paper>
  );
}
