import { ActionIcon, Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';

import { useFormat } from '~/lib/format/useFormat';
import type { QueueEntry } from '~/lib/live/useQueueLive';
import { useFacility } from '~/lib/session/useSession';

import classes from './Ticket.module.css';

/** Prints the slip that the patient takes along: number, day, and the link to follow one's place. */
export function TicketButton({ entry, compact }: { entry: QueueEntry; compact?: boolean }) {
  const { t } = useTranslation('queue');
  const [printing, setPrinting] = useState(false);
  const print = () => {
    setPrinting(true);
    window.addEventListener('afterprint', () => setPrinting(false), { once: true });
    // Once the slip is in the page.
    requestAnimationFrame(() => requestAnimationFrame(() => window.print()));
  };
  return (
    <>
      {compact ? (
        <ActionIcon variant="subtle" size={26} aria-label={`${t('printTicket')} ${entry.ticket.label}`} title={t('printTicket')} onClick={print}>
          <IconPrinter size={16} aria-hidden />
        </ActionIcon>
      ) : (
        <Button variant="subtle" size="compact-sm" leftSection={<IconPrinter size={14} aria-hidden />} onClick={print}>
          {t('printTicket')}
        </Button>
      )}
      {printing && createPortal(<Slip entry={entry} />, document.body)}
    </>
  );
}

function Slip({ entry }: { entry: QueueEntry }) {
  const { t } = useTranslation('queue');
  const format = useFormat();
  const facility = useFacility();
  return (
    <div className={classes.slip} data-slip>
      <p>{facility.name}</p>
      <p className={classes.label}>{entry.ticket.label}</p>
      <p>{format.day(entry.date)}</p>
      <p>{t('follow')}</p>
      <p className={classes.link}>{`${location.origin}/track/${entry.tracking_token}`}</p>
    </div>
  );
}
