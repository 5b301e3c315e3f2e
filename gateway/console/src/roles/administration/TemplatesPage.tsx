import { Button, Group, NativeSelect, Paper, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { ApiError } from '~/lib/api/problem';
import { LANGUAGES } from '~/lib/i18n';
import { useCommand } from '~/lib/useCommand';
import { useProblemForm } from '~/lib/useProblemForm';
import chart from '~/ui/ChartCard.module.css';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';

import classes from './TemplatesPage.module.css';

type Wording = Schema<'NotificationWording'>;
type Name = Schema<'NotificationTemplate'>;
export const TEMPLATES: Name[] = [
  'appointment-booked', 'appointment-moved', 'appointment-cancelled', 'appointment-reminder', 'appointment-reinstated', 'prescription-issued',
  'prescription-ready', 'prescription-dispensed', 'account-verify', 'account-invite', 'account-reset', 'stock-digest',
];

/** The words of every mail in every language, with the mail as it would look. */
export function TemplatesPage() {
  const { t } = useTranslation(['administration', 'app']);
  const [name, setName] = useState<Name>('appointment-booked');
  const [language, setLanguage] = useState<Schema<'NotificationLanguage'>>('en');
  const query = useQuery({
    queryKey: ['templates', name, language],
    queryFn: ({ signal }) => ok(api.GET('/v1/notification-templates/{name}/{language}', { params: { path: { name, language } }, signal })),
    refetchOnWindowFocus: false,
  });
  return (
    <Page title={t('nav.templates')}>
      <Group align="flex-end" gap="xs">
        <NativeSelect
          label={t('templates.which')}
          value={name}
          data={TEMPLATES.map((value) => ({ value, label: t(`template.${value}`) }))}
          onChange={(event) => setName(event.currentTarget.value as Name)}
        />
        <NativeSelect
          label={t('templates.language')}
          value={language}
          data={LANGUAGES.map((value) => ({ value, label: t(`app:languages.${value}`) }))}
          onChange={(event) => setLanguage(event.currentTarget.value as typeof language)}
        />
      </Group>
      <Loaded query={query} rows={8}>
        {(wording) => <Editor key={`${wording.name} ${wording.language}`} wording={wording} />}
      </Loaded>
    </Page>
  );
}

const wordsOf = ({ subject, body }: Wording) => ({ subject, body });

function Editor({ wording }: { wording: Wording }) {
  const { t } = useTranslation(['administration', 'ui']);
  const queries = useQueryClient();
  const body = useRef<HTMLTextAreaElement>(null);
  const form = useProblemForm({ initialValues: wordsOf(wording) });
  // What is typed stays typed: newer words take its place only where nothing was typed; whoever was told of them may save over them.
  const [known, setKnown] = useState(wording);
  const told = useRef(false);
  useEffect(() => {
    if (wording.version === known.version) return;
    if (form.isDirty() && !told.current) return;
    if (!form.isDirty()) form.setValues(wordsOf(wording));
    form.resetDirty(wordsOf(wording));
    told.current = false;
    setKnown(wording);
  }, [wording, known, form]);
  const path = { name: wording.name, language: wording.language };
  const save = useCommand(
    (words: { subject: string; body: string }, header) =>
      ok(
        api.PUT('/v1/notification-templates/{name}/{language}', { params: { path, header: { ...header, ...ifMatch(known) } }, body: words }),
      ),
    {
      refreshes: [['templates', wording.name]],
      onDone: (saved) => {
        queries.setQueryData(['templates', wording.name, wording.language], saved);
        form.resetDirty(wordsOf(saved));
        setKnown(saved);
        sayDone(t('saved'));
      },
      onRefused: (error) => {
        told.current = error instanceof ApiError && error.status === 412;
        return form.refuse(error);
      },
    },
  );
  const insert = (value: string) => {
    const field = body.current;
    const { body: text } = form.getValues();
    const at = field?.selectionStart ?? text.length;
    const end = field?.selectionEnd ?? at;
    form.setFieldValue('body', `${text.slice(0, at)}{{${value}}}${text.slice(end)}`);
    field?.focus();
  };
  return (
    <div className={chart.pair}>
      <Paper withBorder p="md" component="section" aria-label={t('templates.words')}>
        <form noValidate onSubmit={form.onSubmit((values) => save.run(values))}>
          <Stack>
            <Group justify="space-between">
              <Title order={2} size="h5">
                {t('templates.words')}
              </Title>
              <Text size="sm" c="dimmed">
                {known.customized ? t('templates.own') : t('templates.default')}
              </Text>
            </Group>
            <TextInput label={t('templates.subject')} required maxLength={200} dir="auto" {...form.getInputProps('subject')} />
            <Textarea label={t('templates.body')} required autosize minRows={8} maxRows={20} maxLength={5000} dir="auto" ref={body} {...form.getInputProps('body')} />
            <div>
              <Text size="sm" mb={4}>
                {t('templates.values')}
              </Text>
              <Group gap={6}>
                {wording.values.map((value) => (
                  <Button key={value} size="compact-xs" variant="default" onClick={() => insert(value)}>
                    {`{{${value}}}`}
                    {wording.required.includes(value) && ' *'}
                  </Button>
                ))}
              </Group>
              {wording.required.length > 0 && (
                <Text size="xs" c="dimmed" mt={4}>
                  {t('templates.required')}
                </Text>
              )}
            </div>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => form.setValues(wording.default)}>
                {t('templates.toDefault')}
              </Button>
              <Button type="submit" loading={save.busy}>
                {t('ui:save')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
      <Preview wording={wording} subject={form.values.subject} body={form.values.body} />
    </div>
  );
}

function Preview({ wording, subject, body }: { wording: Wording; subject: string; body: string }) {
  const { t } = useTranslation('administration');
  const [words] = useDebouncedValue({ subject, body }, 400);
  const path = { name: wording.name, language: wording.language };
  const query = useQuery({
    queryKey: ['templates', wording.name, wording.language, 'preview', words],
    queryFn: ({ signal }) =>
      ok(api.POST('/v1/notification-templates/{name}/{language}/preview', { params: { path }, body: words, signal })),
    placeholderData: (before) => before,
  });
  return (
    <Paper withBorder p="md" component="section" aria-label={t('templates.preview')}>
      <Title order={2} size="h5" mb="sm">
        {t('templates.preview')}
      </Title>
      <Loaded query={query}>
        {(mail) => (
          <div lang={wording.language} dir="auto">
            <Text fw={600}>{mail.subject}</Text>
            <pre className={classes.mail}>{mail.text}</pre>
          </div>
        )}
      </Loaded>
    </Paper>
  );
}
