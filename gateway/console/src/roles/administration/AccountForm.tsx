import { Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { all, api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useFacility, useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { changed, filled, useProblemForm } from '~/lib/useProblemForm';
import { Unread } from '~/ui/States';

import { type Account, ofInstallation, type Role, rolesIn, STAFF_ROLES, withRoles } from './account';

export function useFacilities(enabled = true) {
  return useQuery({
    queryKey: ['facilities', 'all'],
    queryFn: ({ signal }) => all((cursor) => ok(api.GET('/v1/facilities', { params: { query: { limit: 200, cursor } }, signal }))),
    staleTime: 60_000,
    enabled,
  });
}

interface Props {
  account?: Account;
  onSaved: (account: Account) => void;
  onCancel: () => void;
}

/** Who it is and what they may do here; the roles in other facilities stay. */
export function AccountForm({ account, onSaved, onCancel }: Props) {
  const { t } = useTranslation(['administration', 'ui', 'words']);
  const ofAll = useMay()('facility_create');
  const own = useFacility();
  const facilities = useFacilities(ofAll);
  const [chosen, setChosen] = useState<string>();
  const facilityId = chosen ?? (own.id || facilities.data?.[0]?.id || '');
  const memberships = account?.memberships ?? [];
  const [roles, setRoles] = useState<Record<string, Role[]>>({});
  const [installation, setInstallation] = useState(ofInstallation(memberships));
  const rolesHere = roles[facilityId] ?? rolesIn(memberships, facilityId);
  const before = { display_name: account?.display_name ?? '', login: account?.login ?? '', email: account?.email ?? '' };
  const form = useProblemForm({ initialValues: { ...before, memberships: '' } });

  const save = useCommand(
    (values: typeof before & { memberships: Account['memberships'] }, header) => {
      if (!account) return ok(api.POST('/v1/accounts', { params: { header }, body: filled(values) as Schema<'AccountInput'> }));
      const body = changed({ ...before, memberships } as Record<string, unknown>, values) as Schema<'AccountPatch'>;
      return ok(
        api.PATCH('/v1/accounts/{id}', {
          params: { path: { id: account.id }, header: { ...header, ...ifMatch(account) } },
          body: body as never,
        }),
      );
    },
    {
      refreshes: [['accounts'], ['account']],
      onDone: onSaved,
      onRefused: (error) =>
        form.refuse(error, {
          'already-exists': 'login', 'email-taken': 'email', 'login-taken': 'login', 'own-account': 'memberships', 'last-administrator': 'memberships',
          'beyond-your-facility': 'memberships', 'invalid-login': 'login',
        }),
    },
  );
  const submit = ({ display_name, login, email }: typeof before) => {
    let all = memberships;
    for (const [facility, wanted] of Object.entries({ ...roles, [facilityId]: rolesHere })) {
      all = withRoles(all, facility, wanted, installation);
    }
    save.run({ display_name, login, email, memberships: all });
  };
  return (
    <form noValidate onSubmit={form.onSubmit(submit)}>
      <Stack maw={520}>
        <TextInput label={t('field.name')} required maxLength={200} autoFocus={!account} data-autofocus autoComplete="off" {...form.getInputProps('display_name')} />
        <TextInput label={t('field.login')} required maxLength={254} autoComplete="off" {...form.getInputProps('login')} />
        <TextInput label={t('field.email')} type="email" maxLength={254} autoComplete="off" {...form.getInputProps('email')} />
        <Unread of={[facilities]} />
        {ofAll && facilities.data?.length !== 1 && (
          <NativeSelect
            label={t('field.facility')}
            disabled={!facilities.data}
            value={facilityId}
            data={(facilities.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        )}
        <Checkbox.Group
          label={t('accounts.rolesHere')}
          error={form.errors.memberships ?? form.errors['memberships.0']}
          value={rolesHere}
          onChange={(wanted) => setRoles((other) => ({ ...other, [facilityId]: wanted as Role[] }))}
        >
          <Group gap="md" mt={6}>
            {STAFF_ROLES.map((role) => (
              <Checkbox key={role} value={role} label={t(`words:role.${role}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        {ofAll && (
          <Checkbox
            label={t('words:role.installation_admin')}
            description={t('accounts.installationMeans')}
            checked={installation}
            onChange={(event) => setInstallation(event.currentTarget.checked)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {t('ui:cancel')}
          </Button>
          <Button type="submit" loading={save.busy}>
            {t('ui:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
