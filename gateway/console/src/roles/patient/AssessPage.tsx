import { Alert, Button, Checkbox, Stack, Text, Title } from '@mantine/core';
import { IconAmbulance } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';

import classes from './Patient.module.css';
import { WithRecord } from './WithRecord';

type Rules = Schema<'TriageRules'>;
type Assessment = Schema<'Assessment'>;
const LEVELS = ['CRITICAL', 'HIGH', 'MODERATE', 'LOW'] as const;
const STEPS = Array.from({ length: 11 }, (_, step) => step);

/** The clinic's questions about a complaint; how soon one should be seen comes from its rules [QUE-13]. */
export function AssessPage() {
  const { t } = useTranslation('patient');
  const rules = useQuery({
    queryKey: ['triage-rules'],
    queryFn: ({ signal }) => ok(api.GET('/v1/triage/rules', { signal })),
    staleTime: 300_000,
  });
  const [result, setResult] = useState<Assessment>();
  return (
    <Page title={t('assess.title')}>
      <Stack gap="md" className={classes.column}>
        <WithRecord>
          {() =>
            result ? (
              <Result result={result} onAgain={() => setResult(undefined)} />
            ) : (
              <Loaded query={rules}>{(set) => <Questions rules={set} onDone={setResult} />}</Loaded>
            )
          }
        </WithRecord>
      </Stack>
    </Page>
  );
}

function Questions({ rules, onDone }: { rules: Rules; onDone: (result: Assessment) => void }) {
  const { t } = useTranslation('patient');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [pain, setPain] = useState(0);
  const [pregnant, setPregnant] = useState(false);
  const assess = useCommand(
    (body: Schema<'AssessInput'>, header) => ok(api.POST('/v1/triage/assess', { params: { header }, body })),
    { onDone },
  );
  const groups = LEVELS.map((level) => ({
    level,
    symptoms: [...new Set(rules.rules.flatMap((rule) => (rule.level === level && rule.symptom ? [rule.symptom] : [])))],
  })).filter((group) => group.symptoms.length > 0);
  const urgent = groups.some(({ level, symptoms }) => level === 'CRITICAL' && symptoms.some((one) => chosen.has(one)));
  const toggle = (symptom: string) => {
    const next = new Set(chosen);
    if (!next.delete(symptom)) next.add(symptom);
    setChosen(next);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        assess.run({ symptoms: [...chosen], pain, ...(pregnant ? { pregnant } : {}) });
      }}
    >
      <Stack gap="lg">
        <Text size="sm">{t('assess.intro')}</Text>
        {groups.map(({ level, symptoms }) => (
          <fieldset key={level} className={classes.answers}>
            <legend>{t(`assess.group.${level}`)}</legend>
            <Stack gap="xs">
              {symptoms.map((symptom) => (
                <Checkbox
                  key={symptom}
                  className={classes.answer ?? ''}
                  label={t(`symptom.${symptom}`, { defaultValue: symptom.replaceAll('_', ' ').toLocaleLowerCase() })}
                  checked={chosen.has(symptom)}
                  onChange={() => toggle(symptom)}
                />
              ))}
              {level === 'CRITICAL' && urgent && <Emergency />}
            </Stack>
          </fieldset>
        ))}
        <Pain value={pain} onChange={setPain} />
        <Checkbox
          className={classes.answer ?? ''}
          label={t('assess.pregnant')}
          checked={pregnant}
          onChange={(event) => setPregnant(event.currentTarget.checked)}
        />
        <Button type="submit" size="md" loading={assess.busy}>
          {t('assess.submit')}
        </Button>
      </Stack>
    </form>
  );
}

function Emergency() {
  const { t } = useTranslation('patient');
  return (
    <Alert color="red" variant="filled" role="alert" icon={<IconAmbulance aria-hidden />} title={t('assess.emergencyTitle')}>
      {t('assess.emergency')}
    </Alert>
  );
}

/** A radio group of eleven: one tap, or the arrow keys. */
function Pain({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const group = useRef<HTMLDivElement>(null);
  const go = (to: number) => {
    const next = Math.min(10, Math.max(0, to));
    onChange(next);
    group.current?.querySelectorAll<HTMLElement>('[role="radio"]')[next]?.focus();
  };
  return (
    <fieldset className={classes.answers}>
      <legend id="assess-pain">{t('assess.pain')}</legend>
      <div
        ref={group}
        className={classes.pain}
        role="radiogroup"
        aria-labelledby="assess-pain"
        onKeyDown={(event) => {
          const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          go(value + by);
        }}
      >
        {STEPS.map((step) => (
          <button
            key={step}
            type="button"
            role="radio"
            aria-checked={step === value}
            tabIndex={step === value ? 0 : -1}
            onClick={() => onChange(step)}
          >
            {format.number(step)}
          </button>
        ))}
      </div>
      <Text size="xs" c="dimmed" mt={4}>
        {t('assess.painScale')}
      </Text>
    </fieldset>
  );
}

function Result({ result, onAgain }: { result: Assessment; onAgain: () => void }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { level, assessment_id: id } = result;
  return (
    <Stack gap="md">
      <Title order={2} size="h4" tabIndex={-1} ref={heading}>
        {t(`assess.result.${level}`)}
      </Title>
      {level === 'CRITICAL' ? (
        <Emergency />
      ) : (
        <>
          <Text>{t(`assess.about.${level}`)}</Text>
          <Text size="sm" c="dimmed">
            {t('assess.valid', { time: format.time(result.valid_until) })}
          </Text>
          <ButtonLink size="md" to="/patient/book" search={id ? { assessment: id } : {}}>
            {t('assess.book')}
          </ButtonLink>
        </>
      )}
      <Button variant="subtle" onClick={onAgain}>
        {t('assess.again')}
      </Button>
      <Text size="sm" c="dimmed">
        {t('assess.worse')}
      </Text>
    </Stack>
  );
}
