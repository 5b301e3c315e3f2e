import { beforeAll, describe, expect, test } from 'vitest';

import { as, expectAccessible, expectQuiet, picture, useBrowser } from '../support/browser';
import { newPatient } from '../support/api';
import { Clinic, morningZone, PASS_PHRASE } from '../support/clinic';
import { eventually, mailsTo } from '../support/mail';

// Journey 5 through the screens: a leave strands visits, the desk moves some and then all; a cancelled visit's time goes
// to who waits [UI-1, SCH-3, SCH-10].
useBrowser();

let clinic: Clinic;
let desk: string;

beforeAll(async () => {
  clinic = await Clinic.open(morningZone());
  desk = await clinic.login('receptionist');
});

const here = (path: string) => as(desk, path, { zone: clinic.zone }, PASS_PHRASE);

describe('a disturbed day', () => {
  test('some of the stranded visits are moved, then the rest', async () => {
    const doctor = await clinic.doctor({ display_name: 'Dr. Ill Test' }, { from: '09:00', to: '10:30', slot_min: 30 });
    const names = ['Alpha', 'Beta', 'Gamma'];
    const patients = await Promise.all(names.map((name) => newPatient(clinic.desk, { given_name: name, family_name: 'Stranded' })));
    const visits = [];
    for (const [index, patient] of patients.entries()) visits.push(await clinic.book(patient, doctor, clinic.at(2, ['09:00', '09:30', '10:00'][index] ?? '')));
    await clinic.admin.post(`/v1/doctors/${doctor.id}/exceptions`, { kind: 'LEAVE', date: clinic.day(2), reason: 'Ill today' });

    const page = await here('/reception/disruptions');
    await page.getByRole('link', { name: 'Ill today' }).click();
    await page.getByRole('heading', { name: 'Ill today' }).waitFor();
    await page.getByLabel('Choose Alpha Stranded').check();
    await expectAccessible(page);
    await picture(page, 'reception-disruption');
    await page.getByRole('button', { name: 'Move 1 chosen' }).click();
    await page.getByText('1 visit was moved.').waitFor();
    expect((await clinic.admin.get(`/v1/appointments/${visits[0]?.id}`)).starts_at).toBe(clinic.at(3, '09:00'));
    expect((await clinic.admin.get(`/v1/appointments/${visits[1]?.id}`)).starts_at).toBe(clinic.at(2, '09:30'));
    await page.getByRole('button', { name: 'Move all 2' }).click();
    await page.getByText('2 visits were moved.').waitFor();
    await page.locator('#content').getByText('Applied').first().waitFor();
    for (const visit of visits) {
      expect((await clinic.admin.get(`/v1/appointments/${visit.id}`)).starts_at > clinic.at(3, '00:00')).toBe(true);
    }
    expectQuiet(page);
  });

  test('a cancelled visit gives its time to who waits for it', async () => {
    const doctor = await clinic.doctor({ display_name: 'Dr. Full Test' }, { from: '09:00', to: '09:30', slot_min: 30 });
    const holder = await newPatient(clinic.desk, { given_name: 'Hol', family_name: 'Der' });
    const email = `waits-${clinic.tag}@patients.example`;
    const waits = await newPatient(clinic.desk, { given_name: 'Wai', family_name: 'Ter', email });
    const visit = await clinic.book(holder, doctor, clinic.at(2, '09:00'));

    const page = await here(`/reception/waiting?patient=${waits.id}&doctor=${doctor.id}`);
    const dialog = page.getByRole('dialog', { name: 'Wait for a free time' });
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('link', { name: 'Wai Ter' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'reception-waiting');

    await page.goto(`/reception?date=${clinic.day(2)}&visit=${visit.id}`);
    await page.getByRole('button', { name: 'Cancel the visit' }).click();
    const why = page.getByRole('dialog', { name: 'Cancel the visit' });
    await why.getByLabel('Reason').fill('Feels better');
    await why.getByRole('button', { name: 'Cancel the visit' }).click();
    await page.getByText('Cancelled.').waitFor();
    await eventually(async () => (await clinic.admin.get(`/v1/waiting-requests?patient_id=${waits.id}`)).items[0].status === 'SERVED');
    await page.getByRole('button', { name: /Wai Ter, Booked, Dr. Full Test/ }).waitFor();
    await eventually(async () => (await mailsTo(email)).length > 0);
    expectQuiet(page);
  });
});
