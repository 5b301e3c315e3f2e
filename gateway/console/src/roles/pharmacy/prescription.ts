import type { Schema } from '~/lib/api/client';

export type Prescription = Schema<'PharmacyPrescription'>;
export type Item = Schema<'PharmacyItem'>;
export type Validation = Schema<'Validation'>;
export type Dispense = Schema<'Dispense'>;

/** Every list and record of the pharmacy: what a hand-over, a receipt, a recall may have changed. */
export const PHARMACY = [['pharmacy'], ['dashboard']] as const;

export const reservedFor = (item: Item) => item.reserved.reduce((sum, one) => sum + one.quantity, 0);

/** What can be handed over of this line now: free stock and what is kept for it. */
export const obtainable = (item: Item) => Math.min(item.remaining, item.available + reservedFor(item));

export type Stock = 'ready' | 'reserved' | 'there' | 'unmapped' | 'short';

/** How the shelf stands to what remains of a prescription. */
export function stockOf(prescription: Prescription): { state: Stock; short: number; lines: number } {
  const open = prescription.items.filter((item) => item.remaining > 0);
  const short = open.filter((item) => item.medicine_id && obtainable(item) < item.remaining).length;
  const state = () => {
    if (prescription.ready_at) return 'ready';
    if (open.some((item) => !item.medicine_id)) return 'unmapped';
    if (short > 0) return 'short';
    return open.every((item) => reservedFor(item) === item.remaining) ? 'reserved' : 'there';
  };
  return { state: state(), short, lines: open.length };
}

/** What the pharmacy may do with it now: the transitions of the domain. */
export function actsOf(prescription: Prescription) {
  const { status, fulfilment } = prescription;
  const open = status === 'ISSUED' || status === 'ON_HOLD';
  const pending = status === 'ISSUED' && (fulfilment === 'NONE' || fulfilment === 'RESERVED' || fulfilment === 'PARTIAL');
  const held = prescription.items.some((item) => item.reserved.length > 0);
  const all = prescription.items.every((item) => reservedFor(item) === item.remaining);
  return {
    pending,
    release: held,
    ready: pending && all && !prescription.ready_at,
    hold: pending,
    resume: status === 'ON_HOLD' || (open && fulfilment === 'DECLINED'),
    decline: open && (fulfilment === 'NONE' || fulfilment === 'RESERVED'),
    close: open && fulfilment === 'PARTIAL',
  };
}

export const nameOf = (medicine: { name: string; strength?: string; form?: string }) =>
  [medicine.name, medicine.strength, medicine.form].filter(Boolean).join(' ');
