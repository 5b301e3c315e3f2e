import { randomUUID } from 'node:crypto';

import { newPatient, Person } from './api';
import { eventually, mailLink } from './mail';
import { url } from './environment';

/** Of accounts that live as long as a test; not a secret. */
export const PASS_PHRASE = 'a-long-enough-pass-phrase';
const DAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/** A zone where it is about ten o'clock, for tests that must not be near a midnight. The sign of these names is POSIX's. */
export function morningZone(): string {
  const offset = ((((10 - new Date().getUTCHours() + 12) % 24) + 24) % 24) - 12;
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

/** A facility of one's own: nobody else's tickets, figures and people are in it, and all day long it is open. */
export class Clinic {
  readonly tag = randomUUID().slice(0, 8);
  facility!: Record<string, any>;
  admin!: Person;
  desk!: Person;
  department!: Record<string, any>;
  specialty!: Record<string, any>;
  queue!: Record<string, any>;

  static async open(zone = 'Asia/Kolkata'): Promise<Clinic> {
    const clinic = new Clinic();
    const installation = await Person.signIn('admin');
    clinic.facility = await installation.post('/v1/facilities', {
      code: `E${clinic.tag}`.toUpperCase(), name: `Clinic ${clinic.tag}`, zone, currency: 'INR', locale: 'en-IN',
    });
    const admin = await clinic.account(installation, 'admin');
    clinic.admin = await Person.signIn(admin.login, PASS_PHRASE);
    clinic.desk = await clinic.staff('receptionist');
    clinic.department = await clinic.admin.post('/v1/departments', { code: 'GM', name: 'General Medicine' });
    clinic.specialty = await clinic.admin.post('/v1/specialties', { code: `S${clinic.tag}`, name: 'General practice' });
    clinic.queue = await eventually(async () => {
      const { items } = await clinic.admin.get(`/v1/queues?department_id=${clinic.department.id}&kind=REGULAR`);
      return items[0];
    });
    return clinic;
  }

  private account(by: Person, role: string, more: Record<string, unknown> = {}): Promise<Record<string, any>> {
    return by.post('/v1/accounts', {
      login: `${role.slice(0, 3)}-${this.tag}-${randomUUID().slice(0, 4)}`, display_name: `A ${role}`, password: PASS_PHRASE,
      memberships: [{ facility_id: this.facility.id, roles: [role] }], ...more,
    });
  }

  /** The login of a new account of this role; its password is PASS_PHRASE. */
  async login(role: string): Promise<string> {
    return (await this.account(this.admin, role)).login as string;
  }

  async staff(role: string): Promise<Person> {
    return Person.signIn(await this.login(role), PASS_PHRASE);
  }

  /** A doctor who works at all hours of all days, or at these. */
  async doctor(
    fields: Record<string, unknown> = {},
    hours: { from: string; to: string; slot_min: number } = { from: '00:00', to: '24:00', slot_min: 15 },
  ): Promise<Record<string, any>> {
    const account = await this.account(this.admin, 'doctor');
    const doctor = await this.admin.post('/v1/doctors', {
      display_name: `Dr. ${this.tag}`, account_id: account.id, specialty: this.specialty.code, department_id: this.department.id,
      room: '7', ...fields,
    });
    await this.admin.put(`/v1/doctors/${doctor.id}/availability`, {
      weekly: DAYS.map((day) => ({ day, ...hours })),
    });
    return { ...doctor, login: account.login };
  }

  /** The next free times of this doctor. */
  async slots(by: Person, doctor: Record<string, any>): Promise<{ starts_at: string; ends_at: string; doctor_id: string }[]> {
    return (await by.get(`/v1/slots?doctor_id=${doctor.id}&limit=20`)).items;
  }

  book(patient: Record<string, any>, doctor: Record<string, any>, startsAt: string): Promise<Record<string, any>> {
    return this.admin.post('/v1/appointments', { patient_id: patient.id, doctor_id: doctor.id, starts_at: startsAt });
  }

  get zone(): string {
    return this.facility.zone as string;
  }

  /** The facility's day, so many days from today. */
  day(ahead = 0): string {
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: this.zone }).format(new Date());
    const date = new Date(`${today}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + ahead);
    return date.toISOString().slice(0, 10);
  }

  /** An instant by the clock of a facility in `morningZone()`, which has no clock changes. */
  at(ahead: number, time: string): string {
    const offset = Number(/Etc\/GMT([+-]\d+)?/.exec(this.zone)?.[1] ?? 0);
    return new Date(Date.parse(`${this.day(ahead)}T${time}:00Z`) + offset * 3_600_000).toISOString().replace('.000Z', 'Z');
  }

  /** A patient of record with an account of their own, by the desk's invitation. */
  async patient(fields: Record<string, unknown> = {}): Promise<{ record: Record<string, any>; login: string; person: Person }> {
    const record = await newPatient(this.desk, fields);
    await this.desk.post(`/v1/patients/${record.id}/invite`);
    const link = new URL(await mailLink(record.email, 'accept-invite'), url);
    const token = decodeURIComponent(link.hash.slice('#token='.length));
    const answer = await fetch(`${url}/v1/auth/accept-invite`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, password: PASS_PHRASE }),
    });
    if (!answer.ok) throw new Error(`accept-invite: ${answer.status}`);
    const person = await eventually(async () => {
      const one = await Person.signIn(record.email, PASS_PHRASE);
      return one.account.patient_id === record.id ? one : undefined;
    });
    return { record, login: record.email as string, person };
  }
}
