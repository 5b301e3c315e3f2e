import { Stack, Text, Title } from '@mantine/core';
import { IconCalendarPlus, IconStethoscope } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { PlaceCard } from '~/public/track/PlaceCard';
import { usePlace } from '~/public/track/usePlace';
import { ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { Empty, Loaded, Loading, Unread } from '~/ui/States';
import { Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { isToCome, type Place, useNames, usePlaces, useVisits, type Visit } from './own';
import classes from './Patient.module.css';
import { WithRecord } from './WithRecord';

/** Where one waits now, what is to come, what was. */
export function StartPage() {
  const { t } = useTranslation('patient');
  return (
    <Page
      title={t('start.title')}
      actions={
        <ButtonLink to="/patient/book" leftSection={<IconCalendarPlus size={18} aria-hidden />}>
          {t('start.book')}
        </ButtonLink>
      }
    >
      <Stack gap="lg" className={classes.column}>
        <WithRecord>
          {() => <Own />}
        </WithRecord>
        <ZoneNotice />
      </Stack>
    </Page>
  );
}

/** Both at once: what one waits for stands above, and must not push away what one reads already. */
function Own() {
  const places = usePlaces();
  const visits = useVisits();
  if (places.isPending) return <Loading rows={6} />;
  return (
    <>
      <Unread of={[places]} />
      <Places places={places.data ?? []} />
      <Visits visits={visits} />
    </>
  );
}

function Places({ places }: { places: Place[] }) {
  const { t } = useTranslation('patient');
  if (places.length === 0) return null;
  return (
    <section aria-label={t('start.waiting')}>
      <Stack gap="sm">
        {places.map((place) => (
          <LivePlace key={place.id} entry={place} />
        ))}
      </Stack>
    </section>
  );
}

/** One's ticket with its place as it is now [QUE-9]. */
export function LivePlace({ entry }: { entry: Place }) {
  const names = useNames();
  const { query, place, state } = usePlace(['queue-entries', 'place', entry.id], (signal) =>
    ok(api.GET('/v1/queue-entries/{id}/position', { params: { path: { id: entry.id } }, signal })),
  );
  if (state === 'connecting') return <Loading rows={3} />;
  if (!place) return <Unread of={state === 'gone' ? [] : [query]} />;
  return <PlaceCard label={entry.ticket.label} place={place} state={state} where={names.department(entry.department_id)} />;
}

function Visits({ visits }: { visits: ReturnType<typeof useVisits> }) {
  const { t } = useTranslation('patient');
  return (
    <Loaded query={visits}>
      {(all) => {
        const toCome = all.filter(isToCome);
        const past = all.filter((one) => !isToCome(one) && Date.parse(one.starts_at) <= Date.now()).reverse();
        return (
          <>
            <section aria-labelledby="visits-to-come">
              <Title order={2} size="h5" mb="xs" id="visits-to-come">
                {t('start.toCome')}
              </Title>
              {toCome.length === 0 ? <NothingToCome /> : <VisitList visits={toCome} />}
            </section>
            {past.length > 0 && (
              <section aria-labelledby="visits-past">
                <Title order={2} size="h5" mb="xs" id="visits-past">
                  {t('start.past')}
                </Title>
                <VisitList visits={past} />
              </section>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function NothingToCome() {
  const { t } = useTranslation('patient');
  return (
    <Empty
      action={
        <ButtonLink to="/patient/assess" variant="light" leftSection={<IconStethoscope size={18} aria-hidden />}>
          {t('start.assess')}
        </ButtonLink>
      }
    >
      {t('start.none')}
    </Empty>
  );
}

function VisitList({ visits }: { visits: Visit[] }) {
  const format = useFormat();
  const names = useNames();
  return (
    <ul className={classes.list}>
      {visits.map((visit) => (
        <li key={visit.id}>
          <Link
            to="/patient/visits/$id"
            params={{ id: visit.id }}
            className={isToCome(visit) ? `${classes.card} ${classes.next}` : (classes.card ?? '')}
          >
            <span className={classes.row}>
              <span className={classes.grow}>
                <Text component="span" display="block" fw={600}>
                  {format.dayTime(visit.starts_at)}
                </Text>
                <Text component="span" display="block" size="sm" c="dimmed" dir="auto">
                  {[names.doctor(visit.doctor_id)?.display_name, names.department(visit.department_id)].filter(Boolean).join(' · ')}
                </Text>
              </span>
              <Status value={visit.status} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
