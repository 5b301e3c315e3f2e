import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '~/lib/format/useFormat';
import { addDays, today } from '~/lib/format/zone';
import { useFacility, useMay } from '~/lib/session/useSession';
import { DayRange, instantsOf } from '~/ui/DayRange';
import { ExportButton } from '~/ui/ExportButton';
import { Page } from '~/ui/Page';

/** Every list and figure that leaves as CSV, in one place. */
export function ExportsPage() {
  const { t } = useTranslation('administration');
  const format = useFormat();
  const may = useMay();
  const { zone } = useFacility();
  const [days, setDays] = useState({ from: addDays(today(zone), -29), to: today(zone) });
  const instants = instantsOf(days, zone);
  const named = (name: string) => `${name}-${days.from}-${days.to}`;
  const lists = [
    { name: 'patients', path: '/v1/patients', query: {}, file: 'patients', permission: 'list_export' },
    { name: 'appointments', path: '/v1/appointments', query: instants, file: named('appointments'), permission: 'list_export' },
    { name: 'queue', path: '/v1/queue-entries', query: { date: days.to }, file: `queue-${days.to}`, permission: 'list_export' },
    { name: 'audit', path: '/v1/audit', query: instants, file: named('audit'), permission: 'audit_read' },
  ] as const;
  const figures = [
    { name: 'visits', path: '/v1/figures/appointments', file: named('visits'), permission: 'appointment_figures' },
    { name: 'waits', path: '/v1/figures/waits', file: named('waits'), permission: 'queue_figures' },
    { name: 'consultations', path: '/v1/figures/consultations', file: named('consultations'), permission: 'consultation_figures' },
    { name: 'doctors', path: '/v1/figures/doctors', file: named('doctors'), permission: 'doctor_figures' },
    { name: 'pharmacy', path: '/v1/pharmacy/figures', file: named('pharmacy'), permission: 'pharmacy_figures' },
  ] as const;
  return (
    <Page title={t('nav.exports')}>
      <DayRange value={days} onChange={setDays} max={today(zone)} />
      <Text size="sm" c="dimmed">
        {t('exports.means', { day: format.day(days.to) })}
      </Text>
      <Section title={t('exports.lists')}>
        {lists.filter((one) => may(one.permission)).map((one) => (
          <ExportButton key={one.name} path={one.path} query={one.query} name={one.file}>
            {t(`exports.${one.name}`)}
          </ExportButton>
        ))}
      </Section>
      <Section title={t('nav.figures')}>
        {figures.filter((one) => may(one.permission)).map((one) => (
          <ExportButton key={one.name} path={one.path} query={{ from: days.from, to: days.to }} name={one.file}>
            {t(`exports.${one.name}`)}
          </ExportButton>
        ))}
        {may('pharmacy_figures') && (
          <ExportButton path="/v1/pharmacy/valuation" name="stock-valuation">
            {t('exports.valuation')}
          </ExportButton>
        )}
      </Section>
    </Page>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="sm">
        <Title order={2} size="h5">
          {title}
        </Title>
        <Group gap="xs">{children}</Group>
      </Stack>
    </Paper>
  );
}
