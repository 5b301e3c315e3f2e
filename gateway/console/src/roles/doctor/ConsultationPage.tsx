import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ClinicalList } from '~/clinical/ClinicalLists';
import { History } from '~/clinical/History';
import { PatientHead } from '~/clinical/PatientHead';
import { useEntry } from '~/clinical/queries';
import { TriageOutcome } from '~/clinical/TriageResult';
import type { Schema } from '~/lib/api/client';
import { useDoctorName } from '~/lib/data/directory';
import { useFormat } from '~/lib/format/useFormat';
import { useMe } from '~/lib/session/useSession';
import { Page } from '~/ui/Page';
import { nameOf } from '~/ui/queue/entryCommands';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import classes from './Consultation.module.css';
import { Finished } from './Finished';
import { useConsultation } from './queries';
import { consultationRoute } from './routes';
import { Workspace } from './Workspace';

/** One consultation: written by its doctor, read by those whose list the patient is on; the record stands beside it. */
export function ConsultationPage() {
  const { t } = useTranslation('doctor');
  const { consultationId } = consultationRoute.useParams();
  const query = useConsultation(consultationId);
  const found = query.data;
  const entry = useEntry(found?.queue_entry_id);
  const visitor = entry.data ? nameOf(entry.data) : t('day.unknown');
  return (
    <Page
      title={t('consultation.title')}
      heading={found ? <PatientHead patientId={found.patient_id} fallback={visitor} /> : undefined}
      actions={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconArrowLeft size={14} aria-hidden />}
          renderRoot={(props) => <Link to="/doctor" {...props} />}
        >
          {t('consultation.back')}
        </Button>
      }
    >
      <Loaded query={query} rows={10}>
        {(consultation) => (
          <div className={classes.columns}>
            <Written key={consultation.id} consultation={consultation} />
            <aside className={`${classes.side} ${classes.record}`} aria-label={t('consultation.record')}>
              {entry.data?.triage && (
                <section aria-label={t('consultation.triage')}>
                  <Text fw={600} size="sm" component="h2" mt={0} mb={4}>
                    {t('consultation.triage')}
                  </Text>
                  <TriageOutcome result={entry.data.triage} />
                </section>
              )}
              {consultation.patient_id ? (
                <>
                  <ClinicalList kind="allergies" patientId={consultation.patient_id} />
                  <ClinicalList kind="conditions" patientId={consultation.patient_id} />
                  <History
                    patientId={consultation.patient_id}
                    more={(item) =>
                      item.ref.type === 'consultation' && item.ref.id !== consultation.id ? <PastNote id={item.ref.id} /> : null
                    }
                  />
                </>
              ) : (
                <Text size="sm" c="dimmed">
                  {t('consultation.visitor')}
                </Text>
              )}
            </aside>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Written({ consultation }: { consultation: Schema<'Consultation'> }) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  const doctor = useDoctorName();
  const { doctor_id: own } = useMe();
  const mine = consultation.doctor_id === own;
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Status value={consultation.status} />
        {consultation.note.status === 'AMENDED' && <Badge variant="light" color="yellow">{t('consultation.amended')}</Badge>}
        <Text size="sm" c="dimmed">
          {t('consultation.started', { time: format.dateTime(consultation.started_at), doctor: doctor(consultation.doctor_id) })}
        </Text>
      </Group>
      {!mine && consultation.status === 'DRAFT' && <Alert color="orange">{t('consultation.others', { doctor: doctor(consultation.doctor_id) })}</Alert>}
      {mine && consultation.status === 'DRAFT' ? <Workspace consultation={consultation} /> : <Finished consultation={consultation} mine={mine} />}
    </Stack>
  );
}

function PastNote({ id }: { id: string }) {
  const { t } = useTranslation('doctor');
  return (
    <Link to="/doctor/consultations/$consultationId" params={{ consultationId: id }} className={classes.past}>
      {t('consultation.read')}
    </Link>
  );
}
