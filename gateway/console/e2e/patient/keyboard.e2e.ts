import { beforeAll, expect, test } from 'vitest';

import { expectQuiet, newPage, picture, signIn, useBrowser } from '../support/browser';
import { Clinic, PASS_PHRASE } from '../support/clinic';
import { expectFocus, press, tabTo } from '../support/keys';

// Journey 4 without a mouse: every act of a patient is reached by Tab and pressed, and the focus is never lost. UI-1 UI-4
useBrowser();

let clinic: Clinic;
let doctor: Record<string, any>;

beforeAll(async () => {
  clinic = await Clinic.open();
  doctor = await clinic.doctor();
}, 180_000);

test('a patient assesses, books, moves, cancels and edits by keys alone', async () => {
  const { record, login, person } = await clinic.patient();
  const page = await newPage();
  await page.goto('/');
  await signIn(page, login, PASS_PHRASE);
  await page.getByRole('heading', { level: 1, name: 'My visits' }).waitFor();
  await expectFocus(page);

  // The first stop of all leads past the navigation.
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'My visits' }).waitFor();
  await press(page, page.getByRole('link', { name: 'Skip to the content' }));
  await expectFocus(page);

  await page.keyboard.press('g');
  await page.keyboard.press('q');
  await page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'My visits' }).waitFor();
  await expectFocus(page);
  await press(page, page.getByLabel(/^High fever/), 'Space');
  await tabTo(page, page.getByRole('radio', { name: '0', exact: true }));
  for (let step = 0; step < 7; ++step) await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('radio', { name: '7' }).getAttribute('aria-checked')).toBe('true');
  await press(page, page.getByRole('button', { name: 'Show the answer' }));
  await page.getByRole('link', { name: 'Find a time' }).waitFor();
  await expectFocus(page);
  await press(page, page.getByRole('link', { name: 'Find a time' }));

  await page.getByRole('link', { name: new RegExp(doctor.display_name) }).waitFor();
  await expectFocus(page);
  await press(page, page.getByRole('link', { name: new RegExp(doctor.display_name) }));
  await press(page, page.locator('button[data-day]').nth(3));
  await press(page, page.getByRole('region', { name: 'Afternoon' }).getByRole('button').first());
  await page.getByLabel('Why do you come?').waitFor();
  await expectFocus(page);
  await tabTo(page, page.getByLabel('Why do you come?'));
  await page.keyboard.type('Fever since Monday');
  await press(page, page.getByRole('button', { name: 'Book', exact: true }));
  await page.getByRole('heading', { name: 'Your visit' }).waitFor();
  await expectFocus(page);
  await picture(page, 'patient-by-keys');
  const visit = (await person.get(`/v1/appointments?patient_id=${record.id}`)).items[0];
  expect(visit).toMatchObject({ status: 'BOOKED', reason: 'Fever since Monday', doctor_id: doctor.id });

  await press(page, page.getByRole('link', { name: 'Move' }));
  await page.getByRole('heading', { name: 'Move your visit' }).waitFor();
  await expectFocus(page);
  await press(page, page.locator('button[data-day]').nth(5));
  await press(page, page.getByRole('region', { name: 'Morning' }).getByRole('button').first());
  await press(page, page.getByRole('dialog', { name: 'Move it?' }).getByRole('button', { name: 'Move' }));
  await page.getByText('Your visit was moved.').waitFor();
  await expectFocus(page);
  expect((await person.get(`/v1/appointments/${visit.id}`)).starts_at).not.toBe(visit.starts_at);
  await press(page, page.getByRole('button', { name: 'Cancel the visit' }));
  const dialog = page.getByRole('dialog');
  await tabTo(page, dialog.getByLabel('Reason'));
  await page.keyboard.type('I feel well again');
  await press(page, dialog.getByRole('button', { name: 'Cancel the visit' }));
  await page.getByText('Cancelled', { exact: true }).waitFor();
  await expectFocus(page);

  // By the palette to the profile, and back to where one was by Escape.
  await page.keyboard.press('Control+K');
  await page.getByPlaceholder('What do you want to do?').waitFor();
  await page.keyboard.press('Escape');
  await page.getByPlaceholder('What do you want to do?').waitFor({ state: 'detached' });
  await expectFocus(page);
  await page.keyboard.press('Control+K');
  await page.getByPlaceholder('What do you want to do?').fill('profile');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
  await expectFocus(page);
  await tabTo(page, page.getByLabel('Phone', { exact: true }));
  await page.keyboard.press('Control+A');
  await page.keyboard.type('98765 33333');
  await press(page, page.getByRole('button', { name: 'Save' }).first());
  await page.getByText('Saved.').waitFor();
  await expectFocus(page);
  expect((await person.get(`/v1/patients/${record.id}`)).phone).toBe('98765 33333');
  expectQuiet(page);
}, 300_000);
