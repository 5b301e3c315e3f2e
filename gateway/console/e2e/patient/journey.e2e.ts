import { randomUUID } from 'node:crypto';

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { newPatient, Person } from '../support/api';
import { expectAccessible, expectContained, expectQuiet, newPage, picture, signIn, useBrowser } from '../support/browser';
import { Clinic, PASS_PHRASE } from '../support/clinic';
import { eventually, mailLink } from '../support/mail';

// Journey 4 in the patient's own browser, on a phone: sign up, verify, assess, book, queue, history, profile, move, cancel.
// UI-1 UI-4 ID-5 PAT-5 PAT-8 SCH-4 SCH-5 SCH-6 SCH-8 QUE-9 QUE-13
useBrowser();

let clinic: Clinic;
let doctor: Record<string, any>;

beforeAll(async () => {
  clinic = await Clinic.open();
  doctor = await clinic.doctor();
}, 180_000);

/** Nothing hangs over the edge of a phone. */
async function expectNarrow(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.querySelector('#content')?.scrollWidth ?? document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
}

describe('the patient', () => {
  test('signs up, confirms the mail, answers the questions, books, moves and cancels', async () => {
    const address = `own-${randomUUID().slice(0, 8)}@mail.example`;
    const page = await newPage({ narrow: true });
    await page.goto('/');
    await page.getByRole('link', { name: 'New here? Create an account' }).click();
    await page.getByRole('heading', { name: 'Create an account' }).waitFor();
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('Needed.').first().waitFor();
    await expectAccessible(page);
    await picture(page, 'patient-sign-up-errors');
    await page.getByLabel('Clinic').selectOption(clinic.facility.id);
    await page.getByLabel('Given name').fill('Mila');
    await page.getByLabel('Family name').fill('Own');
    await page.getByLabel('Date of birth').fill('1992-05-06');
    await page.getByLabel('Sex').selectOption('FEMALE');
    await page.getByLabel('E-mail').fill(address);
    await page.locator('input[autocomplete="new-password"]').fill(PASS_PHRASE);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('Almost done').waitFor();

    await page.goto(await mailLink(address, 'verify-email'));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Confirmed.').waitFor();
    expect(page.url()).not.toContain('token');
    await page.getByRole('link', { name: 'To the sign-in' }).click();
    await signIn(page, address, PASS_PHRASE);
    await page.getByText('No visit is booked.').waitFor({ timeout: 40_000 });
    await expectAccessible(page);
    await picture(page, 'patient-empty');

    // QUE-13: the level comes from the rules; an emergency is said before anything is sent.
    await page.getByRole('link', { name: 'Answer questions about a complaint' }).click();
    await page.getByLabel('Bleeding that does not stop').check();
    await page.getByText('This may be an emergency').waitFor();
    await page.getByLabel('Bleeding that does not stop').uncheck();
    await page.getByRole('radio', { name: '8' }).click();
    await expectAccessible(page);
    await picture(page, 'patient-assess');
    await page.getByRole('button', { name: 'Show the answer' }).click();
    await page.getByRole('heading', { name: 'You should be seen within two weeks' }).waitFor();
    await picture(page, 'patient-assessed');
    await page.getByRole('link', { name: 'Find a time' }).click();

    // Doctor, time, confirm.
    await page.getByRole('link', { name: new RegExp(doctor.display_name) }).click();
    await page.locator('button[data-day]').nth(2).click();
    const time = page.getByRole('region', { name: 'Afternoon' }).getByRole('button').first();
    await time.waitFor();
    await expectAccessible(page);
    await picture(page, 'patient-times');
    await expectNarrow(page);
    await time.click();
    await page.getByLabel('Why do you come?').fill('My knee hurts');
    await expectAccessible(page);
    await picture(page, 'patient-confirm');
    const book = page.getByRole('button', { name: 'Book', exact: true });
    await book.dblclick();
    await page.getByRole('heading', { name: 'Your visit' }).waitFor();
    await page.getByText('My knee hurts').waitFor();
    await expectAccessible(page);
    await picture(page, 'patient-visit');
    await expectNarrow(page);

    await page.getByRole('link', { name: 'Move' }).click();
    await page.locator('button[data-day]').nth(4).click();
    await page.getByRole('region', { name: 'Morning' }).getByRole('button').first().click();
    await page.getByRole('dialog', { name: 'Move it?' }).getByRole('button', { name: 'Move' }).click();
    await page.getByText('Your visit was moved.').waitFor();
    await page.getByRole('button', { name: 'Cancel the visit' }).click();
    await page.getByLabel('Reason').fill('I feel well again');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the visit' }).click();
    await page.getByText('Cancelled', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'My visits', exact: true }).click();
    const past = page.getByRole('region', { name: 'The last three months' });
    await page.getByText('No visit is booked.').waitFor();
    await past.waitFor({ state: 'hidden' });  // cancelled, of a later day: neither to come nor past
    expectQuiet(page);
  }, 180_000);

  test('follows the own place, live, and is called', async () => {
    const { record, login, person } = await clinic.patient();
    const slot = (await clinic.slots(person, doctor))[0];
    const visit = await person.post('/v1/appointments', { patient_id: record.id, doctor_id: doctor.id, starts_at: slot?.starts_at });
    const other = await newPatient(clinic.desk);
    await clinic.desk.post('/v1/queue-entries', { queue_id: clinic.queue.id, patient_id: other.id });
    const own = await clinic.desk.post('/v1/queue-entries', { queue_id: clinic.queue.id, patient_id: record.id });
    const page = await newPage({ narrow: true });
    await page.goto('/patient');
    await signIn(page, login, PASS_PHRASE);
    await page.getByText(own.ticket.label).waitFor();
    await page.getByText('1 person is before you.').waitFor();
    await page.getByText('How long it takes is not known yet.').waitFor();
    await expectAccessible(page);
    await picture(page, 'patient-visits');
    await clinic.desk.post(`/v1/queue-entries/${own.id}/call`, { room: '7' });
    await page.getByText('Please come now:').waitFor();
    await page.getByText('Room 7').waitFor();
    await expectAccessible(page);
    await picture(page, 'patient-called');
    await expectNarrow(page);
    await page.goto(`/patient/visits/${visit.id}`);
    await page.getByRole('heading', { name: 'Your visit' }).waitFor();
    expectQuiet(page);
  });

  test('edits the profile and the wishes, in German, in the dark', async () => {
    const { record, login, person } = await clinic.patient({ given_name: 'Wolfeschlegelsteinhausenbergerdorff', family_name: 'الاسم الطويل' });
    const page = await newPage({ narrow: true, dark: true, language: 'de' });
    await page.goto('/patient/profile');
    await signIn(page, login, PASS_PHRASE);
    await page.getByLabel('Telefon', { exact: true }).fill('98765 11111');
    await page.getByLabel('Ort').fill('Chennai');
    await page.getByRole('button', { name: 'Speichern' }).first().click();
    await page.getByText('Gespeichert.').waitFor();
    await page.getByLabel('ein Termin bevorsteht (Erinnerung)').uncheck();
    await page.getByRole('button', { name: 'Speichern' }).last().click();
    await page.getByText('Gespeichert.').last().waitFor();
    const saved = await person.get(`/v1/patients/${record.id}`);
    expect(saved).toMatchObject({ phone: '98765 11111', address: { city: 'Chennai' } });
    await expect.poll(async () => (await person.get(`/v1/patients/${record.id}/preferences`)).opt_out).toEqual(['appointment-reminder']);
    // An address that another patient has is refused at its field.
    await page.getByLabel('E-Mail', { exact: true }).fill('not an address');
    await page.getByRole('button', { name: 'Speichern' }).first().click();
    await page.locator('[data-path="email"][aria-invalid="true"]').waitFor();
    await expectAccessible(page);
    await picture(page, 'patient-profile-dark-de');
    await expectNarrow(page);
    expectQuiet(page);
  });

  test('reads history, notes and prescriptions, in Hindi', async () => {
    const { record, login, person } = await clinic.patient();
    const slots = await clinic.slots(person, doctor);
    const visit = await person.post('/v1/appointments', { patient_id: record.id, doctor_id: doctor.id, starts_at: slots[3]?.starts_at });
    const physician = await eventually(async () => {
      const one = await Person.signIn(doctor.login, PASS_PHRASE);
      return one.account.doctor_id === doctor.id ? one : undefined;
    });
    const consultation = await physician.post('/v1/consultations', { appointment_id: visit.id });
    await physician.patch(`/v1/consultations/${consultation.id}`, {
      note: { complaint: 'Knee', diagnoses: [{ text: 'Strain of the knee', primary: true }], plan: 'Rest\nand a bandage' },
    });
    await physician.post(`/v1/consultations/${consultation.id}/complete`, {
      prescriptions: [{ items: [{ medicine: { name: 'Ibuprofen', strength: '400 mg' }, dose: '1 tablet', frequency: 'twice a day', duration_days: 5, quantity: 10 }] }],
    });
    const page = await newPage({ narrow: true, language: 'hi' });
    await page.goto('/patient/history');
    await signIn(page, login, PASS_PHRASE);
    await page.getByText('परामर्श पूरा हुआ').waitFor({ timeout: 30_000 });
    await expectAccessible(page);
    await picture(page, 'patient-history-hi');
    await page.getByText('परामर्श पूरा हुआ').click();
    await page.getByText('Strain of the knee').waitFor();
    await page.getByText('Ibuprofen').waitFor();
    await expectAccessible(page);
    await picture(page, 'patient-consultation-hi');
    await page.goto('/patient/prescriptions');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: /PDF/ }).click();
    expect((await saved).suggestedFilename()).toMatch(/\.pdf$/);
    await expectAccessible(page);
    await picture(page, 'patient-prescriptions-hi');
    await expectNarrow(page);
    expectQuiet(page);
  });

  test('a lost slot is told with other times, and nothing is lost', async () => {
    const { login } = await clinic.patient();
    const rival = await clinic.patient();
    const page = await newPage({ narrow: true });
    await page.goto(`/patient/book?doctor=${doctor.id}`);
    await signIn(page, login, PASS_PHRASE);
    await page.locator('button[data-day]').nth(3).click();
    await page.getByRole('region', { name: 'Evening' }).getByRole('button').first().click();
    await page.getByLabel('Why do you come?').fill('A cough');
    const at = new URL(page.url()).searchParams.get('at')?.replace(/^"|"$/g, '');
    await rival.person.post('/v1/appointments', { patient_id: rival.record.id, doctor_id: doctor.id, starts_at: at });
    await page.getByRole('button', { name: 'Book', exact: true }).click();
    await page.getByText('This time is taken.').waitFor();
    expect(await page.getByLabel('Why do you come?').inputValue()).toBe('A cough');
    await expectAccessible(page);
    await picture(page, 'patient-slot-taken');
    await page.getByRole('alert').getByRole('button').first().click();
    await page.getByRole('button', { name: 'Book', exact: true }).click();
    await page.getByRole('heading', { name: 'Your visit' }).waitFor();
    expectQuiet(page);
  });

  test('an account that nobody linked to a record says so, and does not pretend to look', async () => {
    const login = await clinic.login('patient');
    const page = await newPage({ narrow: true });
    await page.goto('/patient');
    await signIn(page, login, PASS_PHRASE);
    await page.getByText('Your account has no record yet').waitFor();
    expect(await page.getByText('Your record is being looked for').count()).toBe(0);
    await expectAccessible(page);
    await expectContained(page);
    expectQuiet(page);
  });

  test('offline: the screen says so, keeps what was typed, and goes on by itself', async () => {
    const { login } = await clinic.patient();
    const page = await newPage({ narrow: true });
    await page.goto('/patient/profile');
    await signIn(page, login, PASS_PHRASE);
    await page.getByLabel('Phone', { exact: true }).fill('98765 22222');
    await page.context().setOffline(true);
    await page.getByText('No connection. What you see may be old.').waitFor();
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText("No connection to the clinic's system.").waitFor();
    expect(await page.getByLabel('Phone', { exact: true }).inputValue()).toBe('98765 22222');
    await picture(page, 'patient-offline');
    await page.context().setOffline(false);
    await page.getByText('No connection. What you see may be old.').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText('Saved.').waitFor();
  });
});
