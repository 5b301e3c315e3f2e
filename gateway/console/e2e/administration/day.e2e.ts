import { readFile } from 'node:fs/promises';

import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { Person } from '../support/api';
import { as, expectAccessible, expectContained, expectQuiet, newPage, picture, signIn, useBrowser } from '../support/browser';
import { password } from '../support/environment';
import { eventually } from '../support/mail';
import { line, newMedicine, tail, Ward } from '../support/prescribed';

// Journey 6 through the screens: facility and settings, departments, doctors, availability, accounts on and off, figures,
// exports, activity [UI-1 UI-3 ID-1 ID-3 REP-1 REP-2 REP-3 AUD-1 NOT-5 NOT-6].
useBrowser();

let admin: Person;
let ward: Ward;
beforeAll(async () => {
  [admin, ward] = await Promise.all([Person.signIn('admin'), Ward.open()]);
});

const saved = (page: Page) => page.getByText('Saved.').first().waitFor();

test('a department, a specialty, an account, a doctor with hours; the account signs in, is turned off and on', async () => {
  const mark = tail();
  const page = await as('admin', '/administration/directory');

  for (const [button, heading, code, name] of [
    ['New department', 'Departments', `D${mark}`, `Department ${mark}`],
    ['New specialty', 'Specialties', `S${mark}`, `Specialty ${mark}`],
  ] as const) {
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog', { name: button });
    await dialog.getByLabel('Code').fill(code);
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('region', { name: heading }).last().getByRole('cell', { name, exact: true }).waitFor();
  }
  await expectAccessible(page);
  await picture(page, 'administration-directory');

  await page.goto('/administration/accounts/new');
  await page.getByLabel('Name').fill(`Dr. Test ${mark}`);
  await page.getByLabel('Login').fill('no good!');
  await page.getByLabel('Doctor', { exact: true }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('2 to 64 letters, digits').waitFor();
  await page.getByLabel('Login').fill(`doc.${mark}`);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save' }).click();
  const oneTime = await page.locator('[data-one-time]').innerText();
  await expectAccessible(page);
  await picture(page, 'administration-one-time');

  await page.goto('/administration/doctors/new');
  await page.getByLabel('Name').fill(`Dr. Test ${mark}`);
  await page.getByLabel('Department').selectOption({ label: `Department ${mark}` });
  await page.getByLabel('Specialty').selectOption({ label: `Specialty ${mark}` });
  await page.getByRole('combobox', { name: 'Account' }).or(page.getByLabel('Account', { exact: true })).first().fill(mark);
  await page.getByRole('option', { name: new RegExp(`doc.${mark}`) }).click();
  await page.getByLabel('Room').fill('12');
  await page.getByLabel(/^Fee/).fill('350');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: `Dr. Test ${mark}` }).waitFor();

  await page.getByText('No hours yet').waitFor();
  await page.getByRole('button', { name: 'Add a session' }).click();
  await page.getByLabel('From', { exact: true }).fill('17:00');
  await page.getByLabel('To', { exact: true }).fill('09:00');
  await page.getByRole('button', { name: 'Save hours' }).click();
  await page.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
  await page.getByLabel('From', { exact: true }).fill('09:00');
  await page.getByLabel('To', { exact: true }).fill('13:00');
  await page.getByRole('button', { name: 'Add a session' }).click();
  await page.getByRole('button', { name: 'Save hours' }).click();
  await saved(page);
  const [doctor] = (await admin.get(`/v1/doctors?q=${mark}`)).items;
  expect((await admin.get(`/v1/doctors/${doctor.id}/availability`)).weekly).toEqual([
    { day: 'MON', from: '09:00', to: '13:00', slot_min: 15 },
    { day: 'TUE', from: '09:00', to: '13:00', slot_min: 15 },
  ]);
  await page.getByLabel('First day off').fill('2031-05-05');
  await page.getByRole('button', { name: 'Enter day off' }).click();
  await page.getByText(/^Off: /).waitFor();
  await expectAccessible(page);
  await picture(page, 'administration-doctor');

  // The owner signs in with the one-time password, and must choose another.
  const other = await newPage();
  await other.goto('/');
  await other.getByLabel('Login or e-mail').fill(`doc.${mark}`);
  await other.locator('input[name="password"]').fill(oneTime);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByLabel('The same again').waitFor();

  await page.goto('/administration/accounts');
  await page.getByLabel('Find').fill(mark);
  await page.getByRole('link', { name: `Dr. Test ${mark}` }).click();
  for (const [act, word] of [['Deactivate', 'Inactive'], ['Reactivate', 'Active']] as const) {
    await page.getByRole('button', { name: act }).click();
    if (act === 'Deactivate') await page.getByRole('dialog').getByRole('button', { name: act }).click();
    await page.locator('#content').getByText(word, { exact: true }).waitFor();
    if (act === 'Deactivate') await expect(Person.signIn(`doc.${mark}`, oneTime)).rejects.toThrow('401');
  }
  await page.getByRole('button', { name: 'New password' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'New password' }).click();
  expect(await page.locator('[data-one-time]').innerText()).not.toBe(oneTime);
  await page.getByRole('region', { name: 'What this account did' }).waitFor();
  await expectAccessible(page);
  await picture(page, 'administration-account');
  expectQuiet(page);
});

test('facility and settings, holidays, the words of a mail, messages', async () => {
  const page = await as('admin', '/administration/facilities');
  const mark = tail();
  // An administrator of the installation sees a list first.
  const table = page.getByRole('region', { name: 'Facility and settings' });
  await table.or(page.getByLabel('Phone')).first().waitFor();
  if (await table.isVisible()) await table.getByRole('link').first().click();
  await page.getByLabel('Phone').fill('+91 11 5550 100');
  await page.getByLabel('Visits of a doctor per day').waitFor();
  await page.getByLabel('Of those, kept for urgent ones').fill('900');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Urgent seats are part of the day’s cap.').waitFor();
  await page.getByLabel('Of those, kept for urgent ones').fill('0');
  await page.getByRole('button', { name: 'Save' }).click();
  await saved(page);
  await expectAccessible(page);
  await picture(page, 'administration-facility');

  await page.goto('/administration/holidays');
  const day = `20${31 + Math.floor(Math.random() * 60)}-0${1 + Math.floor(Math.random() * 9)}-1${Math.floor(Math.random() * 10)}`;
  await page.getByRole('textbox', { name: 'Day', exact: true }).fill(day);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`Holiday ${mark}`);
  await page.getByRole('button', { name: 'Add holiday' }).click();
  await page.getByRole('cell', { name: `Holiday ${mark}`, exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: `Remove: Holiday ${mark}` }).click();
  await page.getByRole('cell', { name: `Holiday ${mark}`, exact: true }).waitFor({ state: 'detached' });

  // Hindi, where no other test looks.
  await page.goto('/administration/templates');
  await page.getByLabel('Message').selectOption('appointment-reinstated');
  await page.getByLabel('Language').selectOption('hi');
  const subject = page.getByLabel('Subject');
  await subject.fill(`<b>Canary</b> ${mark}`);
  await page.getByRole('region', { name: 'Preview' }).getByText(`<b>Canary</b> ${mark}`).waitFor();
  await expectAccessible(page);
  await picture(page, 'administration-templates');
  await page.getByRole('button', { name: 'Save' }).click();
  await saved(page);
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('{{no_such_value}}');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The words name a value that is not there').first().waitFor();
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('{{date}}');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('A value is missing that must stand in the text').first().waitFor();
  await page.getByRole('button', { name: 'Words as delivered' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('A value is missing that must stand in the text').first().waitFor({ state: 'detached' });

  // A mail that went out is sent once more.
  const medicine = await newMedicine(ward.pharmacist);
  const prescription = await ward.prescribe([line(medicine, 3)]);
  const mail = await eventually(async () =>
    (await admin.get(`/v1/notifications?patient_id=${prescription.patient_id}&status=SENT`)).items[0],
  );
  await page.goto('/administration/messages');
  await page.getByLabel('Status').selectOption('SENT');
  await page.getByLabel('Message', { exact: true }).selectOption(mail.template as string);
  await page.getByRole('button', { name: 'Send again' }).first().waitFor();
  await expectAccessible(page);
  await picture(page, 'administration-messages');
  await page.getByRole('button', { name: 'Send again' }).first().click();
  await page.getByRole('dialog').getByLabel('Reason').fill(`Asked for it ${mark}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
  await page.getByText('It is on its way again.').waitFor();
  expectQuiet(page);
});

test('the day in numbers, figures in charts, exports, and who did what', async () => {
  const page = await as('admin', '/administration');
  await page.getByText('Waiting now').waitFor();
  await page.getByRole('region', { name: 'Today’s queues' }).waitFor();
  await expectAccessible(page);
  await picture(page, 'administration-dashboard');

  // By the keyboard to the figures.
  await page.getByRole('heading', { level: 1 }).press('a');
  await page.keyboard.press('f');
  await page.getByRole('heading', { level: 1, name: 'Figures' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/administration/figures');
  for (const chart of ['Visits per day', 'No-show rate', 'Waits by department', 'Doctors']) {
    await page.getByRole('heading', { name: chart, exact: true }).waitFor();
  }
  await page.locator('section', { has: page.getByRole('heading', { name: 'Doctors', exact: true }) }).getByText('The numbers').click();
  await page.getByRole('columnheader', { name: 'Consultations' }).waitFor();
  await expectAccessible(page);
  await picture(page, 'administration-figures');

  await page.goto('/administration/exports');
  await expectAccessible(page);
  for (const [button, head] of [
    ['Patients', 'mrn'], ['Appointments', 'status'], ['Visits and no-shows', 'no_show_rate'], ['Value of the stock', 'medicine'],
  ] as const) {
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: button, exact: true }).click();
    const text = await readFile(await (await file).path(), 'utf8');
    expect(text.split('\n')[0]).toContain(head);
  }
  await picture(page, 'administration-exports');

  // What was just taken along stands in the activity.
  await page.goto('/administration/audit');
  await page.getByRole('combobox', { name: 'Who' }).or(page.getByLabel('Who', { exact: true })).first().fill('admin');
  await page.getByRole('option', { name: /\(admin\)/ }).click();
  await page.getByRole('cell', { name: /GET \/v1\/patients/ }).first().waitFor();
  await expectAccessible(page);
  await picture(page, 'administration-audit');
  expectQuiet(page);
});

test('an auditor has the activity and nothing else', async () => {
  const page = await as('aud001');
  await page.getByRole('heading', { name: 'Activity' }).waitFor();
  expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Activity']);
  await page.getByRole('region', { name: 'Activity' }).getByRole('row').nth(1).waitFor();
  await expectAccessible(page);
  expectQuiet(page);
});

test('every screen dark, narrow and in German; empty and failed', async () => {
  const page = await newPage({ dark: true, narrow: true, language: 'de' });
  await page.goto('/administration');
  await signIn(page, 'admin', password);
  const [doctor] = (await admin.get('/v1/doctors?limit=1')).items;
  const facility = admin.account.memberships.find((one: { facility_id: string | null }) => one.facility_id).facility_id as string;
  const screens = [
    '', '/figures', '/accounts', '/accounts/new', `/accounts/${admin.account.id}`, '/doctors', '/doctors/new', `/doctors/${doctor.id}`, '/directory',
    '/holidays', '/facilities', `/facilities/${facility}`, '/templates', '/messages', '/exports', '/audit',
  ];
  for (const screen of screens) {
    await page.goto(`/administration${screen}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    await expectAccessible(page);
    expect([screen, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([screen, 360]);
    await expectContained(page);
    await picture(page, `administration-narrow${screen.replace(/[0-9a-f-]{36}/, 'one').replaceAll('/', '-')}`);
  }
  await page.goto('/administration/accounts');
  await page.getByLabel('Suchen').fill('so heißt niemand');
  await page.getByText('Nichts passt.').waitFor();
  await page.route('**/v1/doctors*', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503,"code":"overloaded"}' }),
  );
  await page.goto('/administration/doctors');
  await page.getByRole('alert').getByRole('button').first().waitFor();
  await expectAccessible(page);
  expectQuiet(page);
}, 300_000);
