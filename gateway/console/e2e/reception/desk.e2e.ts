import { beforeAll, describe, expect, test } from 'vitest';

import { as, expectAccessible, expectQuiet, picture, useBrowser } from '../support/browser';
import { newPatient } from '../support/api';
import { Clinic, morningZone, PASS_PHRASE } from '../support/clinic';
import { eventually, mailsTo } from '../support/mail';

// Journey 1 at the desk, through the screens [UI-1, PAT-1, SCH-4, SCH-6, QUE-1]; two clerks want the same time [SCH-5].
useBrowser();

let clinic: Clinic;
let anna: Record<string, any>;
let boris: Record<string, any>;
let desk: string;

beforeAll(async () => {
  clinic = await Clinic.open(morningZone());
  [anna, boris, desk] = await Promise.all([clinic.doctor({ display_name: 'Dr. Anna Test' }), clinic.doctor({ display_name: 'Dr. Boris Test' }), clinic.login('receptionist')]);
});

const here = (path: string) => as(desk, path, { zone: clinic.zone }, PASS_PHRASE);

describe('a scheduled visit', () => {
  test('register, book by keys alone, mail, check in, ticket, call', async () => {
    const taken = await newPatient(clinic.desk, { email: `taken-${clinic.tag}@patients.example` });
    const email = `scheduled-${clinic.tag}@patients.example`;
    const page = await here('/reception/register');
    await page.getByLabel('Given name').fill('Mira');
    await page.getByLabel('Family name').fill('Planned');
    await page.getByLabel('or age in years').fill('41');
    await page.getByRole('combobox', { name: 'Sex' }).click();
    await page.getByRole('option', { name: 'Female' }).click();
    await page.getByLabel('E-mail').fill(String(taken.email));
    await page.getByRole('button', { name: 'Register a patient' }).click();
    // Refused at the field, with the way to who has it.
    await page.getByText('Another patient here has this e-mail address').waitFor();
    await page.getByRole('link', { name: new RegExp(String(taken.mrn)) }).waitFor();
    expect(await page.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true');
    await picture(page, 'reception-register-refused');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Register a patient' }).click();
    await page.getByRole('heading', { name: 'Mira Planned' }).waitFor();
    expect(await page.title()).not.toContain('Mira');
    expectQuiet(page);

    // Booked without touching the mouse: "b", who, with whom, the first time, Enter.
    await page.goto('/reception');
    await page.locator('[data-board]').waitFor();
    await page.keyboard.press('b');
    await page.getByRole('heading', { name: 'Book a visit' }).waitFor();
    await page.keyboard.type('mira plan');
    await page.getByRole('option', { name: /Mira Planned/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Anna');
    await page.getByRole('option', { name: 'Dr. Anna Test' }).waitFor();
    await page.keyboard.press('Enter');
    // Hers alone: times of any doctor name whose they are.
    await page.locator('[data-time]:not(:has(bdi))').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByText('The visit is booked.').waitFor();
    const drawer = page.getByRole('dialog', { name: 'Visit' });
    await drawer.getByRole('link', { name: 'Mira Planned' }).waitFor();
    await eventually(async () => (await mailsTo(email)).length > 0);

    await drawer.getByRole('button', { name: 'Check in' }).click();
    await drawer.getByText(/^Ticket \S/).waitFor();
    await expectAccessible(page);
    await picture(page, 'reception-visit');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /Mira Planned, Checked in, Dr. Anna Test/ }).waitFor();

    await page.goto('/reception/queues');
    await page.locator('[data-live="live"]').waitFor();
    await page.getByText('Mira Planned').waitFor();
    await page.getByLabel('Room', { exact: true }).fill('7');
    await page.getByRole('button', { name: 'Call next' }).click();
    await page.getByRole('region', { name: 'Called and in the room (1)' }).getByText('Mira Planned').waitFor();
    await expectAccessible(page);
    await picture(page, 'reception-queue');
    expectQuiet(page);
  });

  test('four clicks from a free time on the board to a booked visit', async () => {
    const patient = await newPatient(clinic.desk, { given_name: 'Quick', family_name: 'Booker' });
    const page = await here(`/reception?date=${clinic.day(1)}`);
    await page.getByRole('button', { name: /^Free at 10:00 am, Dr. Boris Test/ }).click();
    await page.getByLabel('Patient').fill('quick book');
    await page.getByRole('option', { name: /Quick Booker/ }).click();
    await page.getByRole('button', { name: 'Book', exact: true }).click();
    await page.getByText('The visit is booked.').waitFor();
    const { items } = await clinic.admin.get(`/v1/appointments?patient_id=${patient.id}`);
    expect(items).toHaveLength(1);
    expect(items[0].starts_at).toBe(clinic.at(1, '10:00'));
    expectQuiet(page);
  });
});

describe('the day board', () => {
  test('a visit is moved by keys, a refused move says why and what is free instead', async () => {
    const mover = await newPatient(clinic.desk, { given_name: 'Mo', family_name: 'Ver' });
    const other = await newPatient(clinic.desk, { given_name: 'Sit', family_name: 'Ter' });
    const visit = await clinic.book(mover, anna, clinic.at(2, '09:00'));
    await clinic.book(other, boris, clinic.at(2, '09:15'));
    const page = await here(`/reception?date=${clinic.day(2)}`);
    const card = page.getByRole('button', { name: /Mo Ver, Booked/ });
    await card.focus();
    // Right: to Boris. Down: a quarter of an hour later, where somebody is.
    for (const key of ['m', 'ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('alert').getByText('This time is taken.').waitFor();
    await picture(page, 'reception-move-refused');
    await expectAccessible(page);
    expect((await clinic.admin.get(`/v1/appointments/${visit.id}`)).doctor_id).toBe(anna.id);
    await page.getByRole('alert').getByRole('button', { name: /Dr. Boris Test/ }).first().click();
    await page.getByText(/^Moved to/).waitFor();
    expect((await clinic.admin.get(`/v1/appointments/${visit.id}`)).doctor_id).toBe(boris.id);
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(async () => {
      const now = await clinic.admin.get(`/v1/appointments/${visit.id}`);
      return now.doctor_id === anna.id && now.starts_at === clinic.at(2, '09:00');
    });
    expectQuiet(page);
  });

  test('a visit is dragged to another time', async () => {
    const patient = await newPatient(clinic.desk, { given_name: 'Dra', family_name: 'Gged' });
    const visit = await clinic.book(patient, anna, clinic.at(3, '09:00'));
    const page = await here(`/reception?date=${clinic.day(3)}`);
    const card = page.getByRole('button', { name: /Dra Gged, Booked/ });
    await card.scrollIntoViewIfNeeded();
    const from = await card.boundingBox();
    const to = await page.getByRole('group', { name: 'Dr. Boris Test' }).boundingBox();
    if (!from || !to) throw new Error('not on the screen');
    await page.mouse.move(from.x + 30, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 40, from.y + 30, { steps: 4 });
    await page.mouse.move(to.x + 60, from.y + 10 + 48, { steps: 4 });
    await picture(page, 'reception-drag');
    await page.mouse.up();
    await page.getByText(/^Moved to/).waitFor();
    const moved = await clinic.admin.get(`/v1/appointments/${visit.id}`);
    expect([moved.doctor_id, moved.starts_at]).toEqual([boris.id, clinic.at(3, '09:30')]);
    expectQuiet(page);
  });

  test('two clerks want the same time: one gets it, the other is told and offered others', async () => {
    const [one, two] = await Promise.all([
      newPatient(clinic.desk, { given_name: 'First', family_name: 'Clerk' }), newPatient(clinic.desk, { given_name: 'Second', family_name: 'Clerk' }),
    ]);
    const path = (patient: Record<string, any>) => `/reception/book?patient=${patient.id}&doctor=${anna.id}&at=${encodeURIComponent(clinic.at(4, '11:00'))}`;
    const [here1, here2] = [await here(path(one)), await here(path(two))];
    const book1 = here1.getByRole('button', { name: 'Book', exact: true });
    const book2 = here2.getByRole('button', { name: 'Book', exact: true });
    await Promise.all([book1.waitFor(), book2.waitFor()]);
    await Promise.all([book1.dblclick(), book2.dblclick()]);
    const outcomes = await Promise.all([here1, here2].map(async (page) => {
      const booked = page.getByText('The visit is booked.');
      const lost = page.getByRole('alert').getByText('Free instead:');
      await booked.or(lost).first().waitFor();
      return (await booked.count()) > 0 ? 'booked' : 'lost';
    }));
    expect(outcomes.sort()).toEqual(['booked', 'lost']);
    const { items } = await clinic.admin.get(`/v1/appointments?date=${clinic.day(4)}&doctor_id=${anna.id}`);
    expect(items).toHaveLength(1);
  });
});
