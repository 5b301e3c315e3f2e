import { randomUUID } from 'node:crypto';

import { newPatient, Person } from './api';

export const tail = () => randomUUID().slice(0, 8);

/** A medicine of its own for a test, with lots of so many units; the first expires first. */
export async function newMedicine(pharmacist: Person, lots: number[] = [], fields: Record<string, unknown> = {}): Promise<Record<string, any>> {
  const medicine = await pharmacist.post('/v1/pharmacy/medicines', {
    name: `Examplicillin ${tail()}`, strength: '500 mg', form: 'tablet', unit: 'tablet', price: { amount: '2.50', currency: 'INR' },
    minimum_level: 10, ...fields,
  });
  for (const [index, quantity] of lots.entries()) {
    await pharmacist.post(`/v1/pharmacy/medicines/${medicine.id}/lots`, {
      lot_number: `L${index + 1}-${tail()}`, expires_on: `203${index}-06-30`, quantity, unit_cost: { amount: '1.20', currency: 'INR' },
    });
  }
  return medicine;
}

export const line = (medicine: Record<string, any>, quantity: number, fields: Record<string, unknown> = {}) => ({
  medicine: { name: medicine.name, strength: medicine.strength, form: medicine.form }, ...(medicine.id ? { medicine_id: medicine.id } : {}),
  dose: '1 tablet', frequency: '3 times a day', duration_days: 7, quantity, ...fields,
});

/** Eventually: a neighbour hears of it a moment later. */
async function settled<Result>(act: () => Promise<Result>): Promise<Result> {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((again) => setTimeout(again, 200));
    }
  }
}

/** Doctors with their queues, who prescribe behind the screens. */
export class Ward {
  private constructor(
    readonly reception: Person,
    readonly doctor: Person,
    readonly pharmacist: Person,
    private readonly queueId: string,
  ) {}

  static async open(): Promise<Ward> {
    const [reception, doctor, pharmacist] = await Promise.all(['rec001', 'doc001', 'pharm001'].map((login) => Person.signIn(login)));
    if (!reception || !doctor || !pharmacist) throw new Error('nobody is there');
    const { department_id } = await reception.get(`/v1/doctors/${doctor.account.doctor_id}`);
    const queues = await reception.get(`/v1/queues?department_id=${department_id}&kind=REGULAR`);
    return new Ward(reception, doctor, pharmacist, queues.items[0].id as string);
  }

  /** A patient of its own, seen and prescribed this; answers the prescription as the pharmacy knows it. */
  async prescribe(items: unknown[], patient: Record<string, unknown> = {}): Promise<Record<string, any>> {
    const person = await newPatient(this.reception, patient);
    const entry = await this.reception.post('/v1/queue-entries', {
      queue_id: this.queueId, patient_id: person.id, doctor_id: this.doctor.account.doctor_id,
    });
    const consultation = await settled(() => this.doctor.post('/v1/consultations', { queue_entry_id: entry.id }));
    const done = await this.doctor.post(`/v1/consultations/${consultation.id}/complete`, {
      no_diagnosis_reason: 'Well', prescriptions: [{ items }],
    });
    const id = done.prescriptions[0] as string;
    return settled(async () => {
      const known = await this.pharmacist.get(`/v1/pharmacy/prescriptions/${id}`);
      if (!known.patient.display_name) throw new Error('the pharmacy does not know the patient yet');
      return known;
    });
  }
}
