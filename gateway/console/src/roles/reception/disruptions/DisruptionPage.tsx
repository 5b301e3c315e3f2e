import { Alert, Button, Checkbox, Group, List, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useDoctorName, usePeople } from '~/lib/data/directory';
import { useFormat } from '~/lib/format/useFormat';
import { useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { DataTable } from '~/ui/DataTable';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { VISIT_VIEWS, type Visit } from '../visits';

type Disruption = Schema<'Disruption'>;
type Outcome = Schema<'ApplyOutcome'>;
const route = getRouteApi('/shell/reception/disruptions/$id');

/** What a leave strands, where each visit could go, and moving all or some of them. */
export function DisruptionPage() {
  const { t } = useTranslation('reception');
  const { id } = route.useParams();
  const disruption = useQuery({
    queryKey: ['disruptions', 'one', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/disruptions/{id}', { params: { path: { id } }, signal })),
  });
  return (
    <Page title={t('disruption.title')} heading={disruption.data && <span dir="auto">{disruption.data.reason}</span>}>
      <Loaded query={disruption}>{(found) => <Content disruption={found} />}</Loaded>
    </Page>
  );
}

/** The visits by their ids: there is no list by id, and a disruption of more than a day's visits is rare. */
function useVisits(ids: readonly string[]): ReadonlyMap<string, Visit> {
  const visits = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['appointments', 'one', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => ok(api.GET('/v1/appointments/{id}', { params: { path: { id } }, signal })),
    })),
  });
  return new Map(visits.flatMap(({ data }) => (data ? [[data.id, data] as const] : [])));
}

function Content({ disruption }: { disruption: Disruption }) {
  const { t } = useTranslation('reception');
  const format = useFormat();
  const doctorName = useDoctorName();
  const may = useMay();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [outcome, setOutcome] = useState<Outcome>();
  const visits = useVisits(useMemo(() => disruption.items.map((item) => item.appointment_id), [disruption.items]));
  const patientIds = [...visits.values()].map((visit) => visit.patient_id).join();
  const people = usePeople(useMemo(() => patientIds.split(',').filter(Boolean), [patientIds]));
  const nameOf = (id: string) => people(visits.get(id)?.patient_id)?.display_name ?? '…';
  const movable = disruption.items.filter((item) => !item.applied && item.proposal);
  const writable = may('disruption_write') && disruption.status === 'PROPOSED';

  const apply = useCommand(
    (items: string[] | undefined, key) =>
      ok(api.POST('/v1/disruptions/{id}/apply', {
        params: { path: { id: disruption.id }, header: key }, body: items ? { items } : {},
      })),
    {
      refreshes: VISIT_VIEWS,
      onDone: (told) => {
        setOutcome(told);
        setChosen(new Set());
        if (told.failed.length === 0) sayDone(t('disruption.moved', { count: told.moved.length }));
      },
    },
  );
  const close = useCommand(
    (_: null, key) => ok(api.POST('/v1/disruptions/{id}/close', { params: { path: { id: disruption.id }, header: { ...key, ...ifMatch(disruption) } }, body: {} })),
    { refreshes: [['disruptions']], onDone: () => sayDone(t('disruption.closed')) },
  );
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <>
      <Group gap="sm">
        <Status value={disruption.status} />
        <Text size="sm" dir="auto">{[doctorName(disruption.doctor_id) || t('disruption.everybody'), format.span(disruption.from, disruption.to)].join(' · ')}</Text>
      </Group>
      <ZoneNotice />
      {outcome && outcome.failed.length > 0 && <Failures outcome={outcome} nameOf={nameOf} />}
      {writable && (
        <Group gap="xs">
          <Button disabled={movable.length === 0} loading={apply.busy} onClick={() => apply.run(undefined)}>{t('disruption.applyAll', { count: movable.length })}</Button>
          <Button variant="default" disabled={chosen.size === 0} loading={apply.busy} onClick={() => apply.run([...chosen])}>{t('disruption.applySome', { count: chosen.size })}</Button>
          <Button variant="default" loading={close.busy} onClick={() => close.run(null)}>{t('disruption.close')}</Button>
        </Group>
      )}
      <DataTable
        label={t('disruption.title')}
        rows={disruption.items}
        rowKey={(item) => item.appointment_id}
        columns={[
          {
            key: 'choose', label: t('ui:choose'), unseen: true,
            cell: (item) => writable && !item.applied && item.proposal ? (
              <Checkbox aria-label={t('disruption.choose', { name: nameOf(item.appointment_id) })} checked={chosen.has(item.appointment_id)} onChange={() => toggle(item.appointment_id)} />
            ) : null,
          },
          { key: 'who', named: true, label: t('patient.name'), cell: (item) => nameOf(item.appointment_id) },
          { key: 'was', whole: true, label: t('disruption.was'), cell: (item) => format.dayTime(visits.get(item.appointment_id)?.starts_at) },
          {
            key: 'to', label: t('disruption.proposal'),
            cell: (item) => item.proposal ? `${format.dayTime(item.proposal.starts_at)}, ${doctorName(item.proposal.doctor_id)}` : t(`disruption.reason.${item.reason}`, { defaultValue: item.reason ?? '' }),
          },
          { key: 'state', label: t('status'), cell: (item) => (item.applied ? <Status value="APPLIED" /> : null) },
          {
            key: 'other', label: t('ui:actions'), unseen: true, end: true,
            cell: (item) => !item.applied && visits.get(item.appointment_id)?.status === 'BOOKED' ? (
              <Link to="/reception/book" search={{ move: item.appointment_id }}>{t('disruption.other')}</Link>
            ) : null,
          },
        ]}
      />
    </>
  );
}

function Failures({ outcome, nameOf }: { outcome: Outcome; nameOf: (id: string) => string }) {
  const { t } = useTranslation(['reception', 'errors']);
  return (
    <Alert color="orange" variant="light" role="alert" title={t('reception:disruption.partly', { moved: outcome.moved.length, failed: outcome.failed.length })}>
      <List size="sm">
        {outcome.failed.map((one) => (
          <List.Item key={one.appointment_id}>
            <span dir="auto">{nameOf(one.appointment_id)}</span>: {t(`errors:code.${one.code}`, { defaultValue: one.code })}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
