import { Alert, Button, Group, Menu, Paper, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft, IconDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { Facts } from '~/ui/Facts';
import { Freshness } from '~/ui/Freshness';
import { ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { PdfButton } from '~/ui/PdfButton';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { HandOver } from './HandOver';
import { HandedOver } from './HandedOver';
import { actsOf, PHARMACY, type Prescription, stockOf } from './prescription';
import { StockWord } from './StockWord';

const AGAIN_MS = 10_000;

/** One prescription: who, what, what of it is there; validated, handed over, held, ended; its papers. */
export function PrescriptionPage() {
  const { t } = useTranslation('pharmacy');
  const { id = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['pharmacy', 'prescription', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/pharmacy/prescriptions/{id}', { params: { path: { id } }, signal })),
    refetchInterval: AGAIN_MS,
  });
  const number = query.data?.number ?? t('prescription.title');
  return (
    <Page
      title={number}
      actions={
        <>
          <Freshness query={query} />
          <ButtonLink to="/pharmacy" variant="default" leftSection={<IconArrowLeft size={16} aria-hidden />}>
            {t('prescription.toList')}
          </ButtonLink>
          {query.data && (
            <PdfButton path={`/v1/prescriptions/${id}/document.pdf`} name={`${number}.pdf`}>
              {t('prescription.print')}
            </PdfButton>
          )}
          {query.data && <More prescription={query.data} />}
        </>
      }
    >
      <ZoneNotice />
      <Loaded query={query} rows={8}>
        {(prescription) => (
          <>
            <Head prescription={prescription} />
            {actsOf(prescription).pending ? <HandOver prescription={prescription} /> : <Closed prescription={prescription} />}
            <HandedOver prescription={prescription} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Head({ prescription }: { prescription: Prescription }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const { patient } = prescription;
  const twice = prescription.fulfilment === 'RESERVED' && stockOf(prescription).state === 'reserved';
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start" gap="md">
        <Facts
          inline
          rows={[
            [t('field.patient'), patient.display_name ?? t('patient.unknown')],
            [t('field.mrn'), patient.mrn],
            [t('field.born'), patient.birth_date && `${format.day(patient.birth_date)} (${format.age(patient.birth_date)})`],
            [t('field.doctor'), prescription.doctor.display_name],
            [t('field.issued'), format.dateTime(prescription.issued_at)],
            [t('field.validTo'), format.day(prescription.expires_on)],
            [t('field.reservedUntil'), prescription.reserved_until && format.dateTime(prescription.reserved_until)],
          ]}
        />
        <Group gap="xs">
          <Status value={prescription.status} />
          <Status value={prescription.fulfilment} />
          {actsOf(prescription).pending && !twice && <StockWord prescription={prescription} />}
        </Group>
      </Group>
      {patient.allergies.length > 0 ? (
        <Alert color="red" variant="light" mt="sm" icon={<IconAlertTriangle aria-hidden />} title={t('patient.allergies')}>
          <span dir="auto">
            {patient.allergies
              .map((one) => (one.severity ? `${one.substance} (${t(`severity.${one.severity}`, { defaultValue: one.severity })})` : one.substance))
              .join(', ')}
          </span>
        </Alert>
      ) : (
        <Text size="sm" c="dimmed" mt="sm">
          {t('patient.noAllergies')}
        </Text>
      )}
      {prescription.reason && (
        <Text size="sm" mt="sm" dir="auto">
          <Text span fw={600} size="sm">
            {t('field.reason')}:
          </Text>{' '}
          {prescription.reason}
        </Text>
      )}
    </Paper>
  );
}

/** Nothing can be handed over now: the lines, and the way back if there is one. */
function Closed({ prescription }: { prescription: Prescription }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const id = prescription.id;
  const resume = useCommand(
    (_: object, header) => ok(api.POST('/v1/pharmacy/prescriptions/{id}/resume', { params: { path: { id }, header }, body: {} })),
    { refreshes: PHARMACY, onDone: () => sayDone(t('done.resume')) },
  );
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {t('field.medicines')}
        </Title>
        {actsOf(prescription).resume && (
          <Button loading={resume.busy} onClick={() => resume.run({})}>
            {t('act.resume')}
          </Button>
        )}
      </Group>
      {prescription.items.map((item) => (
        <Text key={item.item_id} size="sm" dir="auto" py={4}>
          {t('item.closed', {
            medicine: [item.medicine.name, item.medicine.strength].filter(Boolean).join(' '),
            prescribed: format.number(item.quantity),
            dispensed: format.number(item.dispensed),
          })}
        </Text>
      ))}
    </Paper>
  );
}

type Asked = 'hold' | 'decline' | 'close';

/** What is done seldom, and with a reason. */
function More({ prescription }: { prescription: Prescription }) {
  const { t } = useTranslation(['pharmacy', 'ui']);
  const [asked, setAsked] = useState<Asked>();
  const { id } = prescription;
  const may = actsOf(prescription);
  const release = useCommand(
    (_: object, header) => ok(api.POST('/v1/pharmacy/prescriptions/{id}/release', { params: { path: { id }, header }, body: {} })),
    { refreshes: PHARMACY, onDone: () => sayDone(t('done.release')) },
  );
  const end = useCommand(
    ({ act, reason }: { act: Asked; reason: string }, header) => {
      const request = { params: { path: { id }, header }, body: { reason } };
      if (act === 'hold') return ok(api.POST('/v1/pharmacy/prescriptions/{id}/hold', request));
      if (act === 'decline') return ok(api.POST('/v1/pharmacy/prescriptions/{id}/decline', request));
      return ok(api.POST('/v1/pharmacy/prescriptions/{id}/close', request));
    },
    {
      refreshes: PHARMACY,
      onDone: (_, { act }) => {
        sayDone(t(`done.${act}`));
        setAsked(undefined);
      },
    },
  );
  const reasons = (['hold', 'decline', 'close'] as const).filter((act) => may[act]);
  if (!may.release && reasons.length === 0) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDots size={16} aria-hidden />}>
            {t('ui:more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {may.release && <Menu.Item onClick={() => release.run({})}>{t('act.release')}</Menu.Item>}
          {reasons.map((act) => (
            <Menu.Item key={act} color={act === 'hold' ? undefined : 'red'} onClick={() => setAsked(act)}>
              {t(`act.${act}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ReasonDialog
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={asked ? t(`act.${asked}`) : ''}
        confirm={asked ? t(`act.${asked}`) : ''}
        danger={asked !== 'hold'}
        busy={end.busy}
        reason
        onConfirm={(reason) => asked && end.run({ act: asked, reason })}
      >
        {asked && t(`act.${asked}Means`)}
      </ReasonDialog>
    </>
  );
}
