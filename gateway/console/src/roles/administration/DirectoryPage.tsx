import { Button, Group, Menu, Modal, Stack, TextInput, Title } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useDepartments, useQueues, useSpecialties } from '~/lib/data/directory';
import { useCommand } from '~/lib/useCommand';
import { changed, filled, useProblemForm } from '~/lib/useProblemForm';
import { DataTable } from '~/ui/DataTable';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import { DIRECTORY } from './directory';

type Unit = Schema<'Unit'>;
type Kind = 'departments' | 'specialties';
type Header = { 'Idempotency-Key': string };

/** Departments with their queues and boards, and the specialties that doctors have. */
export function DirectoryPage() {
  const { t } = useTranslation('administration');
  return (
    <Page title={t('nav.directory')}>
      <Units kind="departments" query={useDepartments()} />
      <Units kind="specialties" query={useSpecialties()} />
      <Queues />
    </Page>
  );
}

function Units({ kind, query }: { kind: Kind; query: ReturnType<typeof useDepartments> }) {
  const { t } = useTranslation('administration');
  const [editing, setEditing] = useState<Unit | 'new'>();
  return (
    <Stack gap="xs" component="section">
      <Group justify="space-between">
        <Title order={2} size="h5">
          {t(`directory.${kind}`)}
        </Title>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setEditing('new')}>
          {t(`directory.new.${kind}`)}
        </Button>
      </Group>
      <Loaded query={query} isEmpty={(rows) => rows.length === 0} empty={t('nothingFound')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => row.id}
            label={t(`directory.${kind}`)}
            height="22rem"
            columns={[
              { key: 'code', label: t('field.code'), cell: (row) => row.code },
              { key: 'name', label: t('field.name'), cell: (row) => row.name },
              { key: 'status', label: t('field.status'), cell: (row) => <Status value={row.active ? 'ACTIVE' : 'INACTIVE'} /> },
              { key: 'act', label: t('field.actions'), end: true, cell: (row) => <UnitMenu kind={kind} unit={row} onEdit={() => setEditing(row)} /> },
            ]}
          />
        )}
      </Loaded>
      <Modal opened={editing !== undefined} onClose={() => setEditing(undefined)} title={editing === 'new' ? t(`directory.new.${kind}`) : t('edit')}>
        {editing && <UnitForm kind={kind} unit={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
      </Modal>
    </Stack>
  );
}

function UnitMenu({ kind, unit, onEdit }: { kind: Kind; unit: Unit; onEdit: () => void }) {
  const { t } = useTranslation('administration');
  const turn = useCommand(
    (on: boolean, header: Header) => {
      const request = { params: { path: { id: unit.id }, header }, body: {} };
      if (kind === 'departments') {
        return on ? ok(api.POST('/v1/departments/{id}/reactivate', request)) : ok(api.POST('/v1/departments/{id}/deactivate', request));
      }
      return on ? ok(api.POST('/v1/specialties/{id}/reactivate', request)) : ok(api.POST('/v1/specialties/{id}/deactivate', request));
    },
    { refreshes: DIRECTORY, onDone: () => sayDone(t('saved')) },
  );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={`${t('field.actions')}: ${unit.name}`}>
          <IconDots size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onEdit}>{t('edit')}</Menu.Item>
        <Menu.Item onClick={() => turn.run(!unit.active)}>{unit.active ? t('deactivate') : t('reactivate')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function UnitForm({ kind, unit, onClose }: { kind: Kind; unit: Unit | undefined; onClose: () => void }) {
  const { t } = useTranslation(['administration', 'ui']);
  const before = { code: unit?.code ?? '', name: unit?.name ?? '' };
  const form = useProblemForm({ initialValues: before });
  const save = useCommand(
    (values: typeof before, header: Header): Promise<Unit> => {
      if (!unit) {
        const request = { params: { header }, body: filled(values) };
        return kind === 'departments' ? ok(api.POST('/v1/departments', request)) : ok(api.POST('/v1/specialties', request));
      }
      const request = { params: { path: { id: unit.id }, header: { ...header, ...ifMatch(unit) } }, body: changed(before, values) as never };
      return kind === 'departments' ? ok(api.PATCH('/v1/departments/{id}', request)) : ok(api.PATCH('/v1/specialties/{id}', request));
    },
    {
      refreshes: DIRECTORY,
      onDone: () => {
        sayDone(t('saved'));
        onClose();
      },
      onRefused: (error) => form.refuse(error, { 'already-exists': 'code' }),
    },
  );
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.run(values))}>
      <Stack>
        <TextInput label={t('field.code')} required maxLength={40} data-autofocus {...form.getInputProps('code')} />
        <TextInput label={t('field.name')} required maxLength={200} {...form.getInputProps('name')} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
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

function Queues() {
  const { t } = useTranslation(['administration', 'words']);
  const departments = useDepartments();
  const queues = useQueues();
  return (
    <Stack gap="xs" component="section">
      <Title order={2} size="h5">
        {t('directory.queues')}
      </Title>
      <Loaded query={queues} isEmpty={(rows) => rows.length === 0} empty={t('nothingFound')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => row.id}
            label={t('directory.queues')}
            height="22rem"
            columns={[
              { key: 'code', label: t('field.code'), cell: (row) => row.code },
              { key: 'name', label: t('field.name'), cell: (row) => row.name },
              { key: 'kind', label: t('field.kind'), cell: (row) => t(`words:queueKind.${row.kind}`) },
              { key: 'department', label: t('field.department'), cell: (row) => departments.data?.find((one) => one.id === row.department_id)?.name },
              {
                key: 'board',
                label: t('directory.board'),
                end: true,
                cell: (row) => (
                  <Button component="a" href={`/board/${row.board_token}`} target="_blank" rel="noreferrer" size="compact-sm" variant="default">
                    {t('directory.openBoard')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Stack>
  );
}
