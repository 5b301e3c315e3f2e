import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDownload, IconSearch, IconUserPlus } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, download, ok } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useWords } from '~/lib/errors/useWords';
import { fullName, useFormat } from '~/lib/format/useFormat';
import { useMay } from '~/lib/session/useSession';
import { DataTable } from '~/ui/DataTable';
import { Page } from '~/ui/Page';
import { sayFailed } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

type State = 'ACTIVE' | 'INACTIVE';

function usePatients(q: string, status: State | null) {
  return usePages(
    ['patients', 'list', q, status],
    ({ cursor, signal }) =>
      ok(api.GET('/v1/patients', { params: { query: { ...(q ? { q } : {}), ...(status ? { status } : {}), ...cursor } }, signal })),
    { keep: true },
  );
}

export function PatientsPage() {
  const { t } = useTranslation(['reception', 'ui', 'words']);
  const [typed, setTyped] = useState('');
  const [status, setStatus] = useState<State | null>('ACTIVE');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const patients = usePatients(q, status);
  const format = useFormat();
  const navigate = useNavigate();
  return (
    <Page title={t('reception:nav.patients')} actions={<Actions q={q} status={status} />}>
      <Group gap="xs">
        <TextInput
          type="search"
          autoFocus
          w={340}
          maw="100%"
          aria-label={t('ui:search')}
          placeholder={t('ui:person.placeholder')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          maxLength={100}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Select
          aria-label={t('reception:patients.state')}
          data={(['ACTIVE', 'INACTIVE'] as const).map((one) => ({ value: one, label: t(`words:status.${one}`) }))}
          placeholder={t('reception:patients.all')}
          clearable
          value={status}
          onChange={(next) => setStatus(next as State | null)}
        />
      </Group>
      <Loaded query={patients.query} rows={8} isEmpty={(found) => found.length === 0} empty={t('ui:person.none')}>
        {(found) => (
          <DataTable
            label={t('reception:nav.patients')}
            rows={found}
            rowKey={(one) => one.id}
            onOpen={(one) => void navigate({ to: '/reception/patients/$id', params: { id: one.id } })}
            more={patients.more}
            columns={[
              {
                key: 'name',
                named: true,
                label: t('reception:patient.name'),
                cell: (one) => (
                  <Link to="/reception/patients/$id" params={{ id: one.id }} onClick={(event) => event.stopPropagation()}>
                    {fullName(one)}
                  </Link>
                ),
              },
              { key: 'mrn', whole: true, label: t('reception:patient.mrn'), cell: (one) => one.mrn },
              { key: 'born', whole: true, label: t('reception:patient.birthDate'), cell: (one) => `${format.day(one.birth_date)} · ${format.age(one.birth_date)}` },
              { key: 'sex', label: t('reception:patient.sex'), cell: (one) => t(`words:sex.${one.sex}`) },
              { key: 'phone', label: t('reception:patient.phone'), cell: (one) => ('phone' in one ? one.phone : '') },
              { key: 'status', label: t('reception:patients.state'), cell: (one) => <Status value={one.status} /> },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ q, status }: { q: string; status: State | null }) {
  const { t } = useTranslation(['reception', 'ui']);
  const may = useMay();
  const words = useWords();
  const navigate = useNavigate();
  const save = () => {
    const query = new URLSearchParams({ format: 'csv', ...(q ? { q } : {}), ...(status ? { status } : {}) });
    void download(`/v1/patients?${query}`, 'patients.csv').catch((error: unknown) => sayFailed(words(error)));
  };
  return (
    <>
      {may('list_export') && (
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={save}>
          {t('ui:export')}
        </Button>
      )}
      {may('patient_register') && (
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => void navigate({ to: '/reception/register' })}>
          {t('reception:command.register')}
        </Button>
      )}
    </>
  );
}
