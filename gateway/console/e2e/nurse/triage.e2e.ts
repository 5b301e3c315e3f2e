import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { expectAccessible, expectQuiet, picture, useBrowser } from '../support/browser';
import { Floor } from '../support/floor';
import { eventually } from '../support/mail';

// The nurse's screens [UI-1]: live lines, triage as one types, allergies and conditions.
useBrowser();

let floor: Floor;

beforeAll(async () => {
  floor = await Floor.open();
}, 120_000);

const queuePath = () => `/nurse?department=${floor.clinic.department.id}`;
const line = (page: Page, label: string) => page.getByRole('listitem').filter({ hasText: label });

// QUE-5 QUE-6 QUE-8: journey 3, from the symptoms to the emergency line.
test('an emergency is seen while it is typed, and goes ahead of all', async () => {
  const page = await floor.as(floor.nurse.account.login, queuePath());
  await page.getByText('Nobody is waiting here.').waitFor();
  await picture(page, 'nurse-queue-empty');
  // Comes by itself: the line is live.
  const { entry } = await floor.walkIn();
  await line(page, entry.ticket.label).waitFor();
  await expectAccessible(page);
  await picture(page, 'nurse-queue');

  await line(page, entry.ticket.label).getByRole('link', { name: /^Triage/ }).click();
  await page.getByLabel('Respiratory rate').fill('26');
  await page.getByLabel('Oxygen saturation').fill('90');
  await page.getByText('NEWS2 6').waitFor();
  await page.getByText('Seizure').click();
  const outcome = page.getByText('Rules that fired').locator('..');
  await outcome.getByText('Seizure').waitFor();
  await page.getByText(/^Not measured: .*Pulse/).waitFor();
  await page.getByText('Rule set v1').waitFor();
  await expectAccessible(page);
  await picture(page, 'nurse-triage');
  // By keyboard alone.
  await page.getByLabel('Pulse').press('Control+Enter');
  await page.getByText(/Moved to the emergency queue/).waitFor();

  const nurse = floor.nurse;
  const left = await nurse.get(`/v1/queue-entries/${entry.id}`);
  expect(left.status).toBe('TRANSFERRED');
  const now = await nurse.get(`/v1/queue-entries/${left.transferred_to}`);
  expect([now.queue_kind, now.level, now.doctor_id]).toEqual(['EMERGENCY', 'CRITICAL', floor.doctors[0]?.id]);
  expect(now.ticket.label).toBe(entry.ticket.label);
  const emergency = page.getByRole('list', { name: /emergency/ });
  await emergency.getByText(entry.ticket.label).waitFor();
  await emergency.getByText('Critical').waitFor();
  expectQuiet(page);
});

// QUE-5: both levels are kept.
test('a level is overridden only with a reason', async () => {
  const { entry } = await floor.walkIn();
  const page = await floor.as(floor.nurse.account.login, `/nurse/entries/${entry.id}`);
  await page.getByText('Head injury').click();
  await page.getByRole('switch', { name: 'Override the level' }).click();
  await page.getByRole('button', { name: /^Save triage/ }).click();
  await page.getByText('Needed.').first().waitFor();
  await page.getByRole('group', { name: 'Level in force' }).getByText('High').click();
  await page.getByLabel(/Why the rules do not fit/).fill('Anticoagulated');
  await expectAccessible(page);
  await page.getByRole('button', { name: /^Save triage/ }).click();
  await page.getByText(`${entry.ticket.label}: High`).waitFor();
  const nurse = floor.nurse;
  const after = await nurse.get(`/v1/queue-entries/${entry.id}`);
  expect([after.level, after.triage.level, after.triage.overridden.reason]).toEqual(['HIGH', 'MODERATE', 'Anticoagulated']);
  expectQuiet(page);
});

// PAT-7
test('allergies and conditions are added, and taken back with a reason', async () => {
  const { patient, entry } = await floor.walkIn({ family_name: 'محمد Sample' });
  const page = await floor.as(floor.nurse.account.login, `/nurse/entries/${entry.id}`);
  await page.getByText('No allergy is known.').waitFor();
  await page.getByRole('button', { name: 'Add allergy' }).click();
  await page.getByLabel(/^Substance/).fill('Penicillin <b>x</b>');
  await page.getByRole('combobox', { name: 'Severity' }).click();
  await page.getByRole('option', { name: 'Severe' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const allergies = page.getByRole('region', { name: 'Allergies' });
  await allergies.getByText('Penicillin <b>x</b>').waitFor();
  await page.getByRole('button', { name: 'Add condition' }).click();
  await page.getByRole('textbox', { name: /^Condition/ }).fill('Asthma');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Conditions' }).getByText('Asthma').waitFor();
  await expectAccessible(page);
  await picture(page, 'nurse-allergies');
  await allergies.getByRole('button', { name: /^Take back/ }).click();
  await page.getByLabel('Reason').fill('Was another patient');
  await page.getByRole('button', { name: 'Take back', exact: true }).click();
  await page.getByText('No allergy is known.').waitFor();
  const nurse = floor.nurse;
  expect((await nurse.get(`/v1/patients/${patient.id}/allergies?status=ACTIVE`)).items).toEqual([]);
  expectQuiet(page);
});

// QUE-3 QUE-4
test('called, held, resumed, not come, back again', async () => {
  const { entry } = await floor.walkIn();
  const page = await floor.as(floor.nurse.account.login, queuePath());
  await page.getByLabel('Room', { exact: true }).fill('7');
  const mine = line(page, entry.ticket.label);
  await mine.getByRole('button', { name: `Call: ${entry.ticket.label}` }).click();
  await mine.getByText(/called once/).waitFor();
  await mine.getByText(/room 7/).waitFor();
  await mine.getByRole('button', { name: `More for ${entry.ticket.label}` }).click();
  await page.getByRole('menuitem', { name: 'Put on hold' }).click();
  await page.getByLabel('Reason').fill('Blood sample first');
  await page.getByRole('dialog').getByRole('button', { name: 'Put on hold' }).click();
  await mine.getByText('Blood sample first').waitFor();
  await mine.getByRole('button', { name: /^Resume/ }).click();
  await mine.getByRole('button', { name: `Call: ${entry.ticket.label}` }).click();
  await mine.getByText('Called', { exact: true }).waitFor();
  await mine.getByRole('button', { name: `More for ${entry.ticket.label}` }).click();
  await expectAccessible(page);
  await page.getByRole('menuitem', { name: 'Did not come' }).click();
  await mine.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /Left or did not come today/ }).click();
  await page.getByRole('button', { name: `Is back: ${entry.ticket.label}` }).click();
  await mine.getByText('Waiting', { exact: true }).waitFor();
  const nurse = floor.nurse;
  await eventually(async () => ((await nurse.get(`/v1/queue-entries/${entry.id}`)).status === 'WAITING' ? true : undefined));
  expectQuiet(page);
});

test('narrow, dark and German; and when nothing answers', async () => {
  const { entry } = await floor.walkIn({ given_name: 'Wolfeschlegelsteinhausenbergerdorff-Maximiliana', family_name: 'von und zu Langenstein-Übermüller' });
  const page = await floor.as(floor.nurse.account.login, queuePath(), { narrow: true, dark: true, language: 'de' });
  await line(page, entry.ticket.label).waitFor();
  await expectAccessible(page);
  await picture(page, 'nurse-queue-narrow-dark-de');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await line(page, entry.ticket.label).getByRole('link', { name: /^Triage/ }).click();
  await page.getByText('Brustschmerz').waitFor();
  await picture(page, 'nurse-triage-narrow-dark-de');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.route('**/v1/triage/**', (route) => route.fulfill({
    status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'overloaded' }),
  }));
  await page.getByText('Brustschmerz').click();
  await page.getByText('Das System ist', { exact: false }).first().waitFor();
  await expectAccessible(page);
  await picture(page, 'nurse-triage-error');
  expectQuiet(page);
});
