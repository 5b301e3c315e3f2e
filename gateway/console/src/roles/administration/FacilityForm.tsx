import { Button, Checkbox, Group, NumberInput, Stack, TagsInput, Textarea, TextInput, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useCommand } from '~/lib/useCommand';
import { changed, filled, useProblemForm } from '~/lib/useProblemForm';

import classes from './FacilityForm.module.css';

type Facility = Schema<'Facility'>;
type Settings = Schema<'FacilitySettings'>;

const NUMBERS = [
  'day_cap', 'urgent_seats', 'no_show_grace_min', 'max_calls', 'staging_factor', 'prescription_days', 'reservation_h', 'visitor_days',
] as const;

interface Props {
  facility?: Facility;
  onSaved: (facility: Facility) => void;
  onCancel?: () => void;
}

/** The facility's own data and the rules of its day. */
export function FacilityForm({ facility, onSaved, onCancel }: Props) {
  const { t } = useTranslation(['administration', 'ui']);
  const settings: Partial<Settings> = facility?.settings ?? {};
  const before = {
    code: facility?.code ?? '',
    name: facility?.name ?? '',
    zone: facility?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    currency: facility?.currency ?? '',
    locale: facility?.locale ?? '',
    address: facility?.address ?? '',
    phone: facility?.phone ?? '',
    settings: {
      ...Object.fromEntries(NUMBERS.map((name) => [name, settings[name] ?? ''])),
      desk_may_complete: settings.desk_may_complete ?? true,
      reminders_min: (settings.reminders_min ?? []).map(String),
      stock_digest_to: settings.stock_digest_to ?? [],
    } as Record<string, unknown>,
  };
  const form = useProblemForm({ initialValues: before });
  const save = useCommand(
    (values: typeof before, header) => {
      const own = { ...values, settings: sent(values.settings) };
      if (!facility) {
        const { settings: _, ...rest } = own;
        return ok(api.POST('/v1/facilities', { params: { header }, body: filled(rest) as unknown as Schema<'FacilityInput'> }));
      }
      const { settings: fresh, ...rest } = own;
      const patch = { ...changed(before as Record<string, unknown>, rest), settings: changed(sent(before.settings), fresh) };
      return ok(
        api.PATCH('/v1/facilities/{id}', {
          params: { path: { id: facility.id }, header: { ...header, ...ifMatch({ version: facility.version ?? 0 }) } },
          body: patch as never,
        }),
      );
    },
    {
      refreshes: [['facilities']],
      onDone: onSaved,
      onRefused: (error) =>
        form.refuse(error, {
          'already-exists': 'code', 'invalid-code': 'code', 'zone-frozen': 'zone', 'unknown-zone': 'zone', 'invalid-currency': 'currency',
          'invalid-locale': 'locale',
        }),
    },
  );
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.run(values))}>
      <Stack maw={760}>
        <div className={classes.fields}>
          <TextInput label={t('field.code')} required maxLength={10} {...form.getInputProps('code')} />
          <TextInput label={t('field.name')} required maxLength={200} {...form.getInputProps('name')} />
          <TextInput label={t('facilities.zone')} required maxLength={60} placeholder="Asia/Kolkata" {...form.getInputProps('zone')} />
          <TextInput label={t('facilities.currency')} required maxLength={3} placeholder="INR" {...form.getInputProps('currency')} />
          <TextInput label={t('facilities.locale')} required maxLength={40} placeholder="en-IN" {...form.getInputProps('locale')} />
          <TextInput label={t('field.phone')} maxLength={40} {...form.getInputProps('phone')} />
        </div>
        <Textarea label={t('facilities.address')} autosize minRows={2} maxLength={500} {...form.getInputProps('address')} />
        {facility && (
          <>
            <Title order={2} size="h5">
              {t('facilities.settings')}
            </Title>
            <div className={classes.fields}>
              {NUMBERS.map((name) => (
                <NumberInput
                  key={name}
                  label={t(`setting.${name}`)}
                  min={0}
                  allowDecimal={false}
                  {...form.getInputProps(`settings.${name}`)}
                />
              ))}
            </div>
            <Checkbox label={t('setting.desk_may_complete')} {...form.getInputProps('settings.desk_may_complete', { type: 'checkbox' })} />
            <TagsInput
              label={t('setting.reminders_min')}
              description={t('setting.reminders_minMeans')}
              {...form.getInputProps('settings.reminders_min')}
            />
            <TagsInput
              label={t('setting.stock_digest_to')}
              description={t('setting.stock_digest_toMeans')}
              {...form.getInputProps('settings.stock_digest_to')}
            />
          </>
        )}
        <Group justify="flex-end" gap="xs">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {t('ui:cancel')}
            </Button>
          )}
          <Button type="submit" loading={save.busy}>
            {t('ui:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** As the API has them: what was emptied goes back to its default. */
function sent(settings: Record<string, unknown>): Record<string, unknown> {
  const reminders = settings.reminders_min as string[];
  return { ...settings, reminders_min: reminders.map(Number).filter((minutes) => Number.isFinite(minutes)) };
}
