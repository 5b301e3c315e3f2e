import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { useNow } from '~/ui/Clock';
import { AnchorLink, ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded, Loading, Unread } from '~/ui/States';
import { Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { type Place, useNames, usePlaces, useVisit, type Visit } from './own';
import classes from './Patient.module.css';
import { LivePlace } from './StartPage';

const route = getRouteApi('/shell/patient/visits/$id');

export function VisitPage() {
  const { t } = useTranslation('patient');
  const { id } = route.useParams();
  const visit = useVisit(id);
  const places = usePlaces();
  return (
    <Page title={t('visit.title')}>
      <Stack gap="md" className={classes.column}>
        <AnchorLink to="/patient" size="sm">
          {t('visit.toList')}
        </AnchorLink>
        <Unread of={[places]} />
        <Loaded query={visit}>{(one) => (places.isPending ? <Loading /> : <Details visit={one} places={places.data ?? []} />)}</Loaded>
        <ZoneNotice />
      </Stack>
    </Page>
  );
}

function Details({ visit, places }: { visit: Visit; places: Place[] }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const names = useNames();
  const doctor = names.doctor(visit.doctor_id);
  const place = places.find((one) => one.appointment_id === visit.id);
  const facts: [string, string | undefined][] = [
    [t('visit.doctor'), doctor?.display_name],
    [t('visit.department'), names.department(visit.department_id)],
    [t('visit.room'), doctor?.room],
    [t('visit.reason'), visit.reason],
    [t('visit.statusReason'), visit.status_reason],
  ];
  return (
    <>
      {place && <LivePlace entry={place} />}
      <div className={classes.card}>
        <Group justify="space-between" mb="sm">
          <Text fz="lg" fw={700}>
            {format.dayTime(visit.starts_at)} – {format.time(visit.ends_at)}
          </Text>
          <Status value={visit.status} />
        </Group>
        <dl className={classes.facts}>
          {facts.map(
            ([label, value]) =>
              value && (
                <Fact key={label} label={label}>
                  {value}
                </Fact>
              ),
          )}
        </dl>
      </div>
      {visit.status === 'COMPLETED' && visit.consultation_id && (
        <ButtonLink variant="light" to="/patient/consultations/$id" params={{ id: visit.consultation_id }}>
          {t('visit.consultation')}
        </ButtonLink>
      )}
      <Changes visit={visit} />
    </>
  );
}

function Fact({ label, children }: { label: string; children: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd dir="auto">{children}</dd>
    </>
  );
}

/** What can still be changed before it begins. */
function Changes({ visit }: { visit: Visit }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const now = useNow();
  const [asked, setAsked] = useState(false);
  const cancel = useCommand(
    (reason: string, header) =>
      ok(
        api.POST('/v1/appointments/{id}/cancel', {
          params: { path: { id: visit.id }, header: { ...header, ...ifMatch(visit) } },
          body: { reason },
        }),
      ),
    {
      refreshes: [['appointments'], ['queue-entries'], ['slots']],
      onDone: () => {
        setAsked(false);
        sayDone(t('visit.cancelled'));
      },
    },
  );
  const open = visit.status === 'BOOKED' || visit.status === 'CHECKED_IN';
  if (!open) return null;
  if (Date.parse(visit.starts_at) <= now) {
    return (
      <Alert color="blue" variant="light">
        {t('visit.begun')}
      </Alert>
    );
  }
  return (
    <Group gap="sm">
      {visit.status === 'BOOKED' && (
        <ButtonLink variant="default" to="/patient/visits/$id/move" params={{ id: visit.id }}>
          {t('visit.move')}
        </ButtonLink>
      )}
      <Button variant="light" color="red" onClick={() => setAsked(true)}>
        {t('visit.cancel')}
      </Button>
      <ReasonDialog
        opened={asked}
        onClose={() => setAsked(false)}
        title={t('visit.cancelTitle')}
        confirm={t('visit.cancel')}
        danger
        reason
        busy={cancel.busy}
        onConfirm={cancel.run}
      >
        {t('visit.cancelBody', { time: format.dayTime(visit.starts_at) })}
      </ReasonDialog>
    </Group>
  );
}
