import { Stack, Text, Title } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { AnchorLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { useNames } from './own';
import classes from './Patient.module.css';
import { One } from './PrescriptionsPage';

const route = getRouteApi('/shell/patient/consultations/$id');

/** What the doctor wrote of a completed consultation. */
export function ConsultationPage() {
  const { t } = useTranslation('patient');
  const { id } = route.useParams();
  const consultation = useQuery({
    queryKey: ['consultations', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/consultations/{id}', { params: { path: { id } }, signal })),
  });
  return (
    <Page title={t('consultation.title')}>
      <Stack gap="md" className={classes.column}>
        <AnchorLink to="/patient/history" size="sm">
          {t('consultation.toHistory')}
        </AnchorLink>
        <Loaded query={consultation}>{(one) => <Note consultation={one} />}</Loaded>
        <ZoneNotice />
      </Stack>
    </Page>
  );
}

function Note({ consultation }: { consultation: Schema<'Consultation'> }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const names = useNames();
  const { note } = consultation;
  const followUp = [note.follow_up?.on && format.longDay(note.follow_up.on), note.follow_up?.note].filter(Boolean).join(' · ');
  return (
    <>
      <Text c="dimmed" dir="auto">
        {format.dateTime(consultation.completed_at ?? consultation.started_at)} · {names.doctor(consultation.doctor_id)?.display_name}
      </Text>
      <Part title={t('consultation.complaint')} text={note.complaint} />
      <Part
        title={t('consultation.diagnoses')}
        text={note.diagnoses.map((one) => [one.text, one.code && `(${one.code})`].filter(Boolean).join(' ')).join('\n')}
      />
      <Part title={t('consultation.history')} text={note.history} />
      <Part title={t('consultation.examination')} text={note.examination} />
      <Part title={t('consultation.plan')} text={note.plan} />
      <Part title={t('consultation.followUp')} text={followUp} />
      {consultation.addenda.map((one) => (
        <Part key={one.at} title={t('consultation.addendum', { time: format.dateTime(one.at) })} text={one.text} />
      ))}
      <Prescribed ids={consultation.prescriptions} />
    </>
  );
}

function Part({ title, text }: { title: string; text: string | undefined }) {
  if (!text) return null;
  return (
    <section>
      <Title order={2} size="h6">
        {title}
      </Title>
      <Text dir="auto" className={classes.note ?? ''}>
        {text}
      </Text>
    </section>
  );
}

function Prescribed({ ids }: { ids: string[] }) {
  const { t } = useTranslation('patient');
  const found = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['prescriptions', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => ok(api.GET('/v1/prescriptions/{id}', { params: { path: { id } }, signal })),
    })),
  });
  if (ids.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h6" mb="xs">
        {t('consultation.prescribed')}
      </Title>
      <ul className={classes.list}>
        {found.map((one, index) => (
          <li key={ids[index]} className={classes.card}>
            <Loaded query={one} rows={2}>
              {(prescription) => <One prescription={prescription} />}
            </Loaded>
          </li>
        ))}
      </ul>
    </section>
  );
}
