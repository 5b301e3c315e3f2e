import { ActionIcon, Autocomplete, Button, Combobox, Fieldset, Group, Loader, NumberInput, Stack, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFileText, IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type KeyboardEvent, type Ref } from 'react';
import { useTranslation } from 'react-i18next';

import { api, download, ifMatch, ok, type Schema } from '~/lib/api/client';
import { ApiError } from '~/lib/api/problem';
import { fieldWords, useWords } from '~/lib/errors/useWords';
import { useFormat } from '~/lib/format/useFormat';
import { useMe } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone, sayFailed } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import classes from './Consultation.module.css';
import { usePrescriptions } from './queries';

type Prescription = Schema<'Prescription'>;
type Item = Prescription['items'][number];
type ItemInput = Schema<'PrescriptionItemInput'>;

/** As it goes back to the API: a worked out quantity is worked out again. */
function inputOf(item: Item): ItemInput {
  return {
    ...(item.medicine_id ? { medicine_id: item.medicine_id } : {}),
    medicine: item.medicine,
    dose: item.dose,
    frequency: item.frequency,
    ...(item.route ? { route: item.route } : {}),
    ...(item.duration_days ? { duration_days: item.duration_days } : {}),
    ...(item.quantity_derived ? {} : { quantity: item.quantity }),
    ...(item.instructions ? { instructions: item.instructions } : {}),
  } as ItemInput;
}

/** The draft that is written line by line, each line saved at once, and what was issued with how far the pharmacy is. */
export function Prescriptions({ consultation }: { consultation: Schema<'Consultation'> }) {
  const { t } = useTranslation('doctor');
  const { doctor_id: own } = useMe();
  const query = usePrescriptions(consultation.id);
  const refreshes = [['prescriptions', consultation.id], ['consultation', consultation.id]];
  const writing = consultation.doctor_id === own && consultation.status !== 'CANCELLED';
  const write = useCommand(
    ({ draft, items }: { draft: Prescription | undefined; items: ItemInput[] }, header): Promise<unknown> => {
      if (!draft) return ok(api.POST('/v1/prescriptions', { params: { header }, body: { consultation_id: consultation.id, items } }));
      const params = { path: { id: draft.id }, header: { ...header, ...ifMatch(draft) } };
      if (items.length === 0) return ok(api.POST('/v1/prescriptions/{id}/cancel', { params, body: { reason: t('rx.emptied') } }));
      return ok(api.PATCH('/v1/prescriptions/{id}', { params, body: { items } }));
    },
    { refreshes },
  );
  const issue = useCommand(
    (draft: Prescription, header) => ok(api.POST('/v1/prescriptions/{id}/issue', { params: { path: { id: draft.id }, header: { ...header, ...ifMatch(draft) } } })),
    { refreshes, onDone: (fresh) => sayDone(t('rx.issued', { number: fresh.number })) },
  );
  return (
    <Fieldset legend={t('rx.title')} p="sm">
      <Loaded query={query} rows={1}>
        {(all) => {
          const draft = all.find((one) => one.status === 'DRAFT');
          const items = draft?.items ?? [];
          return (
            <Stack gap="sm">
              {all
                .filter((one) => one.status !== 'DRAFT' && (one.status !== 'CANCELLED' || one.issued_at))
                .map((one) => (
                  <Issued key={one.id} prescription={one} mine={one.doctor_id === own} refreshes={refreshes} />
                ))}
              {items.length > 0 && (
                <ul className={classes.list} aria-label={t('rx.lines')}>
                  {items.map((item, index) => (
                    <li key={item.item_id} className={classes.item}>
                      <Line item={item} />
                      {writing && (
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          aria-label={t('rx.remove', { name: item.medicine.name })}
                          disabled={write.busy}
                          onClick={() => write.run({ draft, items: items.filter((_, at) => at !== index).map(inputOf) })}
                        >
                          <IconX size={16} aria-hidden />
                        </ActionIcon>
                      )}
                    </li>
                  ))}
                </ul>
              )}
              {writing && <AddLine draft={draft} consultationId={consultation.id} refreshes={refreshes} />}
              {writing && draft && consultation.status === 'COMPLETED' && (
                <Group justify="flex-end">
                  <Button loading={issue.busy} onClick={() => issue.run(draft)}>
                    {t('rx.issue')}
                  </Button>
                </Group>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </Fieldset>
  );
}

function Line({ item }: { item: Item }) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  return (
    <div>
      <Text size="sm" fw={500} dir="auto">
        {[item.medicine.name, item.medicine.strength, item.medicine.form].filter(Boolean).join(' ')}
      </Text>
      <Text size="xs" c="dimmed" dir="auto">
        {[
          item.dose,
          item.route,
          item.frequency,
          item.duration_days ? t('rx.days', { count: item.duration_days }) : '',
          t(item.quantity_derived ? 'rx.quantityDerived' : 'rx.quantityOf', { quantity: format.number(item.quantity) }),
          item.instructions,
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </div>
  );
}

function Issued({ prescription, mine, refreshes }: { prescription: Prescription; mine: boolean; refreshes: readonly (readonly unknown[])[] }) {
  const { t } = useTranslation('doctor');
  const { t: w } = useTranslation('words');
  const words = useWords();
  const [asked, setAsked] = useState(false);
  const cancel = useCommand(
    (reason: string, header) =>
      ok(api.POST('/v1/prescriptions/{id}/cancel', { params: { path: { id: prescription.id }, header: { ...header, ...ifMatch(prescription) } }, body: { reason } })),
    { refreshes, onDone: () => setAsked(false) },
  );
  const open = ['ISSUED', 'ON_HOLD'].includes(prescription.status) && !['FULL', 'SHORT'].includes(prescription.fulfilment);
  return (
    <section className={classes.side} aria-label={prescription.number}>
      <Group justify="space-between">
        <Group gap="xs">
          <Text size="sm" fw={600}>
            {prescription.number}
          </Text>
          <Status value={prescription.status} />
          <Text size="xs" c="dimmed">
            {w(`fulfilment.${prescription.fulfilment}`)}
          </Text>
        </Group>
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconFileText size={14} aria-hidden />}
            onClick={() => {
              download(`/v1/prescriptions/${prescription.id}/document.pdf`, `${prescription.number}.pdf`).catch((error: unknown) => sayFailed(words(error)));
            }}
          >
            {t('rx.document')}
          </Button>
          {mine && open && (
            <Button size="compact-sm" variant="default" color="red" onClick={() => setAsked(true)}>
              {t('rx.cancel')}
            </Button>
          )}
        </Group>
      </Group>
      <ul className={classes.list}>
        {prescription.items.map((item) => (
          <li key={item.item_id}>
            <Line item={item} />
          </li>
        ))}
      </ul>
      {prescription.status_reason && (
        <Text size="xs" c="dimmed" dir="auto">
          {prescription.status_reason}
        </Text>
      )}
      <ReasonDialog
        opened={asked}
        onClose={() => setAsked(false)}
        title={t('rx.cancelTitle', { number: prescription.number })}
        confirm={t('rx.cancel')}
        reason
        danger
        busy={cancel.busy}
        onConfirm={cancel.run}
      />
    </section>
  );
}

interface Typed {
  medicine: string;
  chosen?: Schema<'Medicine'> | undefined;
  dose: string;
  frequency: string;
  route: string;
  days: number | string;
  quantity: number | string;
  instructions: string;
}
const NOTHING: Typed = { medicine: '', dose: '', frequency: '', route: '', days: '', quantity: '', instructions: '' };
/** As the API reads them, so that the quantity follows from them. */
const FREQUENCIES = ['once a day', 'twice a day', '3 times a day', '4 times a day', 'every 8 hours', 'every 6 hours', 'at night', '1-0-1', '1-1-1',
  'every other day', 'once a week'];
const ROUTES = ['oral', 'inhaled', 'topical', 'sublingual', 'intramuscular', 'intravenous', 'subcutaneous', 'rectal', 'eye', 'ear', 'nasal'];
/** Members of an item → fields of the form. */
const FIELD_OF: Record<string, string> = { duration_days: 'days', medicine_id: 'medicine' };

function AddLine({ draft, consultationId, refreshes }: { draft: Prescription | undefined; consultationId: string; refreshes: readonly (readonly unknown[])[] }) {
  const { t } = useTranslation('doctor');
  const { t: e } = useTranslation('errors');
  const [typed, setTyped] = useState<Typed>(NOTHING);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const first = useRef<HTMLInputElement>(null);
  const set = (change: Partial<Typed>) => {
    setTyped((before) => ({ ...before, ...change }));
    setFaults({});
  };
  const add = useCommand(
    ({ items, draft: to }: { items: ItemInput[]; draft: Prescription | undefined }, header): Promise<unknown> =>
      to
        ? ok(api.PATCH('/v1/prescriptions/{id}', { params: { path: { id: to.id }, header: { ...header, ...ifMatch(to) } }, body: { items } }))
        : ok(api.POST('/v1/prescriptions', { params: { header }, body: { consultation_id: consultationId, items } })),
    {
      refreshes,
      onDone: () => {
        setTyped(NOTHING);
        first.current?.focus();
      },
      onRefused: (error) => {
        const found: Record<string, string> = {};
        for (const one of error instanceof ApiError ? (error.body.errors ?? []) : []) {
          const member = /^\/items\/\d+\/([^/]+)/.exec(one.pointer)?.[1];
          if (!member) continue;
          const field = FIELD_OF[member] ?? member;
          found[field] = field === 'quantity' && one.rule === 'required' ? t('rx.quantityNeeded') : fieldWords(e, one.rule, one.detail);
        }
        setFaults(found);
        return Object.keys(found).length > 0;
      },
    },
  );
  // A new line pushes this form down, under the bar at the foot of the page.
  const lines = draft?.items.length ?? 0;
  useEffect(() => {
    if (document.activeElement === first.current) first.current?.scrollIntoView({ block: 'nearest' });
  }, [lines]);
  const submit = () => {
    const needed: Record<string, string> = {};
    for (const name of ['medicine', 'dose', 'frequency'] as const) if (!typed[name].trim()) needed[name] = t('ui:required');
    setFaults(needed);
    if (Object.keys(needed).length > 0) return;
    const item = {
      ...(typed.chosen ? { medicine_id: typed.chosen.id } : { medicine: { name: typed.medicine.trim() } }),
      dose: typed.dose.trim(),
      frequency: typed.frequency.trim(),
      ...(typed.route.trim() ? { route: typed.route.trim() } : {}),
      ...(typeof typed.days === 'number' ? { duration_days: typed.days } : {}),
      ...(typeof typed.quantity === 'number' ? { quantity: typed.quantity } : {}),
      ...(typed.instructions.trim() ? { instructions: typed.instructions.trim() } : {}),
    } as ItemInput;
    add.run({ draft, items: [...(draft?.items ?? []).map(inputOf), item] });
  };
  const enter = (event: KeyboardEvent) => {
    // Enter in an open list chooses there.
    if (event.key !== 'Enter' || event.defaultPrevented) return;
    event.preventDefault();
    submit();
  };
  return (
    <div role="group" aria-label={t('rx.add')} onKeyDown={enter}>
      <div className={classes.line}>
        <MedicineField inputRef={first} typed={typed} error={faults.medicine} onChange={set} />
        <TextInput
          label={t('rx.dose')}
          placeholder={t('rx.dosePlaceholder')}
          maxLength={200}
          value={typed.dose}
          error={faults.dose}
          onChange={(event) => set({ dose: event.currentTarget.value })}
        />
        <Autocomplete label={t('rx.frequency')} data={FREQUENCIES} maxLength={200} value={typed.frequency} error={faults.frequency} onChange={(frequency) => set({ frequency })} />
        <NumberInput label={t('rx.duration')} hideControls min={1} max={3650} allowDecimal={false} value={typed.days} error={faults.days} onChange={(days) => set({ days })} />
        <NumberInput
          label={t('rx.quantity')}
          placeholder={t('rx.quantityPlaceholder')}
          hideControls
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={typed.quantity}
          error={faults.quantity}
          onChange={(quantity) => set({ quantity })}
        />
        <Autocomplete label={t('rx.route')} data={ROUTES} maxLength={200} value={typed.route} error={faults.route} onChange={(route) => set({ route })} />
        <TextInput label={t('rx.instructions')} maxLength={1000} value={typed.instructions} error={faults.instructions} onChange={(event) => set({ instructions: event.currentTarget.value })} />
      </div>
      <Group justify="flex-end" mt="xs">
        <Button size="xs" variant="light" leftSection={<IconPlus size={14} aria-hidden />} loading={add.busy} onClick={submit}>
          {t('rx.addLine')}
        </Button>
      </Group>
    </div>
  );
}

interface MedicineProps {
  typed: Typed;
  error: string | undefined;
  onChange: (change: Partial<Typed>) => void;
  inputRef: Ref<HTMLInputElement>;
}

/** The pharmacy's medicines as one types, with what is there; or any other, in words. */
function MedicineField({ typed, error, onChange, inputRef }: MedicineProps) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [q] = useDebouncedValue(typed.chosen ? '' : typed.medicine.trim(), 150);
  const found = useQuery({
    queryKey: ['medicines', q],
    queryFn: ({ signal }) => ok(api.GET('/v1/pharmacy/medicines', { params: { query: { q, active: true, limit: 20 } }, signal })),
    enabled: q.length >= 2,
    placeholderData: (before) => before,
    staleTime: 30_000,
  });
  const items = !typed.chosen && typed.medicine.trim().length >= 2 ? (found.data?.items ?? []) : [];
  const nameOf = (one: Schema<'Medicine'>) => `${one.name} ${one.strength} ${one.form}`;
  return (
    <Combobox
      store={combobox}
      withinPortal
      onOptionSubmit={(id) => {
        const chosen = items.find((one) => one.id === id);
        if (chosen) onChange({ chosen, medicine: nameOf(chosen), dose: typed.dose || `1 ${chosen.unit ?? chosen.form}` });
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <TextInput
          ref={inputRef}
          label={t('rx.medicine')}
          autoComplete="off"
          maxLength={200}
          value={typed.medicine}
          error={error}
          rightSection={found.isFetching ? <Loader size="xs" /> : null}
          onChange={(event) => {
            onChange({ medicine: event.currentTarget.value, chosen: undefined });
            combobox.openDropdown();
          }}
          onFocus={() => items.length > 0 && combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={items.length === 0}>
        <Combobox.Options mah={260} style={{ overflowY: 'auto' }}>
          {items.map((one) => (
            <Combobox.Option key={one.id} value={one.id}>
              <Text size="sm">{nameOf(one)}</Text>
              <Text size="xs" c={one.available > 0 ? 'dimmed' : 'red'}>
                {t('rx.available', { count: one.available, amount: format.number(one.available) })}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
