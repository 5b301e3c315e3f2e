import { Button, Group, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { DataTable } from '~/ui/DataTable';
import { Freshness } from '~/ui/Freshness';
import { Page } from '~/ui/Page';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import { TEMPLATES } from './TemplatesPage';

type Message = Schema<'Notification'>;
const STATUSES: Message['status'][] = ['FAILED', 'UNCERTAIN', 'RETRYING', 'QUEUED', 'SENDING', 'SENT', 'SUPPRESSED'];
const OPEN: readonly Message['status'][] = ['QUEUED', 'SENDING', 'RETRYING'];
const AGAIN_MS = 15_000;

/** Mails of accounts carry a link that works once; those are asked for anew. */
const resendable = (message: Message) => !OPEN.includes(message.status) && !message.template.startsWith('account-');

/** Every mail and what became of it. */
export function MessagesPage() {
  const { t } = useTranslation(['administration', 'words']);
  const format = useFormat();
  const [status, setStatus] = useState<Message['status'] | ''>('');
  const [template, setTemplate] = useState<Message['template'] | ''>('');
  const [asked, setAsked] = useState<Message>();
  const filter = { status: status || undefined, template: template || undefined };
  const list = usePages(
    ['notifications', filter],
    ({ cursor, signal }) => ok(api.GET('/v1/notifications', { params: { query: { ...filter, ...cursor } }, signal })),
    { refetchInterval: AGAIN_MS, keep: true },
  );
  const resend = useCommand(
    ({ id, reason }: { id: string; reason: string }, header) =>
      ok(api.POST('/v1/notifications/{id}/resend', { params: { path: { id }, header }, body: { reason } })),
    {
      refreshes: [['notifications']],
      onDone: () => {
        sayDone(t('messages.resent'));
        setAsked(undefined);
      },
    },
  );
  return (
    <Page title={t('nav.messages')} actions={<Freshness query={list.query} />}>
      <Group align="flex-end" gap="xs">
        <NativeSelect
          label={t('field.status')}
          value={status}
          data={[{ value: '', label: t('all') }, ...STATUSES.map((value) => ({ value, label: t(`words:status.${value}`) }))]}
          onChange={(event) => setStatus(event.currentTarget.value as typeof status)}
        />
        <NativeSelect
          label={t('templates.which')}
          value={template}
          data={[{ value: '', label: t('all') }, ...TEMPLATES.map((value) => ({ value, label: t(`template.${value}`) }))]}
          onChange={(event) => setTemplate(event.currentTarget.value as typeof template)}
        />
      </Group>
      <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={t('nothingFound')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => row.id}
            label={t('nav.messages')}
            more={list.more}
            columns={[
              { key: 'at', whole: true, label: t('field.at'), cell: (row) => format.dateTime(row.sent_at ?? row.created_at) },
              { key: 'template', label: t('templates.which'), cell: (row) => t(`template.${row.template}`) },
              { key: 'to', label: t('messages.to'), cell: (row) => row.recipient_masked },
              { key: 'language', label: t('templates.language'), cell: (row) => t(`app:languages.${row.language}`, { defaultValue: row.language }) },
              { key: 'status', label: t('field.status'), cell: (row) => <Status value={row.status} /> },
              { key: 'attempts', label: t('messages.attempts'), end: true, cell: (row) => format.number(row.attempts) },
              {
                key: 'reason',
                label: t('field.reason'),
                cell: (row) => [row.reason && t(`messageReason.${row.reason}`, { defaultValue: row.reason }), row.resend_reason].filter(Boolean).join(' · '),
              },
              {
                key: 'act',
                label: t('field.actions'),
                end: true,
                cell: (row) =>
                  resendable(row) && (
                    <Button size="compact-sm" variant="default" onClick={() => setAsked(row)}>
                      {t('messages.resend')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      <ReasonDialog
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={t('messages.resend')}
        confirm={t('messages.resend')}
        busy={resend.busy}
        reason
        onConfirm={(reason) => asked && resend.run({ id: asked.id, reason })}
      >
        {asked && t('messages.resendMeans', { to: asked.recipient_masked })}
      </ReasonDialog>
    </Page>
  );
}
