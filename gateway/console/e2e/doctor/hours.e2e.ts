import { beforeAll, expect, test } from 'vitest';

import { newPatient } from '../support/api';
import { expectAccessible, expectQuiet, picture, useBrowser } from '../support/browser';
import { Floor } from '../support/floor';

// The doctor's own hours: painted as a week, leave with what it strands [SCH-3 SCH-10, UI-1].
useBrowser();

let floor: Floor;
const own = () => floor.doctors[0]!;

beforeAll(async () => {
  floor = await Floor.open();
}, 120_000);

const DAY_MS = 86_400_000;

test('a week is painted by mouse and by keys, and saved', async () => {
  const page = await floor.as(own().login, '/doctor/hours');
  const grid = page.getByRole('grid', { name: 'Weekly hours' });
  await grid.waitFor();
  await expectAccessible(page);
  // Wiped by mouse: Sunday from 7 to 12.
  const from = await grid.getByRole('gridcell', { name: /^Sun 07:00/ }).boundingBox();
  const to = await grid.getByRole('gridcell', { name: /^Sun 11:30/ }).boundingBox();
  if (!from || !to) throw new Error('no cells');
  await page.mouse.move(from.x + 10, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(to.x + 10, to.y + 5, { steps: 8 });
  await page.mouse.up();
  await grid.getByRole('gridcell', { name: 'Sun 11:30: free' }).waitFor();
  // One back by keys.
  await grid.getByRole('gridcell', { name: /^Sun 11:30/ }).click();
  await grid.getByRole('gridcell', { name: 'Sun 11:30: works' }).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Space');
  await grid.getByRole('gridcell', { name: 'Sun 11:00: works' }).waitFor();
  await picture(page, 'doctor-hours');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Your hours are saved.').waitFor();
  const doctor = own().person;
  const { weekly } = await doctor.get(`/v1/doctors/${own().id}/availability`);
  expect(weekly.filter((one: any) => one.day === 'SUN')).toEqual([
    { day: 'SUN', from: '00:00', to: '07:00', slot_min: 15 }, { day: 'SUN', from: '11:00', to: '24:00', slot_min: 15 },
  ]);
  expectQuiet(page);
});

test('a leave shows whom it strands before and after', async () => {
  const patient = await newPatient(floor.clinic.desk, { family_name: 'Stranded' });
  const at = new Date(Date.now() + 9 * DAY_MS);
  at.setUTCHours(6, 0, 0, 0);
  const starts_at = at.toISOString().replace('.000Z', 'Z');
  const visit = await floor.clinic.desk.post('/v1/appointments', { patient_id: patient.id, doctor_id: own().id, starts_at });
  const page = await floor.as(own().login, '/doctor/hours');
  await page.getByLabel('From', { exact: true }).fill(starts_at.slice(0, 10));
  await page.getByText('Strands 1 visit').waitFor();
  await page.getByText('Stranded').last().waitFor();
  await expectAccessible(page);
  await picture(page, 'doctor-leave');
  await page.getByLabel('Reason (optional)').fill('Congress');
  await page.getByRole('button', { name: 'Take leave' }).click();
  await page.getByText('1 visit is outside your hours now').waitFor();
  await page.getByText('Congress').waitFor();
  const doctor = own().person;
  const { items } = await doctor.get(`/v1/doctors/${own().id}/exceptions`);
  expect(items.map((one: any) => [one.kind, one.reason])).toEqual([['LEAVE', 'Congress']]);
  expect((await doctor.get(`/v1/appointments/${visit.id}`)).status).toBe('BOOKED');
  await page.getByRole('button', { name: /^Remove: / }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No leave and no extra hours are entered.').waitFor();
  expectQuiet(page);
});

test('narrow, dark, Hindi', async () => {
  const page = await floor.as(own().login, '/doctor/hours', { narrow: true, dark: true, language: 'hi', zone: 'Europe/Berlin' });
  await page.getByRole('grid').waitFor();
  await expectAccessible(page);
  await picture(page, 'doctor-hours-narrow-dark-hi');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expectQuiet(page);
});
