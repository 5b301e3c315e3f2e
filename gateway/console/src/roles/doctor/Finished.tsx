import { Button, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { sayDone } from '~/ui/say';

import classes from './Consultation.module.css';
import { TEXTS, UNITS, VITALS } from './note';
import { Prescriptions } from './Prescriptions';

type Consultation = Schema<'Consultation'>;

/** A note to be read; once completed it only grows by addenda and further prescriptions. */
export function Finished({ consultation, mine }: { consultation: Consultation; mine: boolean }) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  return (
    <>
      <Paper withBorder p="md">
        <NoteRead consultation={consultation} />
      </Paper>
      {consultation.status_reason && (
        <Text size="sm" dir="auto">
          {t('cancel.because', { reason: consultation.status_reason })}
        </Text>
      )}
      {consultation.addenda.length > 0 && (
        <section aria-label={t('addendum.title')}>
          <Text fw={600} size="sm" component="h2" mt={0} mb="xs">
            {t('addendum.title')}
          </Text>
          <Stack gap="xs">
            {consultation.addenda.map((one) => (
              <Paper key={`${one.at} ${one.by}`} withBorder p="sm">
                <Text size="xs" c="dimmed">
                  {format.dateTime(one.at)}
                </Text>
                <Text size="sm" dir="auto" className={classes.theirs}>
                  {one.text}
                </Text>
              </Paper>
            ))}
          </Stack>
        </section>
      )}
      {mine && consultation.status === 'COMPLETED' && <AddAddendum consultation={consultation} />}
      {consultation.status !== 'CANCELLED' && (mine || consultation.prescriptions.length > 0) && <Prescriptions consultation={consultation} />}
    </>
  );
}

function NoteRead({ consultation }: { consultation: Consultation }) {
  const { t } = useTranslation('doctor');
  const { t: c } = useTranslation('clinical');
  const format = useFormat();
  const { note } = consultation;
  const vitals = VITALS.flatMap((name) => {
    const value = note.vitals?.[name];
    if (value === undefined || value === null || name === 'spo2_scale') return [];
    const words =
      typeof value === 'number' ? format.decimal(value) : typeof value === 'boolean' ? c(value ? 'triage.oxygen' : 'triage.air') : c(`consciousness.${value}`);
    return [[c(`vital.${name}`), words, UNITS[name]].filter(Boolean).join(' ')];
  });
  const rows: [string, string][] = [];
  for (const name of TEXTS.slice(0, 3)) if (note[name]) rows.push([t(`note.${name}`), note[name]]);
  if (vitals.length > 0) rows.push([t('note.vitals'), vitals.join(' · ')]);
  if (note.diagnoses.length > 0) rows.push([t('note.diagnoses'), note.diagnoses.map((one) => [one.code, one.text].filter(Boolean).join(' ')).join('\n')]);
  if (consultation.no_diagnosis_reason) rows.push([t('complete.noDiagnosis'), consultation.no_diagnosis_reason]);
  if (note.plan) rows.push([t('note.plan'), note.plan]);
  const follow = [format.day(note.follow_up?.on), note.follow_up?.note].filter(Boolean).join(': ');
  if (follow) rows.push([t('note.follow_up'), follow]);
  if (rows.length === 0) return <Text size="sm" c="dimmed">{t('note.nothing')}</Text>;
  return (
    <dl className={classes.terms}>
      {rows.map(([name, words]) => [
        <dt key={`${name} term`}>{name}</dt>,
        <dd key={name} dir="auto">
          {words}
        </dd>,
      ])}
    </dl>
  );
}

function AddAddendum({ consultation }: { consultation: Consultation }) {
  const { t } = useTranslation('doctor');
  const [text, setText] = useState('');
  const add = useCommand(
    (words: string, header) => ok(api.POST('/v1/consultations/{id}/addenda', { params: { path: { id: consultation.id }, header }, body: { text: words } })),
    {
      refreshes: [['consultation', consultation.id], ['history', consultation.patient_id]],
      onDone: () => {
        setText('');
        sayDone(t('addendum.done'));
      },
    },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) add.run(text.trim());
      }}
    >
      <Stack gap="xs">
        <Textarea label={t('addendum.add')} autosize minRows={2} maxLength={10_000} dir="auto" value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Group justify="flex-end">
          <Button size="xs" type="submit" variant="light" disabled={!text.trim()} loading={add.busy}>
            {t('addendum.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
