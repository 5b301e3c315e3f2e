import { Group, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { addDays, today } from '~/lib/format/zone';
import { useFacility, useMay } from '~/lib/session/useSession';
import { DayRange, instantsOf } from '~/ui/DayRange';
import { ExportButton } from '~/ui/ExportButton';
import { Page } from '~/ui/Page';
import { type Person, PersonPicker } from '~/ui/PersonPicker';
import { useNothingFound } from '~/ui/States';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { AuditTable } from './AuditTable';

/** Every reading and writing of a patient's record, every sign-in and change of an account or setting. */
export function AuditPage() {
  const { t } = useTranslation('administration');
  const may = useMay();
  const { zone } = useFacility();
  const [days, setDays] = useState({ from: addDays(today(zone), -6), to: today(zone) });
  const [action, setAction] = useState<string>();
  const [actor, setActor] = useState<string>();
  const [patient, setPatient] = useState<Person>();
  const filter = { actor_id: actor, patient_id: patient?.id, action, ...instantsOf(days, zone) };
  return (
    <Page title={t('nav.audit')} actions={<ExportButton path="/v1/audit" query={filter} name={`audit-${days.from}-${days.to}`} />}>
      <Group align="flex-end" gap="xs">
        <DayRange value={days} onChange={setDays} max={today(zone)} />
        <ActionPicker value={action} onChange={setAction} />
        {may('account_read') && <ActorPicker value={actor} onChange={setActor} />}
        {may('patient_read') && <PersonPicker value={patient} onChange={setPatient} />}
      </Group>
      <ZoneNotice />
      <AuditTable filter={filter} />
    </Page>
  );
}

/** Everything that is written down, in the reader's words. */
function ActionPicker({ value, onChange }: { value: string | undefined; onChange: (action: string | undefined) => void }) {
  const { t, i18n } = useTranslation('administration');
  const known = (i18n.getResourceBundle(i18n.language, 'administration') as { did: Record<string, string> }).did;
  return (
    <Select
      label={t('field.action')}
      placeholder={t('all')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('clear') }}
      w={280}
      maw="100%"
      value={value ?? null}
      data={Object.entries(known).map(([code, label]) => ({ value: code, label })).sort((a, b) => a.label.localeCompare(b.label, i18n.language))}
      nothingFoundMessage={t('nothingFound')}
      onChange={(code) => onChange(code ?? undefined)}
    />
  );
}

function ActorPicker({ value, onChange }: { value: string | undefined; onChange: (id: string | undefined) => void }) {
  const { t } = useTranslation('administration');
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const found = useQuery({
    queryKey: ['accounts', 'pick', value ? '' : q],
    queryFn: ({ signal }) => ok(api.GET('/v1/accounts', { params: { query: { limit: 200, ...(q && !value ? { q } : {}) } }, signal })),
    placeholderData: (before) => before,
  });
  // The account that is named exactly stands first: in a large house many others have "admin" in them.
  const accounts = [...(found.data?.items ?? [])].sort((a, b) => Number(b.login === q) - Number(a.login === q));
  return (
    <Select
      label={t('field.actor')}
      placeholder={t('accounts.findHint')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('clear') }}
      value={value ?? null}
      data={accounts.map((one) => ({ value: one.id, label: `${one.display_name} (${one.login})` }))}
      filter={({ options }) => options}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={useNothingFound(found, t('nothingFound'))}
      onChange={(id) => onChange(id ?? undefined)}
    />
  );
}
