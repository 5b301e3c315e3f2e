import { newPatient, Person } from './api';
import { as, type Look } from './browser';
import { Clinic, PASS_PHRASE } from './clinic';
import { eventually } from './mail';

export interface OwnDoctor {
  login: string;
  id: string;
  person: Person;
}

/** A clinic of one's own with its nurse and doctors: nobody else calls its patients. */
export class Floor {
  doctors: OwnDoctor[] = [];
  nurse!: Person;
  private queues: any[] = [];

  private constructor(readonly clinic: Clinic) {}

  static async open(doctors = 1): Promise<Floor> {
    const floor = new Floor(await Clinic.open());
    const { clinic } = floor;
    floor.nurse = await clinic.staff('nurse');
    for (let number = 1; number <= doctors; ++number) {
      const doctor = await clinic.doctor({ display_name: `Dr. Test ${number} ${clinic.tag}`, room: String(100 + number) });
      // The account learns by event which doctor it is.
      const person = await eventually(async () => {
        const one = await Person.signIn(doctor.login, PASS_PHRASE);
        return one.account.doctor_id === doctor.id ? one : undefined;
      });
      floor.doctors.push({ login: doctor.login, id: doctor.id, person });
    }
    floor.queues = await eventually(async () => {
      const { items } = await clinic.desk.get('/v1/queues?limit=200');
      return items.length >= 3 ? (items as any[]) : undefined;
    });
    return floor;
  }

  queue = (kind: string): string => this.queues.find((one) => one.kind === kind).id;

  /** Somebody who took a ticket. */
  async walkIn(fields: Record<string, unknown> = {}): Promise<{ patient: any; entry: any }> {
    const patient = await newPatient(this.clinic.desk, fields);
    const entry = await this.clinic.desk.post('/v1/queue-entries', { queue_id: this.queue('REGULAR'), patient_id: patient.id });
    return { patient, entry };
  }

  as = (login: string, path: string, look: Look = {}) => as(login, path, look, PASS_PHRASE);
}
