import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { Person } from '../support/api';
import { expectQuiet, newPage, signIn, useBrowser } from '../support/browser';
import { Clinic, PASS_PHRASE } from '../support/clinic';
import { eventually } from '../support/mail';

// What people type is shown as they typed it, on every screen of every role, and never runs. UI-1
useBrowser();

const canary = (where: string) => `<img src=x onerror="window.canary='${where}'"><script>window.canary='${where}'</script>{{${where}}}`;
const marked = (text: string) => `<b data-canary>${text}</b>`;

let clinic: Clinic;
let doctor: Record<string, any>;
let patient: Awaited<ReturnType<Clinic['patient']>>;

beforeAll(async () => {
  clinic = await Clinic.open();
  doctor = await clinic.doctor({ display_name: canary('doctor'), room: marked('7') });
  patient = await clinic.patient({
    given_name: canary('given').slice(0, 100),
    family_name: canary('family').slice(0, 100),
    notes: canary('notes'),
    medical_history: canary('background'),
    address: { line: canary('line'), city: canary('city').slice(0, 100) },
    emergency_contact: { name: canary('contact').slice(0, 100), phone: '+91 98765 43210' },
  });
  const nurse = await clinic.staff('nurse');
  const pharmacist = await clinic.staff('pharmacist');
  const path = `/v1/patients/${patient.record.id}`;
  await nurse.post(`${path}/allergies`, { substance: canary('allergy') });
  await nurse.post(`${path}/conditions`, { text: canary('condition') });
  await pharmacist.post('/v1/pharmacy/medicines', { name: canary('medicine').slice(0, 100), strength: `${marked('1')} mg`, form: 'tablet', minimum_level: 5 });
  const slots = await clinic.slots(patient.person, doctor);
  const booking = { patient_id: patient.record.id, doctor_id: doctor.id, reason: canary('reason') };
  const visit = await patient.person.post('/v1/appointments', { ...booking, starts_at: slots[0]?.starts_at });
  await clinic.desk.post('/v1/appointments', { ...booking, notes: canary('visit notes'), starts_at: slots[8]?.starts_at });
  await clinic.desk.post('/v1/queue-entries', { queue_id: clinic.queue.id, visitor: { name: canary('visitor') }, reason: canary('walk-in') });
  await clinic.desk.post('/v1/queue-entries', { queue_id: clinic.queue.id, patient_id: patient.record.id, reason: canary('complaint') });
  const physician = await eventually(async () => {
    const one = await Person.signIn(doctor.login, PASS_PHRASE);
    return one.account.doctor_id === doctor.id ? one : undefined;
  });
  const consultation = await physician.post('/v1/consultations', { appointment_id: visit.id });
  await physician.patch(`/v1/consultations/${consultation.id}`, {
    note: { complaint: canary('told'), examination: canary('seen'), plan: canary('plan'), diagnoses: [{ text: canary('diagnosis'), primary: true }] },
  });
  const medicine = { name: canary('medicine').slice(0, 100) };
  await physician.post(`/v1/consultations/${consultation.id}/complete`, {
    prescriptions: [{ notes: canary('note'), items: [{ medicine, dose: marked('1'), frequency: marked('twice'), quantity: 2, instructions: canary('instructions') }] }],
  });
}, 180_000);

/** Opens every place of the navigation, and on each what its rows and cards lead to. */
async function walk(page: Page): Promise<number> {
  const paths = async () =>
    page.locator('nav a[href^="/"], main a[href^="/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  const seen = new Set<string>();
  const next = await paths();
  // Of each kind of screen one record is enough.
  const kind = (path: string) => path.replace(/[0-9a-f-]{36}/g, ':id').replace(/\?.*/, '');
  while (next.length > 0) {
    const path = next.shift() ?? '';
    if (seen.has(kind(path))) continue;
    seen.add(kind(path));
    await page.evaluate((to) => {
      // Another screen has another heading.
      if (new URL(to, location.href).pathname !== location.pathname) document.querySelector('h1')?.setAttribute('data-left', '');
      history.pushState({}, '', to);
      window.dispatchEvent(new PopStateEvent('popstate'));
    }, path);
    await page.locator('h1:not([data-left])').first().waitFor();
    await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"]'));
    expect(await page.evaluate(() => (window as { canary?: string }).canary), path).toBeUndefined();
    expect(await page.locator('img[src="x"], body script:not([src]), [data-canary]').count(), path).toBe(0);
    next.push(...(await paths()));
  }
  return seen.size;
}

const roles = ['receptionist', 'nurse', 'doctor', 'pharmacist', 'admin', 'patient'] as const;

describe('what was typed stays text', () => {
  test.each(roles)('on the screens of a %s', async (role) => {
    const login = role === 'doctor' ? doctor.login : role === 'patient' ? patient.login : await clinic.login(role);
    const page = await newPage();
    await page.goto('/');
    await signIn(page, login, PASS_PHRASE);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    expect(await walk(page)).toBeGreaterThan(0);
    expectQuiet(page);
  }, 180_000);
});
