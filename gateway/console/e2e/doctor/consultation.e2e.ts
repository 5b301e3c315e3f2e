import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { newPatient, Person } from '../support/api';
import { expectAccessible, expectContained, expectQuiet, picture, useBrowser } from '../support/browser';
import { Floor } from '../support/floor';
import { eventually } from '../support/mail';

// The doctor's screens [UI-1]: my day, the consultation, two who write at once.
useBrowser();

let floor: Floor;
const first = () => floor.doctors[0]!;
const second = () => floor.doctors[1]!;

beforeAll(async () => {
  floor = await Floor.open(2);
  const pharmacist = await floor.clinic.staff('pharmacist');
  await pharmacist.post('/v1/pharmacy/medicines', { name: 'Paracetamol', strength: '500 mg', form: 'tablet', unit: 'tablet' });
}, 120_000);

const saved = (page: Page) => page.locator('[data-save="saved"]').waitFor();

/** A consultation of the first doctor that has begun. */
async function begun(): Promise<{ id: string; doctor: Person; patient: any }> {
  const { entry, patient } = await floor.walkIn();
  const doctor = first().person;
  const consultation = await doctor.post('/v1/consultations', { queue_entry_id: entry.id });
  return { id: consultation.id, doctor, patient };
}

// CON-1 CON-2 CON-3 CON-4 CON-5 QUE-4: journey 2, the doctor's part.
test('call next, write, prescribe, complete and issue in one act, then an addendum', async () => {
  const page = await floor.as(first().login, '/doctor');
  await page.getByText('Nobody is waiting for you.').waitFor();
  await expectAccessible(page);
  await picture(page, 'doctor-day-empty');
  const { entry, patient } = await floor.walkIn();
  // Live, without a reload.
  await page.getByText(entry.ticket.label).first().waitFor();
  await page.getByRole('button', { name: 'Call next' }).click();
  const called = page.getByRole('region', { name: 'Called now' });
  await called.getByText(entry.ticket.label).waitFor();
  await expectAccessible(page);
  await picture(page, 'doctor-day');
  await called.getByRole('button', { name: /^Start/ }).click();

  await page.getByLabel('Complaint').fill('Cough for a week');
  await page.getByLabel('Systolic pressure').fill('124');
  await page.getByLabel('Diastolic pressure').fill('81');
  await page.getByLabel('Temperature').fill('37.8');
  await page.getByRole('textbox', { name: 'Diagnoses' }).fill('Acute bronchitis');
  await page.getByRole('option', { name: /As typed/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('list', { name: 'Diagnoses' }).getByText('Acute bronchitis').waitFor();
  await page.getByLabel('Plan').fill('Rest');
  await page.getByLabel('Plan').blur();
  await saved(page);

  await page.getByLabel('Medicine', { exact: true }).fill('parac');
  await page.getByRole('option', { name: /Paracetamol/ }).click();
  await page.getByRole('combobox', { name: 'How often' }).fill('3 times a day');
  await page.getByLabel('Days').fill('5');
  await page.getByLabel('Days').press('Enter');
  // 1 tablet × 3 × 5
  await page.getByText(/quantity 15 \(worked out\)/).waitFor();
  await expectAccessible(page);
  await picture(page, 'doctor-consultation');

  // What was typed is there after a reload.
  await page.reload();
  await page.getByLabel('Complaint').waitFor();
  expect(await page.getByLabel('Complaint').inputValue()).toBe('Cough for a week');
  expect(await page.getByLabel('Temperature').inputValue()).toBe('37.8');

  await page.getByRole('button', { name: /^Complete/ }).click();
  await page.getByRole('dialog').getByText('Acute bronchitis').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Complete and issue' }).click();
  await page.getByLabel('Addendum').waitFor();
  await page.getByText('Issued', { exact: true }).waitFor();

  const doctor = first().person;
  const [consultation] = (await doctor.get(`/v1/consultations?queue_entry_id=${entry.id}`)).items;
  expect([consultation.status, consultation.note.status, consultation.note.vitals.systolic]).toEqual(['COMPLETED', 'FINAL', 124]);
  const prescription = await doctor.get(`/v1/prescriptions/${consultation.prescriptions[0]}`);
  expect([prescription.status, prescription.items[0].quantity]).toEqual(['ISSUED', 15]);
  await eventually(async () =>
    (await floor.clinic.desk.get(`/v1/queue-entries/${entry.id}`)).status === 'COMPLETED' ? true : undefined,
  );

  await page.getByLabel('Addendum').fill('Called back: better.');
  await page.getByRole('button', { name: 'Add to the note' }).click();
  await page.getByRole('region', { name: 'Addenda' }).getByText('Called back: better.').waitFor();
  await page.getByText('With addenda').waitFor();
  await expectAccessible(page);
  await picture(page, 'doctor-consultation-completed');
  expect(await page.title()).not.toContain(patient.family_name);
  expectQuiet(page);
});

// CON-2: no work is lost when two write at once.
test('two browsers: what only one wrote is merged, what both wrote is decided in place', async () => {
  const { id, doctor } = await begun();
  const path = `/doctor/consultations/${id}`;
  const one = await floor.as(first().login, path);
  const two = await floor.as(first().login, path);
  await Promise.all([one.getByLabel('Complaint').waitFor(), two.getByLabel('Complaint').waitFor()]);
  await one.getByLabel('Complaint').fill('Cough');
  await one.getByLabel('Complaint').blur();
  await saved(one);
  // The other has the old version: refused with 412, read, merged, sent again. Nobody is asked.
  await two.getByLabel('Plan').fill('Rest');
  await two.getByLabel('Plan').blur();
  await saved(two);
  expect(await two.getByLabel('Complaint').inputValue()).toBe('Cough');
  // Both at one field: asked there.
  await one.getByLabel('Plan').fill('Antibiotic for a week');
  await one.getByLabel('Plan').blur();
  await one.getByText('Saved elsewhere meanwhile').waitFor();
  expect(await one.getByLabel('Plan').inputValue()).toBe('Antibiotic for a week');
  await expectAccessible(one);
  await picture(one, 'doctor-conflict');
  await one.getByRole('button', { name: /^Complete/ }).click();
  await one.getByText(/not wholly saved yet/).waitFor();
  await one.getByRole('button', { name: 'Keep both' }).click();
  await saved(one);
  expect((await doctor.get(`/v1/consultations/${id}`)).note).toMatchObject({ complaint: 'Cough', plan: 'Antibiotic for a week\nRest' });
  expectQuiet(one);
  expectQuiet(two);
});

test('without a line what is typed stays, says so, and is saved afterwards', async () => {
  const { id, doctor } = await begun();
  const page = await floor.as(first().login, `/doctor/consultations/${id}`);
  await page.getByLabel('Complaint').waitFor();
  await page.context().setOffline(true);
  await page.getByLabel('Complaint').fill('Fever');
  await page.locator('[data-save="failed"]').waitFor();
  await picture(page, 'doctor-offline');
  await page.context().setOffline(false);
  await saved(page);
  expect((await doctor.get(`/v1/consultations/${id}`)).note.complaint).toBe('Fever');
});

test('a value that cannot be is said at its field, the others are saved', async () => {
  const { id, doctor } = await begun();
  const page = await floor.as(first().login, `/doctor/consultations/${id}`);
  await page.getByLabel('Temperature').fill('99');
  await page.getByLabel('Pulse').fill('80');
  await page.getByLabel('Pulse').blur();
  await page.getByLabel('Temperature').and(page.locator('[aria-invalid="true"]')).waitFor();
  await eventually(async () => ((await doctor.get(`/v1/consultations/${id}`)).note.vitals?.pulse === 80 ? true : undefined));
  await page.getByLabel('Temperature').fill('38.5');
  await page.getByLabel('Temperature').blur();
  await saved(page);
  expect((await doctor.get(`/v1/consultations/${id}`)).note.vitals.temperature_c).toBe(38.5);
  expectQuiet(page);
});

test('without a diagnosis a reason is asked; a draft is cancelled with one', async () => {
  const { id, doctor } = await begun();
  const page = await floor.as(first().login, `/doctor/consultations/${id}`);
  await page.getByLabel('Complaint').fill('<img src=x onerror=alert(1)>');
  await page.getByRole('button', { name: /^Complete/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Complete', exact: true }).click();
  await page.getByText('Needed.').waitFor();
  await page.getByLabel(/Why there is no diagnosis/).fill('Only a certificate');
  await page.getByRole('dialog').getByRole('button', { name: 'Complete', exact: true }).click();
  await page.getByText('Only a certificate').waitFor();
  await page.getByText('<img src=x onerror=alert(1)>').waitFor();
  expect((await doctor.get(`/v1/consultations/${id}`)).no_diagnosis_reason).toBe('Only a certificate');

  const other = await begun();
  await page.goto(`/doctor/consultations/${other.id}`);
  await page.getByRole('button', { name: /^Cancel this consultation/ }).click();
  await page.getByLabel('Reason').fill('Wrong patient');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the consultation' }).click();
  await page.getByText('The consultation is cancelled.').waitFor();
  expect((await doctor.get(`/v1/consultations/${other.id}`)).status).toBe('CANCELLED');
  expectQuiet(page);
});

// CON-1 CON-5: another doctor's visit, after a question; their draft is only read.
test('another doctor’s visit is taken over', async () => {
  const patient = await newPatient(floor.clinic.desk);
  const doctor = second().person;
  // On the list of both: an entry of nobody, and a visit with the first.
  await floor.clinic.desk.post('/v1/queue-entries', { queue_id: floor.queue('REGULAR'), patient_id: patient.id });
  const visit = await floor.clinic.desk.post('/v1/appointments', { patient_id: patient.id, doctor_id: first().id });
  await eventually(async () => {
    const { queue } = await doctor.get('/v1/doctor-day');
    return queue.some((one: any) => one.person.patient_id === patient.id) ? true : undefined;
  });
  const page = await floor.as(second().login, `/doctor/patients/${patient.id}`);
  const today = page.getByRole('region', { name: 'Visits today' });
  await today.getByRole('button', { name: /^Start/ }).click();
  await page.getByRole('dialog').getByText(/You may take it over/).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Take over' }).click();
  await page.getByLabel('Complaint').waitFor();
  const [consultation] = (await doctor.get(`/v1/consultations?appointment_id=${visit.id}`)).items;
  expect(consultation.doctor_id).toBe(second().id);
  const other = await floor.as(first().login, `/doctor/consultations/${consultation.id}`);
  await other.getByText(/here it can only be read/).waitFor();
  expectQuiet(page);
});

test('narrow, dark and German', async () => {
  const { id, patient } = await begun();
  const page = await floor.as(first().login, `/doctor/consultations/${id}`, { narrow: true, dark: true, language: 'de' });
  await page.getByLabel('Vorgehen').waitFor();
  await expectAccessible(page);
  await picture(page, 'doctor-consultation-narrow-dark-de');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.goto(`/doctor/patients/${patient.id}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  await expectContained(page);
  await page.goto('/doctor');
  await page.getByRole('button', { name: 'Nächsten aufrufen' }).waitFor();
  await expectAccessible(page);
  await expectContained(page);
  await picture(page, 'doctor-day-narrow-dark-de');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expectQuiet(page);
});
