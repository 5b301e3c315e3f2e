import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useDepartments, useSpecialties } from '~/lib/data/directory';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { DataTable } from '~/ui/DataTable';
import { AnchorLink, ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { Loaded, Unread } from '~/ui/States';
import { Status } from '~/ui/Words';



export function DoctorsPage() {
  const { t } = useTranslation(['administration', 'words']);
  const format = useFormat();
  const navigate = useNavigate();
  const departments = useDepartments();
  const specialties = useSpecialties();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const [department, setDepartment] = useState('');
  const [active, setActive] = useState<'' | 'true' | 'false'>('true');
  const filter = { q: q || undefined, department_id: department || undefined, active: active === '' ? undefined : active === 'true' };
  const list = usePages(['doctors', 'list', filter], ({ cursor, signal }) =>
    ok(api.GET('/v1/doctors', { params: { query: { ...filter, ...cursor } }, signal })),
  );
  const departmentName = (id: string) => departments.data?.find((one) => one.id === id)?.name ?? '';
  const specialtyName = (code: string) => specialties.data?.find((one) => one.code === code)?.name ?? code;
  return (
    <Page
      title={t('nav.doctors')}
      actions={
        <ButtonLink to="/administration/doctors/new" leftSection={<IconPlus size={16} aria-hidden />}>
          {t('commands.doctor')}
        </ButtonLink>
      }
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          label={t('find')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('field.department')}
          value={department}
          data={[{ value: '', label: t('all') }, ...(departments.data ?? []).map((one) => ({ value: one.id, label: one.name }))]}
          onChange={(event) => setDepartment(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('field.status')}
          value={active}
          data={[
            { value: '', label: t('all') },
            { value: 'true', label: t('words:status.ACTIVE') },
            { value: 'false', label: t('words:status.INACTIVE') },
          ]}
          onChange={(event) => setActive(event.currentTarget.value as typeof active)}
        />
      </Group>
      <Unread of={[departments, specialties]} />
      <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={t('nothingFound')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => row.id}
            label={t('nav.doctors')}
            more={list.more}
            onOpen={(row) => void navigate({ to: '/administration/doctors/$id', params: { id: row.id } })}
            columns={[
              {
                key: 'name',
                named: true,
                label: t('field.name'),
                cell: (row) => (
                  <AnchorLink to="/administration/doctors/$id" params={{ id: row.id }} size="sm" fw={500}>
                    {row.display_name}
                  </AnchorLink>
                ),
              },
              { key: 'department', label: t('field.department'), cell: (row) => departmentName(row.department_id) },
              { key: 'specialty', label: t('field.specialty'), cell: (row) => specialtyName(row.specialty) },
              { key: 'room', label: t('field.room'), cell: (row) => row.room },
              { key: 'fee', label: t('field.fee'), end: true, cell: (row) => format.money(row.fee) },
              { key: 'status', label: t('field.status'), cell: (row) => <Status value={row.active ? 'ACTIVE' : 'INACTIVE'} /> },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
