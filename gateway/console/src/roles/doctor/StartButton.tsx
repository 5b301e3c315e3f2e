import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { useCommand } from '~/lib/useCommand';
import { ReasonDialog } from '~/ui/ReasonDialog';

interface Visit {
  appointment_id?: string | undefined;
  queue_entry_id?: string | undefined;
}

/** Starts the consultation of a visit, or opens the one that there is; another doctor's is taken over after a question. */
export function StartButton({ visit, label, consultationId, primary }: { visit: Visit; label: string; consultationId?: string | undefined; primary?: boolean }) {
  const { t } = useTranslation('doctor');
  const navigate = useNavigate();
  const [others, setOthers] = useState(false);
  const open = (id: string) => void navigate({ to: '/doctor/consultations/$consultationId', params: { consultationId: id } });
  const start = useCommand(
    ({ take_over }: { take_over?: boolean }, header) => {
      const which = visit.queue_entry_id ? { queue_entry_id: visit.queue_entry_id } : { appointment_id: visit.appointment_id ?? '' };
      return ok(api.POST('/v1/consultations', { params: { header }, body: { ...which, take_over: take_over ?? false } }));
    },
    {
      refreshes: [['doctor-day'], ['visits']],
      onDone: (fresh) => open(fresh.id),
      onRefused: (error, input) => {
        const exists = isProblem(error, 'consultation-exists') ? error.body.consultation_id : undefined;
        if (typeof exists === 'string') {
          open(exists);
          return true;
        }
        if (isProblem(error, 'not-on-your-list') && !input.take_over) {
          setOthers(true);
          return true;
        }
        return false;
      },
    },
  );
  const words: ReactNode = t(consultationId ? 'start.open' : 'start.start');
  return (
    <>
      <Button
        size="xs"
        variant={primary ? 'filled' : 'light'}
        loading={start.busy}
        aria-label={`${t(consultationId ? 'start.open' : 'start.start')}: ${label}`}
        onClick={() => (consultationId ? open(consultationId) : start.run({}))}
      >
        {words}
      </Button>
      <ReasonDialog
        opened={others}
        onClose={() => setOthers(false)}
        title={t('start.othersTitle')}
        confirm={t('start.takeOver')}
        busy={start.busy}
        onConfirm={() => start.run({ take_over: true })}
      >
        {t('start.others')}
      </ReasonDialog>
    </>
  );
}
