import { Button, Modal, Paper } from '@mantine/core';
import { IconKey, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { useMay, useMe } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { Facts } from '~/ui/Facts';
import { ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import type { Account } from './account';
import { AccountForm, useFacilities } from './AccountForm';
import { AuditTable } from './AuditTable';
import { OneTimePassword } from './OneTimePassword';

const REFRESHES = [['accounts'], ['account'], ['audit']] as const;

/** One account: its roles, on and off, a new password, and what it did. */
export function AccountPage() {
  const { t } = useTranslation('administration');
  const { id = '' } = useParams({ strict: false });
  const may = useMay();
  const query = useQuery({
    queryKey: ['account', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/accounts/{id}', { params: { path: { id } }, signal })),
  });
  return (
    <Page
      title={t('accounts.one')}
      heading={query.data && <span dir="auto">{query.data.display_name}</span>}
      actions={
        <ButtonLink to="/administration/accounts" variant="default">
          {t('accounts.toList')}
        </ButtonLink>
      }
    >
      <Loaded query={query}>
        {(account) => (
          <>
            <Data account={account} />
            {may('audit_read') && <AuditTable filter={{ actor_id: account.id }} title={t('accounts.did')} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Data({ account }: { account: Account }) {
  const { t } = useTranslation(['administration', 'words']);
  const format = useFormat();
  const facilities = useFacilities();
  const [editing, setEditing] = useState(false);
  const [fresh, setFresh] = useState<string>();
  const place = (id: string | null) => facilities.data?.find((one) => one.id === id)?.name;
  return (
    <Paper withBorder p="md">
      <Facts
        inline
        rows={[
          [t('field.login'), account.login],
          [t('field.email'), account.email],
          [t('field.status'), <Status key="status" value={account.active ? 'ACTIVE' : 'INACTIVE'} />],
          ...account.memberships.map(
            (one) => [place(one.facility_id) ?? t('accounts.wholeInstallation'), one.roles.map((role) => t(`words:role.${role}`)).join(', ')] as const,
          ),
          [t('accounts.mustChange'), account.must_change_password && t('yes')],
          [t('accounts.unverified'), !account.email_verified && t('yes')],
          [t('field.since'), account.created_at && format.date(account.created_at)],
        ]}
      />
      <Acts account={account} onEdit={() => setEditing(true)} onPassword={setFresh} />
      {fresh && <OneTimePassword login={account.login} password={fresh} />}
      <Modal opened={editing} onClose={() => setEditing(false)} title={t('edit')}>
        {editing && (
          <AccountForm
            account={account}
            onCancel={() => setEditing(false)}
            onSaved={() => {
              setEditing(false);
              sayDone(t('saved'));
            }}
          />
        )}
      </Modal>
    </Paper>
  );
}

type Act = 'deactivate' | 'reactivate' | 'reset-password';

function Acts({ account, onEdit, onPassword }: { account: Account; onEdit: () => void; onPassword: (password: string | undefined) => void }) {
  const { t } = useTranslation('administration');
  const me = useMe();
  const [asked, setAsked] = useState<Act>();
  const command = useCommand(
    (act: Act, header) => {
      const request = { params: { path: { id: account.id }, header }, body: {} };
      if (act === 'deactivate') return ok(api.POST('/v1/accounts/{id}/deactivate', request));
      if (act === 'reactivate') return ok(api.POST('/v1/accounts/{id}/reactivate', request));
      return ok(api.POST('/v1/accounts/{id}/reset-password', request));
    },
    {
      refreshes: REFRESHES,
      onDone: (changed, act) => {
        setAsked(undefined);
        onPassword(changed.one_time_password);
        sayDone(t(`accounts.done.${act}`));
      },
    },
  );
  return (
    <>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem', marginBlock: '0.75rem 0.25rem' }}>
        <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={onEdit}>
          {t('edit')}
        </Button>
        <Button variant="default" leftSection={<IconKey size={16} aria-hidden />} onClick={() => setAsked('reset-password')}>
          {t('accounts.act.reset-password')}
        </Button>
        {account.active && account.id !== me.id && (
          <Button variant="default" onClick={() => setAsked('deactivate')}>
            {t('accounts.act.deactivate')}
          </Button>
        )}
        {!account.active && (
          <Button loading={command.busy} onClick={() => command.run('reactivate')}>
            {t('accounts.act.reactivate')}
          </Button>
        )}
      </div>
      <ReasonDialog
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={asked ? t(`accounts.act.${asked}`) : ''}
        confirm={asked ? t(`accounts.act.${asked}`) : ''}
        danger={asked === 'deactivate'}
        busy={command.busy}
        onConfirm={() => asked && command.run(asked)}
      >
        {asked && t(`accounts.act.${asked}Means`, { name: account.display_name })}
      </ReasonDialog>
    </>
  );
}
