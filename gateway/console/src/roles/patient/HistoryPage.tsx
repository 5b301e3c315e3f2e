import { Button, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCalendar, IconNotes, IconPackage, IconPill, IconTicket } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { dayOf } from '~/lib/format/zone';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { ZoneNotice } from '~/ui/ZoneNotice';

import classes from './Patient.module.css';
import { WithRecord } from './WithRecord';

type Item = Schema<'HistoryItem'>;

const ICONS = {
  APPOINTMENT: IconCalendar,
  QUEUE_ENTRY: IconTicket,
  CONSULTATION: IconNotes,
  PRESCRIPTION: IconPill,
  DISPENSE: IconPackage,
} as const;

/** Everything that happened here, newest first [PAT-5]. */
export function HistoryPage() {
  const { t } = useTranslation('patient');
  return (
    <Page title={t('history.title')}>
      <Stack gap="md" className={classes.column}>
        <WithRecord>{(id) => <History patientId={id} />}</WithRecord>
        <ZoneNotice />
      </Stack>
    </Page>
  );
}

function History({ patientId }: { patientId: string }) {
  const { t } = useTranslation(['patient', 'ui']);
  const list = useInfiniteQuery({
    queryKey: ['history', patientId],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/v1/patients/{id}/history', {
          params: { path: { id: patientId }, query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  return (
    <Loaded query={list} isEmpty={({ pages }) => pages.every((page) => page.items.length === 0)} empty={t('patient:history.none')}>
      {({ pages }) => (
        <>
          <Days items={pages.flatMap((page) => page.items)} />
          {list.hasNextPage && (
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('ui:loadMore')}
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}

function Days({ items }: { items: Item[] }) {
  const format = useFormat();
  const days = new Map<string, Item[]>();
  for (const item of items) {
    const day = dayOf(item.at, format.zone);
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return (
    <div>
      {[...days].map(([day, own]) => (
        <section key={day} aria-label={format.longDay(day)}>
          <Title order={2} size="h6" className={classes.day_heading ?? ''}>
            {format.longDay(day)}
          </Title>
          <ul className={classes.list}>
            {own.map((item, index) => (
              <li key={`${item.ref.id} ${item.event} ${item.at} ${index}`}>
                <Entry item={item} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Entry({ item }: { item: Item }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const Icon = ICONS[item.kind];
  const content = (
    <span className={classes.row}>
      <ThemeIcon variant="light" size="lg" radius="xl" component="span">
        <Icon size={18} aria-hidden />
      </ThemeIcon>
      <span className={classes.grow}>
        <Text component="span" display="block" fw={500}>
          {t(`event.${item.event}`, { defaultValue: item.summary })}
        </Text>
        <Text component="span" display="block" size="sm" c="dimmed" dir="auto">
          {[format.time(item.at), item.doctor_name, item.department_name].filter(Boolean).join(' · ')}
        </Text>
      </span>
    </span>
  );
  return <Way item={item}>{content}</Way>;
}

/** Leads to what the line tells of, where there is a screen for it. */
function Way({ item, children }: { item: Item; children: ReactNode }) {
  if (item.kind === 'APPOINTMENT') {
    return (
      <Link to="/patient/visits/$id" params={{ id: item.ref.id }} className={classes.card}>
        {children}
      </Link>
    );
  }
  if (item.event === 'ConsultationCompleted' || item.event === 'ConsultationAmended') {
    return (
      <Link to="/patient/consultations/$id" params={{ id: item.ref.id }} className={classes.card}>
        {children}
      </Link>
    );
  }
  return <div className={classes.card}>{children}</div>;
}
