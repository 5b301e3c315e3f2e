import { Alert, Button, Group, NativeSelect, NumberInput, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconPackage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { Facts } from '~/ui/Facts';
import { sayDone } from '~/ui/say';
import { Unread } from '~/ui/States';

import classes from './HandOver.module.css';
import { MedicinePicker } from './MedicinePicker';
import { actsOf, type Item, nameOf, obtainable, PHARMACY, type Prescription, reservedFor, type Validation } from './prescription';

type Medicine = Schema<'Medicine'>;
type Checked = Validation['lines'][number];

/** What the pharmacist wants of one line; undefined: what is usual (all that can be had, from the lots that expire first). */
interface Wish {
  quantity?: number | undefined;
  lot?: string | undefined;
  medicine?: Medicine | undefined;
}

export function HandOver({ prescription }: { prescription: Prescription }) {
  const { t } = useTranslation('pharmacy');
  const [wishes, setWishes] = useState<Record<string, Wish>>({});
  const [checked, setChecked] = useState<Validation>();
  const [note, setNote] = useState('');
  const acts = useHandOver(prescription, setChecked, () => setWishes({}));
  const open = prescription.items.filter((item) => item.remaining > 0);
  const quantity = (item: Item) => wishes[item.item_id]?.quantity ?? obtainable(item);
  const lines = open.flatMap((item) => {
    const lot = wishes[item.item_id]?.lot;
    return quantity(item) > 0 ? [{ item_id: item.item_id, quantity: quantity(item), ...(lot ? { lot_id: lot } : {}) }] : [];
  });
  const whole = open.every((item) => quantity(item) === item.remaining);
  const mapped = open.flatMap((item) => {
    const medicine = wishes[item.item_id]?.medicine;
    return medicine ? [{ item_id: item.item_id, medicine_id: medicine.id }] : [];
  });
  const wish = (item: Item, change: Wish) =>
    setWishes((before) => ({ ...before, [item.item_id]: { ...before[item.item_id], ...change } }));
  const may = actsOf(prescription);

  return (
    <Paper withBorder p="md" component="form" onSubmit={(event) => {
      event.preventDefault();
      acts.dispense.run({ lines, ...(note.trim() ? { note: note.trim() } : {}) });
    }}>
      <Title order={2} size="h5" mb="sm">
        {t('handOver.title')}
      </Title>
      {checked && <CheckedNotice checked={checked} items={prescription.items} />}
      <Stack gap={0}>
        {open.map((item) => (
          <Line
            key={item.item_id}
            item={item}
            checked={checked?.lines.find((line) => line.item_id === item.item_id)}
            wish={wishes[item.item_id] ?? {}}
            quantity={quantity(item)}
            onWish={(change) => wish(item, change)}
          />
        ))}
      </Stack>
      <Textarea
        label={t('handOver.note')}
        mt="sm"
        autosize
        minRows={1}
        maxLength={1000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="md" gap="xs">
        <Button
          variant="default"
          leftSection={<IconCheck size={16} aria-hidden />}
          loading={acts.validate.busy}
          onClick={() => acts.validate.run({ ...(mapped.length > 0 ? { lines: mapped } : {}) })}
        >
          {t('act.validate')}
        </Button>
        {may.ready && (
          <Button variant="default" loading={acts.ready.busy} onClick={() => acts.ready.run({})}>
            {t('act.ready')}
          </Button>
        )}
        <Button type="submit" leftSection={<IconPackage size={16} aria-hidden />} disabled={lines.length === 0} loading={acts.dispense.busy}>
          {whole ? t('act.dispense') : t('act.dispensePart')}
        </Button>
      </Group>
    </Paper>
  );
}

function useHandOver(prescription: Prescription, onChecked: (checked: Validation | undefined) => void, onHandedOver: () => void) {
  const { t } = useTranslation('pharmacy');
  const { id } = prescription;
  const validate = useCommand(
    (body: Schema<'ValidateInput'>, header) =>
      ok(api.POST('/v1/pharmacy/prescriptions/{id}/validate', { params: { path: { id }, header }, body })),
    { refreshes: PHARMACY, onDone: onChecked },
  );
  const ready = useCommand(
    (_: object, header) => ok(api.POST('/v1/pharmacy/prescriptions/{id}/ready', { params: { path: { id }, header }, body: {} })),
    { refreshes: PHARMACY, onDone: () => sayDone(t('done.ready')) },
  );
  const dispense = useCommand(
    (body: Schema<'DispenseInput'>, header) =>
      ok(
        api.POST('/v1/pharmacy/prescriptions/{id}/dispense', {
          // Not what somebody changed since the screen showed it.
          params: { path: { id }, header: { ...header, ...ifMatch(prescription) } },
          body,
        }),
      ),
    {
      refreshes: PHARMACY,
      onDone: () => {
        sayDone(t('done.dispense'));
        onChecked(undefined);
        onHandedOver();
      },
      onRefused: (error) => {
        if (!isProblem(error, 'insufficient-stock') || !Array.isArray(error.body.lines)) return false;
        onChecked({ ok: false, lines: error.body.lines as Checked[] });
        return true;
      },
    },
  );
  return { validate, ready, dispense };
}

/** What the check found, line by line. */
function CheckedNotice({ checked, items }: { checked: Validation; items: readonly Item[] }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  if (checked.ok) {
    return (
      <Alert color="teal" variant="light" icon={<IconCheck aria-hidden />} role="status" mb="sm">
        {t('handOver.reserved')}
      </Alert>
    );
  }
  const name = (line: Checked) => nameOf(items.find((item) => item.item_id === line.item_id)?.medicine ?? { name: '' });
  return (
    <Alert color="orange" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert" title={t('handOver.short')} mb="sm">
      <ul className={classes.short}>
        {checked.lines
          .filter((line) => line.code)
          .map((line) => (
            <li key={line.item_id} dir="auto">
              {line.code === 'unmapped'
                ? t('handOver.unmappedLine', { medicine: name(line) })
                : t('handOver.shortLine', {
                    medicine: name(line),
                    missing: format.number(line.shortage),
                    available: format.number(line.available),
                  })}
            </li>
          ))}
      </ul>
    </Alert>
  );
}

interface LineProps {
  item: Item;
  checked: Checked | undefined;
  wish: Wish;
  quantity: number;
  onWish: (change: Wish) => void;
}

function Line({ item, checked, wish, quantity, onWish }: LineProps) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const name = nameOf(item.medicine);
  const reserved = item.reserved.length > 0 ? item.reserved : (checked?.allocations ?? []);
  return (
    <div className={classes.line}>
      <div className={classes.what}>
        <Text fw={600} dir="auto">
          {name}
        </Text>
        <Text size="sm" dir="auto">
          {[item.dose, item.route, item.frequency, item.duration_days && t('item.days', { count: item.duration_days })].filter(Boolean).join(' · ')}
        </Text>
        {item.instructions && (
          <Text size="sm" c="dimmed" dir="auto">
            {item.instructions}
          </Text>
        )}
        {reserved.length > 0 && (
          <Text size="xs" c="dimmed">
            {t('item.fromLots')}{' '}
            {reserved
              .map((one) => t('item.lot', { lot: one.lot_number, quantity: format.number(one.quantity), expires: format.day(one.expires_on) }))
              .join('; ')}
          </Text>
        )}
      </div>
      <Facts
        inline
        rows={[
          [t('item.prescribed'), format.number(item.quantity)],
          [t('item.handedOver'), item.dispensed > 0 ? format.number(item.dispensed) : undefined],
          [t('item.remaining'), format.number(item.remaining)],
          [t('item.available'), item.medicine_id ? format.number(item.available + reservedFor(item)) : undefined],
        ]}
      />
      <div className={classes.wish}>
        {item.medicine_id ? (
          <>
            <NumberInput
              label={t('field.quantity')}
              aria-label={t('item.quantity', { medicine: name })}
              labelProps={{ className: classes.quantityLabel }}
              min={0}
              max={item.remaining}
              allowDecimal={false}
              value={quantity}
              error={quantity > obtainable(item) ? t('item.tooMuch') : undefined}
              onChange={(value) => onWish({ quantity: Number(value) || 0 })}
            />
            <LotSelect medicineId={item.medicine_id} medicine={name} value={wish.lot ?? ''} onChange={(lot) => onWish({ lot })} />
          </>
        ) : (
          <MedicinePicker
            label={t('item.map', { medicine: name })}
            start={item.medicine.name}
            value={wish.medicine}
            onChange={(medicine) => onWish({ medicine })}
          />
        )}
      </div>
    </div>
  );
}

/** Usually what expires first; another lot when the pharmacist has a reason. */
function LotSelect({ medicineId, medicine, value, onChange }: { medicineId: string; medicine: string; value: string; onChange: (lot: string | undefined) => void }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const lots = useQuery({
    queryKey: ['pharmacy', 'lots', medicineId],
    queryFn: ({ signal }) =>
      ok(api.GET('/v1/pharmacy/medicines/{id}/lots', { params: { path: { id: medicineId }, query: { limit: 200 } }, signal })),
  });
  const usable = lots.data?.items.filter((lot) => lot.status === 'AVAILABLE' && !lot.expired && lot.on_hand > 0) ?? [];
  if (usable.length < 2 && !value) return <Unread of={[lots]} />;
  return (
    <NativeSelect
      label={t('field.lot')}
      aria-label={t('item.lotOf', { medicine })}
      labelProps={{ className: classes.quantityLabel }}
      value={value}
      data={[
        { value: '', label: t('item.firstExpiry') },
        ...usable.map((lot) => ({
          value: lot.id,
          label: t('item.lot', { lot: lot.lot_number, quantity: format.number(lot.on_hand - lot.reserved), expires: format.day(lot.expires_on) }),
        })),
      ]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
