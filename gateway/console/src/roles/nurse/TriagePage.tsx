import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ClinicalList } from '~/clinical/ClinicalLists';
import { History } from '~/clinical/History';
import { PatientHead } from '~/clinical/PatientHead';
import { useEntry } from '~/clinical/queries';
import { TriageForm } from '~/clinical/TriageForm';
import { TriageOutcome } from '~/clinical/TriageResult';
import { useFormat } from '~/lib/format/useFormat';
import type { QueueEntry } from '~/lib/live/useQueueLive';
import { Page } from '~/ui/Page';
import { nameOf } from '~/ui/queue/entryCommands';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import classes from '~/clinical/PatientRecord.module.css';
import { triageRoute } from './routes';

/** Triage of one person who waits, their allergies, conditions and history beneath. */
export function TriagePage() {
  const { t } = useTranslation('nurse');
  const { t: w } = useTranslation('words');
  const { entryId } = triageRoute.useParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const query = useEntry(entryId);
  const entry = query.data;
  const done = (fresh: QueueEntry) => {
    const level = fresh.triage?.overridden?.level ?? fresh.triage?.level ?? fresh.level;
    const words = { label: fresh.ticket.label, level: w(`level.${level}`) };
    sayDone(t(fresh.status === 'TRANSFERRED' ? 'triage.emergency' : 'triage.done', words));
    queries.removeQueries({ queryKey: ['queue-entry', entryId] });
    void navigate({ to: '/nurse', search: { department: fresh.department_id } });
  };
  return (
    <Page
      title={t('triage.title')}
      heading={
        entry ? (
          <>
            {entry.ticket.label} <PatientHead patientId={entry.patient_id} fallback={nameOf(entry)} />
          </>
        ) : undefined
      }
      actions={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconArrowLeft size={14} aria-hidden />}
          renderRoot={(props) => <Link to="/nurse" search={entry ? { department: entry.department_id } : {}} {...props} />}
        >
          {t('triage.back')}
        </Button>
      }
    >
      <Loaded query={query} rows={8}>
        {(found) => (
          <Stack gap="lg">
            <About entry={found} />
            {found.status === 'WAITING' ? (
              <TriageForm key={found.id} entry={found} onDone={done} onStale={() => void query.refetch()} />
            ) : (
              <Alert color="orange">{t('triage.notWaiting')}</Alert>
            )}
            {found.patient_id ? (
              <div className={classes.columns}>
                <Paper withBorder p="sm">
                  <Stack gap="md">
                    <ClinicalList kind="allergies" patientId={found.patient_id} />
                    <ClinicalList kind="conditions" patientId={found.patient_id} />
                  </Stack>
                </Paper>
                <Paper withBorder p="sm">
                  <History patientId={found.patient_id} />
                </Paper>
              </div>
            ) : (
              <Text size="sm" c="dimmed">
                {t('triage.visitor')}
              </Text>
            )}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function About({ entry }: { entry: QueueEntry }) {
  const { t } = useTranslation('nurse');
  const format = useFormat();
  return (
    <>
      <Group gap="sm">
        <Status value={entry.status} />
        <Text size="sm" c="dimmed">
          {t('triage.arrived', { time: format.time(entry.created_at) })}
        </Text>
        {entry.reason && (
          <Text size="sm" dir="auto">
            {entry.reason}
          </Text>
        )}
      </Group>
      {entry.triage && (
        <section aria-label={t('triage.before')}>
          <Text size="xs" c="dimmed" fw={600} mb={4}>
            {t('triage.before')}
          </Text>
          <TriageOutcome result={entry.triage} />
        </section>
      )}
    </>
  );
}
