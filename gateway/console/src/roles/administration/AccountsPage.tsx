import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconUserPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { DataTable } from '~/ui/DataTable';
import { AnchorLink, ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import type { Role } from './account';

const ROLES: Role[] = ['admin', 'receptionist', 'nurse', 'doctor', 'pharmacist', 'auditor', 'patient', 'installation_admin', 'integrator'];

/** Who can sign in here, and as what. */
export function AccountsPage() {
  const { t } = useTranslation(['administration', 'words']);
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const [role, setRole] = useState<Role | ''>('');
  const [active, setActive] = useState<'' | 'true' | 'false'>('true');
  const filter = { q: q || undefined, role: role || undefined, active: active === '' ? undefined : active === 'true' };
  const list = usePages(['accounts', filter], ({ cursor, signal }) =>
    ok(api.GET('/v1/accounts', { params: { query: { ...filter, ...cursor } }, signal })),
  );
  return (
    <Page
      title={t('nav.accounts')}
      actions={
        <ButtonLink to="/administration/accounts/new" leftSection={<IconUserPlus size={16} aria-hidden />}>
          {t('commands.account')}
        </ButtonLink>
      }
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          label={t('find')}
          placeholder={t('accounts.findHint')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('field.role')}
          value={role}
          data={[{ value: '', label: t('all') }, ...ROLES.map((value) => ({ value, label: t(`words:role.${value}`) }))]}
          onChange={(event) => setRole(event.currentTarget.value as typeof role)}
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
      <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={t('nothingFound')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => row.id}
            label={t('nav.accounts')}
            more={list.more}
            onOpen={(row) => void navigate({ to: '/administration/accounts/$id', params: { id: row.id } })}
            columns={[
              {
                key: 'name',
                named: true,
                label: t('field.name'),
                cell: (row) => (
                  <AnchorLink to="/administration/accounts/$id" params={{ id: row.id }} size="sm" fw={500}>
                    {row.display_name}
                  </AnchorLink>
                ),
              },
              { key: 'login', label: t('field.login'), cell: (row) => row.login },
              { key: 'email', label: t('field.email'), cell: (row) => (row.email === row.login ? '' : row.email) },
              {
                key: 'roles',
                label: t('field.roles'),
                cell: (row) => [...new Set(row.memberships.flatMap((one) => one.roles))].map((one) => t(`words:role.${one}`)).join(', '),
              },
              { key: 'status', label: t('field.status'), cell: (row) => <Status value={row.active ? 'ACTIVE' : 'INACTIVE'} /> },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
