import { Badge, Button, Fieldset, Group, Modal, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ReasonField } from '~/clinical/ReasonField';
import { api, ok, type Schema } from '~/lib/api/client';
import { fieldWords, useWords } from '~/lib/errors/useWords';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone, sayFailed } from '~/ui/say';
import { Loaded } from '~/ui/States';

import { Conflict } from './Conflict';
import classes from './Consultation.module.css';
import { Diagnoses } from './Diagnoses';
import { type Diagnosis, type Path, TEXTS, UNITS } from './note';
import { Prescriptions } from './Prescriptions';
import { usePrescriptions } from './queries';
import { type NoteDraft, useNoteDraft } from './useNoteDraft';

type Consultation = Schema<'Consultation'>;

/** The note while it is written, the prescriptions, and the end of both in one act. */
export function Workspace({ consultation }: { consultation: Consultation }) {
  const { t } = useTranslation('doctor');
  const { t: e } = useTranslation('errors');
  const navigate = useNavigate();
  const draft = useNoteDraft(consultation);
  const prescriptions = usePrescriptions(consultation.id);
  const [ending, setEnding] = useState<'complete' | 'cancel'>();
  const refreshes = [['consultation', consultation.id], ['doctor-day'], ['prescriptions', consultation.id], ['history', consultation.patient_id], ['queue-entry']];
  const complete = useCommand(
    (reason: string, header) =>
      ok(api.POST('/v1/consultations/{id}/complete', {
        params: { path: { id: consultation.id }, header: { ...header, 'If-Match': `"v${draft.version()}"` } },
        body: reason ? { no_diagnosis_reason: reason } : {},
      })),
    {
      refreshes,
      onDone: () => {
        setEnding(undefined);
        sayDone(t('complete.done'));
      },
    },
  );
  const cancel = useCommand(
    (reason: string, header) => ok(api.POST('/v1/consultations/{id}/cancel', { params: { path: { id: consultation.id }, header }, body: { reason } })),
    {
      refreshes,
      onDone: () => {
        sayDone(t('cancel.done'));
        void navigate({ to: '/doctor' });
      },
    },
  );
  const askToComplete = async () => {
    if (await draft.flush()) setEnding('complete');
    else sayFailed(t('complete.notSaved'));
  };
  const fault = (path: Path) => {
    const found = draft.faults[path];
    return found && fieldWords(e, found.rule, found.detail);
  };
  const text = (path: (typeof TEXTS)[number] | 'follow_up.note', rows = 2) => (
    <Conflict path={path} draft={draft}>
      <Textarea
        label={t(`note.${path.replace('.', '_')}`)}
        autosize
        minRows={rows}
        maxRows={16}
        maxLength={10_000}
        dir="auto"
        value={String(draft.fields[path] ?? '')}
        error={fault(path)}
        onChange={(event) => draft.set(path, event.currentTarget.value)}
        onBlur={() => void draft.flush()}
      />
    </Conflict>
  );
  const diagnoses = (draft.fields.diagnoses as Diagnosis[] | undefined) ?? [];
  return (
    <>
      {text('complaint')}
      {text('history', 3)}
      {text('examination', 3)}
      <VitalsFields draft={draft} fault={fault} />
      <Conflict path="diagnoses" draft={draft}>
        <Diagnoses
          value={diagnoses}
          error={fault('diagnoses')}
          onChange={(list) => {
            draft.set('diagnoses', list);
            void draft.flush();
          }}
        />
      </Conflict>
      {text('plan', 3)}
      <Fieldset legend={t('note.follow_up')} p="sm">
        <Stack gap="sm">
          <Conflict path="follow_up.on" draft={draft}>
            <TextInput
              type="date"
              maw={220}
              label={t('note.follow_up_on')}
              value={String(draft.fields['follow_up.on'] ?? '')}
              error={fault('follow_up.on')}
              onChange={(event) => draft.set('follow_up.on', event.currentTarget.value || undefined)}
            />
          </Conflict>
          {text('follow_up.note', 1)}
        </Stack>
      </Fieldset>
      <Prescriptions consultation={consultation} />
      <div className={classes.bar}>
        <SaveBadge draft={draft} />
        <Group gap="xs">
          <Button variant="default" onClick={() => setEnding('cancel')}>
            {t('cancel.ask')}
          </Button>
          <Button onClick={() => void askToComplete()}>{t('complete.ask')}</Button>
        </Group>
      </div>
      <ReasonDialog
        opened={ending === 'cancel'}
        onClose={() => setEnding(undefined)}
        title={t('cancel.title')}
        confirm={t('cancel.confirm')}
        reason
        danger
        busy={cancel.busy}
        onConfirm={cancel.run}
      >
        {t('cancel.body')}
      </ReasonDialog>
      <Modal opened={ending === 'complete'} onClose={() => setEnding(undefined)} title={t('complete.title')}>
        {ending === 'complete' && (
          <Loaded query={prescriptions}>
            {(all) => (
              <Complete
                diagnoses={diagnoses}
                prescriptions={all.filter((one) => one.status === 'DRAFT')}
                busy={complete.busy}
                onClose={() => setEnding(undefined)}
                onConfirm={complete.run}
              />
            )}
          </Loaded>
        )}
      </Modal>
    </>
  );
}

const NUMBERS = [
  ['systolic', 30, 300], ['diastolic', 10, 200], ['pulse', 10, 300], ['respiratory_rate', 1, 100],
  ['spo2', 30, 100], ['temperature_c', 25, 45], ['weight_kg', 0.2, 500], ['height_cm', 20, 260],
] as const;
const CONSCIOUSNESS = ['A', 'C', 'V', 'P', 'U'] as const;

function VitalsFields({ draft, fault }: { draft: NoteDraft; fault: (path: Path) => ReactNode }) {
  const { t } = useTranslation('doctor');
  const { t: c } = useTranslation('clinical');
  const narrow = useMediaQuery('(max-width: 30em)');
  return (
    <Fieldset legend={t('note.vitals')} p={narrow ? 'xs' : 'sm'}>
      <div className={classes.vitals}>
        {NUMBERS.map(([name, min, max]) => (
          <Conflict key={name} path={`vitals.${name}`} draft={draft}>
            <NumberInput
              label={c(`vital.${name}`)}
              hideControls
              min={min}
              max={max}
              clampBehavior="none"
              allowNegative={false}
              allowDecimal={['temperature_c', 'weight_kg', 'height_cm'].includes(name)}
              decimalScale={1}
              rightSectionWidth={52}
              rightSection={
                <Text size="xs" c="dimmed" component="span">
                  {UNITS[name]}
                </Text>
              }
              value={(draft.fields[`vitals.${name}`] as number | undefined) ?? ''}
              error={fault(`vitals.${name}`)}
              onChange={(value) => draft.set(`vitals.${name}`, typeof value === 'number' ? value : undefined)}
              onBlur={() => void draft.flush()}
            />
          </Conflict>
        ))}
        <Conflict path="vitals.consciousness" draft={draft}>
          <Select
            label={c('vital.consciousness')}
            clearable
            data={CONSCIOUSNESS.map((value) => ({ value, label: c(`consciousness.${value}`) }))}
            value={(draft.fields['vitals.consciousness'] as string | undefined) ?? null}
            onChange={(value) => draft.set('vitals.consciousness', value ?? undefined)}
          />
        </Conflict>
        <Conflict path="vitals.on_oxygen" draft={draft}>
          <Select
            label={c('vital.on_oxygen')}
            clearable
            data={[
              { value: 'false', label: c('triage.air') },
              { value: 'true', label: c('triage.oxygen') },
            ]}
            value={draft.fields['vitals.on_oxygen'] === undefined ? null : String(draft.fields['vitals.on_oxygen'])}
            onChange={(value) => draft.set('vitals.on_oxygen', value === null ? undefined : value === 'true')}
          />
        </Conflict>
      </div>
    </Fieldset>
  );
}

const STATE_COLORS = { saved: 'teal', typing: 'gray', saving: 'blue', failed: 'red' } as const;

function SaveBadge({ draft }: { draft: NoteDraft }) {
  const { t } = useTranslation('doctor');
  const words = useWords();
  const format = useFormat();
  const conflicts = Object.keys(draft.conflicts).length;
  return (
    <Group gap="xs" role="status">
      <Badge color={conflicts > 0 ? 'orange' : STATE_COLORS[draft.state]} variant="light" data-save={conflicts > 0 ? 'conflict' : draft.state}>
        {conflicts > 0 ? t('save.conflict', { count: conflicts }) : t(`save.${draft.state}`, { time: format.time(draft.savedAt) })}
      </Badge>
      {draft.state === 'failed' && draft.error !== undefined && (
        <Text size="sm" c="red">
          {words(draft.error)}
        </Text>
      )}
    </Group>
  );
}

interface CompleteProps {
  diagnoses: readonly Diagnosis[];
  prescriptions: readonly Schema<'Prescription'>[];
  busy: boolean;
  onClose: () => void;
  onConfirm: (reason: string) => void;
}

/** What will be final and issued; without a diagnosis, why. */
function Complete({ diagnoses, prescriptions, busy, onClose, onConfirm }: CompleteProps) {
  const { t } = useTranslation('doctor');
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const missing = diagnoses.length === 0 && !reason.trim();
  const items = prescriptions.flatMap((one) => one.items);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (!missing) onConfirm(reason.trim());
      }}
    >
      <Stack gap="md">
        {diagnoses.length > 0 ? (
          <Text size="sm" component="div">
            {t('complete.diagnoses')}
            <ul>
              {diagnoses.map((one) => (
                <li key={`${one.code} ${one.text}`} dir="auto">
                  {[one.code, one.text].filter(Boolean).join(' ')}
                </li>
              ))}
            </ul>
          </Text>
        ) : (
          <ReasonField label={t('complete.noDiagnosis')} value={reason} onChange={setReason} error={asked && missing ? t('ui:required') : undefined} />
        )}
        <Text size="sm" component="div">
          {items.length > 0 ? t('complete.issues', { count: items.length }) : t('complete.noPrescription')}
          <ul>
            {items.map((item) => (
              <li key={item.item_id} dir="auto">
                {[item.medicine.name, item.medicine.strength, `× ${item.quantity}`].filter(Boolean).join(' ')}
              </li>
            ))}
          </ul>
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('ui:back')}
          </Button>
          <Button type="submit" loading={busy} data-autofocus={diagnoses.length > 0 || undefined}>
            {t(items.length > 0 ? 'complete.confirmIssue' : 'complete.confirm')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
