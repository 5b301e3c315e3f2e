import { Button, Checkbox, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useDoctors, useQueues, type Person } from '~/lib/data/directory';
import type { Level, QueueEntry } from '~/lib/live/useQueueLive';
import { PersonPicker } from '~/ui/PersonPicker';
import { Unread } from '~/ui/States';

import type { EntryAct, EntryVerb } from './entryCommands';

/** The acts that need to be told something. */
export const ASKING: readonly EntryVerb[] = ['hold', 'leave', 'cancel', 'transfer', 'assign', 'prioritize', 'identify'];

interface Props {
  entry: QueueEntry;
  verb: EntryVerb;
  busy: boolean;
  onClose: () => void;
  onAct: (act: EntryAct) => void;
}

export function EntryDialog({ entry, verb, busy, onClose, onAct }: Props) {
  const { t } = useTranslation(['queue', 'ui', 'words']);
  const [reason, setReason] = useState('');
  const [queue, setQueue] = useState<string | null>(null);
  const [doctor, setDoctor] = useState<string | null>(entry.doctor_id ?? null);
  const [auto, setAuto] = useState(false);
  const [level, setLevel] = useState<Level | null>(null);
  const [person, setPerson] = useState<Person>();
  const queues = useQueues();
  const doctors = useDoctors();
  const withReason = verb === 'hold' || verb === 'leave' || verb === 'cancel' || verb === 'transfer' || verb === 'prioritize';

  const act = (): EntryAct | undefined => {
    const why = reason.trim();
    if (withReason && why === '') return undefined;
    switch (verb) {
      case 'hold': case 'leave': case 'cancel': return { verb, reason: why };
      case 'transfer': return queue ? { verb, queue_id: queue, reason: why } : undefined;
      case 'assign': return auto ? { verb, auto } : doctor ? { verb, doctor_id: doctor } : undefined;
      case 'prioritize': return level ? { verb, level, reason: why } : undefined;
      case 'identify': return person ? { verb, patient_id: person.id } : undefined;
      default: return undefined;
    }
  };
  const ready = act();
  return (
    <Modal opened onClose={onClose} title={`${t(`queue:verb.${verb}`)}: ${entry.ticket.label}`} closeButtonProps={{ 'aria-label': t('ui:close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onAct(ready);
        }}
      >
        <Stack gap="sm">
          <Unread of={verb === 'transfer' ? [queues] : verb === 'assign' ? [doctors] : []} />
          {verb === 'transfer' && (
            <Select label={t('queue:toQueue')} searchable data-autofocus value={queue} onChange={setQueue}
              data={(queues.data ?? []).filter((one) => one.id !== entry.queue_id).map((one) => ({ value: one.id, label: one.name }))} />
          )}
          {verb === 'assign' && (
            <>
              <Checkbox label={t('queue:assignAuto')} checked={auto} onChange={(event) => setAuto(event.currentTarget.checked)} />
              {!auto && (
                <Select label={t('queue:doctor')} searchable data-autofocus value={doctor} onChange={setDoctor}
                  data={(doctors.data ?? []).filter((one) => one.active).map((one) => ({ value: one.id, label: one.display_name }))} />
              )}
            </>
          )}
          {verb === 'prioritize' && (
            <Select label={t('queue:level')} data-autofocus value={level} onChange={(next) => setLevel(next as Level | null)}
              data={(['CRITICAL', 'HIGH', 'MODERATE', 'LOW'] as const).map((one) => ({ value: one, label: t(`words:level.${one}`) }))} />
          )}
          {verb === 'identify' && (
            <>
              <Text size="sm" dir="auto">{entry.visitor?.name}</Text>
              <PersonPicker value={person} onChange={setPerson} autoFocus />
            </>
          )}
          {withReason && (
            <Textarea label={t('ui:reason')} withAsterisk autosize minRows={2} maxLength={1000} value={reason} dir="auto"
              data-autofocus={verb === 'hold' || verb === 'leave' || verb === 'cancel' || undefined}
              onChange={(event) => setReason(event.currentTarget.value)} />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>{t('ui:cancel')}</Button>
            <Button type="submit" disabled={!ready} loading={busy}>{t(`queue:verb.${verb}`)}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
