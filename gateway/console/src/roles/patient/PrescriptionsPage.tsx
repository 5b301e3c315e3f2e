import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconFileTypePdf } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { api, download, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import { useNames } from './own';
import classes from './Patient.module.css';
import { WithRecord } from './WithRecord';

type Prescription = Schema<'Prescription'>;

export function PrescriptionsPage() {
  const { t } = useTranslation('patient');
  return (
    <Page title={t('prescriptions.title')}>
      <div className={classes.column}>
        <WithRecord>{() => <Prescriptions />}</WithRecord>
      </div>
    </Page>
  );
}

function Prescriptions() {
  const { t } = useTranslation(['patient', 'ui']);
  const list = useInfiniteQuery({
    queryKey: ['prescriptions', 'own'],
    queryFn: ({ pageParam, signal }) =>
      ok(api.GET('/v1/prescriptions', { params: { query: { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: 60_000,
  });
  return (
    <Loaded query={list} isEmpty={({ pages }) => pages.every((page) => page.items.length === 0)} empty={t('patient:prescriptions.none')}>
      {({ pages }) => (
        <Stack gap="sm">
          <ul className={classes.list}>
            {pages
              .flatMap((page) => page.items)
              .map((one) => (
                <li key={one.id} className={classes.card}>
                  <One prescription={one} />
                </li>
              ))}
          </ul>
          {list.hasNextPage && (
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('ui:loadMore')}
            </Button>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

export function One({ prescription }: { prescription: Prescription }) {
  const { t } = useTranslation(['patient', 'words']);
  const format = useFormat();
  const names = useNames();
  const print = useCommand(() => download(`/v1/prescriptions/${prescription.id}/document.pdf`, `${prescription.number}.pdf`));
  const open = prescription.status === 'ISSUED' || prescription.status === 'ON_HOLD';
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{format.date(prescription.issued_at ?? prescription.created_at)}</Text>
        <Group gap={6}>
          <Status value={prescription.status} />
          {open && prescription.fulfilment !== 'NONE' && (
            <Badge variant="light" color="blue" radius="sm">
              {t(`words:fulfilment.${prescription.fulfilment}`)}
            </Badge>
          )}
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        {prescription.number} · <bdi>{names.doctor(prescription.doctor_id)?.display_name}</bdi>
        {open && prescription.expires_on && <> · {t('patient:prescriptions.until', { day: format.day(prescription.expires_on) })}</>}
      </Text>
      <ul className={classes.list}>
        {prescription.items.map((item) => (
          <li key={item.item_id}>
            <Text fw={500} dir="auto">
              {[item.medicine.name, item.medicine.strength, item.medicine.form].filter(Boolean).join(' ')}
            </Text>
            <Text size="sm" dir="auto">
              {[
                item.dose,
                item.route,
                item.frequency,
                item.duration_days && t('patient:prescriptions.days', { count: item.duration_days }),
                t('patient:prescriptions.quantity', { quantity: format.number(item.quantity) }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </Text>
            {item.instructions && (
              <Text size="sm" dir="auto" className={classes.note ?? ''}>
                {item.instructions}
              </Text>
            )}
          </li>
        ))}
      </ul>
      {prescription.status_reason && (
        <Text size="sm" dir="auto">
          {prescription.status_reason}
        </Text>
      )}
      {prescription.status !== 'DRAFT' && (
        <Button
          variant="light"
          size="sm"
          style={{ alignSelf: 'start' }}
          leftSection={<IconFileTypePdf size={18} aria-hidden />}
          loading={print.busy}
          onClick={() => print.run(undefined)}
          aria-label={t('patient:prescriptions.pdfOf', { number: prescription.number })}
        >
          {t('patient:prescriptions.pdf')}
        </Button>
      )}
    </Stack>
  );
}
