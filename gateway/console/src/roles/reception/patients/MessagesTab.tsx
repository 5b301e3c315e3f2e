import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { DataTable } from '~/ui/DataTable';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

/** What was mailed to a patient, and once more where it did not arrive. */
export function MessagesTab({ patientId }: { patientId: string }) {
  const { t } = useTranslation('reception');
  const format = useFormat();
  const may = useMay();
  const [asking, setAsking] = useState<string>();
  const messages = usePages(['notifications', patientId], ({ cursor, signal }) =>
    ok(api.GET('/v1/notifications', { params: { query: { patient_id: patientId, ...cursor } }, signal })));
  const resend = useCommand(
    ({ id, reason }: { id: string; reason: string }, header) =>
      ok(api.POST('/v1/notifications/{id}/resend', { params: { path: { id }, header }, body: { reason } })),
    { refreshes: [['notifications']], onDone: () => { setAsking(undefined); sayDone(t('done.resend')); } },
  );
  return (
    <>
      <Loaded query={messages.query} isEmpty={(found) => found.length === 0} empty={t('patient.noMessages')}>
        {(found) => (
          <DataTable
            label={t('patient.messages')}
            rows={found}
            rowKey={(one) => one.id}
            more={messages.more}
            columns={[
              { key: 'at', whole: true, label: t('visit.when'), cell: (one) => format.dateTime(one.sent_at ?? one.created_at) },
              { key: 'what', label: t('message.what'), cell: (one) => t(`message.${one.template}`, { defaultValue: one.template }) },
              { key: 'to', label: t('message.to'), cell: (one) => one.recipient_masked },
              { key: 'status', label: t('status'), cell: (one) => <Status value={one.status} /> },
              {
                key: 'again',
                label: t('ui:actions'),
                unseen: true,
                cell: (one) =>
                  may('notification_resend') && ['SENT', 'FAILED', 'UNCERTAIN'].includes(one.status) ? (
                    <Button size="compact-xs" variant="default" onClick={() => setAsking(one.id)}>
                      {t('message.again')}
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      <ReasonDialog opened={asking !== undefined} onClose={() => setAsking(undefined)} title={t('message.again')} confirm={t('message.again')}
        reason busy={resend.busy} onConfirm={(reason) => asking && resend.run({ id: asking, reason })} />
    </>
  );
}
