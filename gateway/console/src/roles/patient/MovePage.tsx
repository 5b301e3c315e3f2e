import { Alert, Stack, Text } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok } from '~/lib/api/client';
import { useWords } from '~/lib/errors/useWords';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { AnchorLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { useNames, useVisit, type Visit } from './own';
import classes from './Patient.module.css';
import { type Slot, TimePicker } from './TimePicker';

const route = getRouteApi('/shell/patient/visits/$id/move');

export function MovePage() {
  const { t } = useTranslation('patient');
  const { id } = route.useParams();
  const visit = useVisit(id);
  return (
    <Page title={t('move.title')}>
      <Stack gap="md" className={classes.column}>
        <AnchorLink to="/patient/visits/$id" params={{ id }} size="sm">
          {t('move.back')}
        </AnchorLink>
        <Loaded query={visit}>{(one) => <Move visit={one} />}</Loaded>
        <ZoneNotice />
      </Stack>
    </Page>
  );
}

function Move({ visit }: { visit: Visit }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const words = useWords();
  const names = useNames();
  const navigate = useNavigate();
  const [wanted, setWanted] = useState<Slot>();
  const move = useCommand(
    (startsAt: string, header) =>
      ok(
        api.POST('/v1/appointments/{id}/reschedule', {
          params: { path: { id: visit.id }, header: { ...header, ...ifMatch(visit) } },
          body: { starts_at: startsAt },
        }),
      ),
    {
      refreshes: [['appointments'], ['slots']],
      onDone: () => {
        sayDone(t('move.done'));
        void navigate({ to: '/patient/visits/$id', params: { id: visit.id }, replace: true });
      },
      onRefused: () => {
        setWanted(undefined);
        return true;
      },
    },
  );
  return (
    <>
      <Text dir="auto">
        {t('move.now', { time: format.dayTime(visit.starts_at) })} · {names.doctor(visit.doctor_id)?.display_name}
      </Text>
      {move.error !== null && move.error !== undefined && (
        <Alert color="red" variant="light" role="alert">
          {words(move.error)}
        </Alert>
      )}
      <TimePicker whose={{ doctor: visit.doctor_id }} onPick={setWanted} busy={move.busy} />
      <ReasonDialog
        opened={wanted !== undefined}
        onClose={() => setWanted(undefined)}
        title={t('move.confirmTitle')}
        confirm={t('move.submit')}
        busy={move.busy}
        onConfirm={() => wanted && move.run(wanted.starts_at)}
      >
        {t('move.confirm', { from: format.dayTime(visit.starts_at), to: format.dayTime(wanted?.starts_at) })}
      </ReasonDialog>
    </>
  );
}
