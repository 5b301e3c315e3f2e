import { Button, Chip, Fieldset, Group, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { yearsSince } from '~/lib/format/useFormat';
import { today } from '~/lib/format/zone';
import type { Level, QueueEntry } from '~/lib/live/useQueueLive';
import { useFacility, useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { Failed } from '~/ui/States';

import { usePatient } from './queries';
import { ReasonField } from './ReasonField';
import { bodyOf, EMPTY, humanized, type TriageValues } from './triage';
import { TriageOutcome } from './TriageResult';
import classes from './triage.module.css';

interface Props {
  entry: QueueEntry;
  onDone: (entry: QueueEntry) => void;
  /** Somebody else changed the entry: the form stays, the entry is read again. */
  onStale: () => void;
}

const CONSCIOUSNESS = ['A', 'C', 'V', 'P', 'U'] as const;
const LEVELS = ['CRITICAL', 'HIGH', 'MODERATE', 'LOW'] as const;
const TYPING_MS = 250;

/** Symptoms and vital signs; level, score and rules stand beside them as one types. */
export function TriageForm({ entry, onDone, onStale }: Props) {
  const { t } = useTranslation('clinical');
  const { t: w } = useTranslation('words');
  const may = useMay();
  const { zone } = useFacility();
  const patient = usePatient(entry.patient_id);
  const [values, setValues] = useState<TriageValues>(EMPTY);
  const set = (change: Partial<TriageValues>) => setValues((before) => ({ ...before, ...change }));
  const [override, setOverride] = useState<{ on: boolean; level: Level | ''; reason: string }>({ on: false, level: '', reason: '' });
  const [asked, setAsked] = useState(false);

  const rules = useQuery({
    queryKey: ['triage-rules'],
    queryFn: ({ signal }) => ok(api.GET('/v1/triage/rules', { signal })),
    staleTime: 600_000,
  });
  const symptoms = useMemo(() => {
    const found = [...(rules.data?.rules ?? []), ...(rules.data?.shifts ?? [])].map((rule) => rule.symptom);
    return [...new Set(found.filter((code): code is string => Boolean(code)))];
  }, [rules.data]);

  const body = bodyOf(values);
  // Asking does not know the record; what is stored does.
  const asking = { ...body };
  if (asking.age_years === undefined && patient.data) asking.age_years = yearsSince(patient.data.birth_date, today(zone));
  if (entry.specialty) asking.specialty = entry.specialty;
  const [question] = useDebouncedValue(JSON.stringify(asking), TYPING_MS);
  const assessed = useQuery({
    queryKey: ['triage-assess', question],
    queryFn: ({ signal }) => ok(api.POST('/v1/triage/assess', { body: JSON.parse(question) as typeof asking, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

  const save = useCommand(
    (input: ReturnType<typeof bodyOf> & { override?: { level: Level; reason: string } }, key) =>
      ok(api.POST('/v1/queue-entries/{id}/triage', { params: { path: { id: entry.id }, header: { ...key, ...ifMatch(entry) } }, body: input })),
    {
      refreshes: [['queue-entry', entry.id], ['doctor-day']],
      onDone,
      onRefused: (error) => {
        if (isProblem(error, 'version-mismatch')) onStale();
        return false;
      },
    },
  );
  const submit = () => {
    setAsked(true);
    if (override.on && (!override.level || !override.reason.trim())) return;
    save.run(override.on && override.level ? { ...body, override: { level: override.level, reason: override.reason.trim() } } : body);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };
  const measure = (name: 'respiratory_rate' | 'spo2' | 'systolic' | 'pulse' | 'temperature_c', min: number, max: number, unit: string) => (
    <NumberInput
      label={t(`vital.${name}`)}
      min={min}
      max={max}
      hideControls
      allowDecimal={name === 'temperature_c'}
      decimalScale={1}
      allowNegative={false}
      inputMode="decimal"
      rightSection={<Unit text={unit} />}
      rightSectionWidth={52}
      value={values[name]}
      onChange={(value) => set({ [name]: value })}
    />
  );
  return (
    <form
      onKeyDown={keys}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className={classes.columns}>
        <Stack gap="md">
          {rules.error && <Failed error={rules.error} retry={() => void rules.refetch()} />}
          <Fieldset legend={t('triage.symptoms')}>
            <Chip.Group multiple value={values.symptoms} onChange={(codes) => set({ symptoms: codes })}>
              <Group gap="xs">
                {symptoms.map((code) => (
                  <Chip key={code} value={code} size="sm" variant="light">
                    {t(`symptom.${code}`, { defaultValue: humanized(code) })}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          </Fieldset>
          <Fieldset legend={t('triage.vitals')}>
            <Stack gap="sm">
              <div className={classes.vitals}>
                {measure('respiratory_rate', 0, 150, '/min')}
                {measure('spo2', 0, 100, '%')}
                {measure('systolic', 0, 400, 'mmHg')}
                {measure('pulse', 0, 400, '/min')}
                {measure('temperature_c', 10, 50, '°C')}
                <NumberInput
                  label={t('triage.pain')}
                  min={0}
                  max={10}
                  hideControls
                  allowDecimal={false}
                  rightSection={<Unit text="0–10" />}
                  rightSectionWidth={52}
                  value={values.pain}
                  onChange={(pain) => set({ pain })}
                />
              </div>
              <Choice
                label={t('vital.consciousness')}
                value={values.consciousness}
                onChange={(value) => set({ consciousness: value as TriageValues['consciousness'] })}
                data={[{ value: '', label: t('triage.notMeasured') }, ...CONSCIOUSNESS.map((code) => ({ value: code, label: t(`consciousness.${code}`) }))]}
              />
              <Choice
                label={t('vital.on_oxygen')}
                value={values.on_oxygen === null ? '' : String(values.on_oxygen)}
                onChange={(value) => set({ on_oxygen: value === '' ? null : value === 'true' })}
                data={[
                  { value: '', label: t('triage.notMeasured') },
                  { value: 'false', label: t('triage.air') },
                  { value: 'true', label: t('triage.oxygen') },
                ]}
              />
              <Choice
                label={t('triage.scale')}
                value={values.spo2_scale}
                onChange={(value) => set({ spo2_scale: value === '2' ? '2' : '1' })}
                data={[
                  { value: '1', label: t('triage.scale1') },
                  { value: '2', label: t('triage.scale2') },
                ]}
              />
              <Group gap="lg" align="flex-end">
                {patient.data?.sex !== 'MALE' && (
                  <Switch label={t('triage.pregnant')} checked={values.pregnant} onChange={(event) => set({ pregnant: event.currentTarget.checked })} />
                )}
                {!entry.patient_id && (
                  <NumberInput
                    label={t('triage.age')}
                    min={0}
                    max={150}
                    hideControls
                    allowDecimal={false}
                    value={values.age_years}
                    onChange={(age_years) => set({ age_years })}
                  />
                )}
              </Group>
            </Stack>
          </Fieldset>
        </Stack>
        <div className={classes.side}>
          <div>
            <Text size="xs" c="dimmed" fw={600} mb={4}>
              {t('triage.preview')}
            </Text>
            {assessed.data ? <TriageOutcome result={assessed.data} stale={assessed.isPlaceholderData} /> : null}
            {assessed.error && <Failed error={assessed.error} retry={() => void assessed.refetch()} />}
          </div>
          {may('triage_override') && (
            <Stack gap="xs">
              <Switch
                label={t('triage.override')}
                checked={override.on}
                onChange={(event) => setOverride({ ...override, on: event.currentTarget.checked })}
              />
              {override.on && (
                <>
                  <Choice
                    label={t('triage.overrideLevel')}
                    value={override.level}
                    onChange={(level) => setOverride({ ...override, level: level as Level })}
                    data={LEVELS.map((level) => ({ value: level, label: w(`level.${level}`) }))}
                    error={asked && !override.level ? t('ui:required') : undefined}
                  />
                  <ReasonField
                    label={t('triage.overrideReason')}
                    value={override.reason}
                    onChange={(reason) => setOverride({ ...override, reason })}
                    error={asked && !override.reason.trim() ? t('ui:required') : undefined}
                  />
                </>
              )}
            </Stack>
          )}
          <Button type="submit" loading={save.busy}>
            {t('triage.save')}
          </Button>
        </div>
      </div>
    </form>
  );
}

function Unit({ text }: { text: string }) {
  return (
    <Text size="xs" c="dimmed" component="span">
      {text}
    </Text>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  data: { value: string; label: string }[];
  error?: string | undefined;
}

/** One of a few, all in sight. */
function Choice({ label, value, onChange, data, error }: ChoiceProps) {
  return (
    <div role="group" aria-label={label}>
      <Text size="sm" fw={500} component="div">
        {label}
      </Text>
      <Chip.Group value={value} onChange={(chosen) => onChange(chosen as string)}>
        <Group gap={6}>
          {data.map((one) => (
            <Chip key={one.value} value={one.value} size="xs" variant="light">
              {one.label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {error && (
        <Text size="xs" c="red">
          {error}
        </Text>
      )}
    </div>
  );
}
