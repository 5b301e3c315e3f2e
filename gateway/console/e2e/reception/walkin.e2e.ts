import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { newPatient } from '../support/api';
import { as, expectAccessible, expectContained, expectQuiet, newPage, picture, signIn, useBrowser } from '../support/browser';
import { Clinic, PASS_PHRASE } from '../support/clinic';
import { kill } from '../support/installation';
import { tabTo } from '../support/keys';
import { openLine } from '../support/line';
import { eventually } from '../support/mail';

// Journey 2 at the desk through the screens: tickets for a patient and for a visitor, the slip, the call, who the visitor was;
// the line is cut and the gateway dies in the middle of it [UI-1, QUE-1, QUE-8, PAT-1].
useBrowser();

let clinic: Clinic;
let desk: string;

beforeAll(async () => {
  clinic = await Clinic.open();
  desk = await clinic.login('receptionist');
}, 180_000);

const here = (path: string, look = {}) => as(desk, path, look, PASS_PHRASE);
const live = (page: Page) => page.locator('[data-live="live"]').waitFor({ timeout: 60_000 });
const queuePath = () => `/reception/queues?queue=${clinic.queue.id}`;
const labelOf = (page: Page) => page.locator('#content').getByRole('heading', { level: 2 }).innerText();

describe('who comes without a time', () => {
  test('a patient of record gets a ticket by keys; its slip is all that is printed', async () => {
    const patient = await newPatient(clinic.desk, { given_name: 'Wanda', family_name: `Walks ${clinic.tag}` });
    const page = await here('/reception');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('w');
    await page.getByRole('heading', { level: 1, name: 'Walk-in' }).waitFor();
    await page.keyboard.type(`wanda walks ${clinic.tag}`);
    await page.getByRole('option', { name: /Wanda Walks/ }).waitFor();
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('combobox', { name: 'Queue' }));
    await page.keyboard.type('General');
    await page.getByRole('option', { name: 'General Medicine', exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByLabel('Reason for the visit'));
    await page.keyboard.type('Sore throat');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Print ticket' }).waitFor();
    const label = await labelOf(page);
    await expectAccessible(page);
    await picture(page, 'reception-ticket');
    const { items } = await clinic.desk.get(`/v1/queue-entries?patient_id=${patient.id}`);
    expect(items).toMatchObject([{ ticket: { label }, reason: 'Sore throat', status: 'WAITING' }]);

    // On paper: the number, the day, the way to follow it. No name, no screen.
    await page.evaluate(() => {
      window.print = () => undefined;
    });
    await page.getByRole('button', { name: 'Print ticket' }).click();
    await page.emulateMedia({ media: 'print' });
    const slip = page.locator('[data-slip]');
    await slip.getByText(label).waitFor();
    await slip.getByText(`/track/${items[0].tracking_token}`).waitFor();
    expect(await slip.innerText()).not.toContain('Wanda');
    expect(await page.locator('#content').isVisible()).toBe(false);
    await picture(page, 'reception-slip');
    expectQuiet(page);
  });

  test('a visitor is called by the number and identified afterwards', async () => {
    const patient = await newPatient(clinic.desk, { given_name: 'Ivo', family_name: `Found ${clinic.tag}` });
    const page = await here('/reception/walk-in');
    await page.getByText('Visitor', { exact: true }).click();
    await page.getByLabel('Name').fill('<b>Somebody</b> محمد');
    await page.getByRole('combobox', { name: 'Queue' }).fill('General');
    await page.getByRole('option', { name: 'General Medicine', exact: true }).click();
    await page.getByRole('button', { name: 'Give a ticket' }).click();
    await page.getByRole('button', { name: 'Print ticket' }).waitFor();
    const label = await labelOf(page);
    await page.goto(queuePath());
    await live(page);
    const row = page.getByRole('row').filter({ hasText: label });
    await row.getByText('<b>Somebody</b> محمد').waitFor();
    // Nobody has looked at them yet, and nothing says otherwise.
    await row.getByText('Not triaged').waitFor();
    await page.getByLabel('Room', { exact: true }).fill('4');
    await row.getByRole('button', { name: `Call: ${label}` }).click();
    await page.getByRole('region', { name: /^Called and in the room/ }).getByText(label).waitFor();
    await row.getByRole('button', { name: `More for ${label}` }).click();
    await page.getByRole('menuitem', { name: 'Identify' }).click();
    const dialog = page.getByRole('dialog', { name: `Identify: ${label}` });
    await dialog.getByLabel('Patient').fill(`ivo found ${clinic.tag}`);
    await page.getByRole('option', { name: /Ivo Found/ }).click();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Identify' }).click();
    await row.getByText(`Ivo Found ${clinic.tag}`).waitFor();
    const { items } = await clinic.desk.get(`/v1/queue-entries?patient_id=${patient.id}`);
    expect(items.map((one: any) => one.ticket.label)).toEqual([label]);
    await picture(page, 'reception-identified');
    expectQuiet(page);
  });

  test('on a phone every row is a card: what can be done is in sight', async () => {
    await clinic.desk.post('/v1/queue-entries', { queue_id: clinic.queue.id, visitor: { name: `${'Verylongname '.repeat(5)}الاسم` } });
    for (const look of [{ narrow: true }, { narrow: true, dark: true, language: 'de' as const }]) {
      const page = await here(queuePath(), look);
      await live(page);
      const call = page.getByRole('region', { name: /^(Waiting|Wartend)/ }).getByRole('button', { name: /^(Call|Rufen)/ }).first();
      await call.waitFor();
      const box = await call.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 360).toBe(true);
      await expectContained(page);
      await expectAccessible(page);
      await picture(page, `reception-queue-narrow${look.dark ? '-dark-de' : ''}`);
      expectQuiet(page);
    }
  });
});

describe('in the middle of the day', () => {
  test('the line is cut: the queue says so, and has missed nothing when it is back', async () => {
    const page = await newPage();
    const line = await openLine();
    try {
      await page.goto(line.url + queuePath());
      await page.getByLabel('Login or e-mail').fill(desk);
      await page.locator('input[name="password"]').fill(PASS_PHRASE);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await live(page);
      await page.getByLabel('Room', { exact: true }).fill('9');
      line.cut();
      await page.locator('[data-live="reconnecting"]').waitFor();
      await picture(page, 'reception-queue-cut');
      const entry = await clinic.desk.post('/v1/queue-entries', { queue_id: clinic.queue.id, visitor: { name: 'Came meanwhile' } });
      line.mend();
      await live(page);
      await page.getByText('Came meanwhile').waitFor();
      expect(await page.getByLabel('Room', { exact: true }).inputValue()).toBe('9');
      await page.getByRole('button', { name: `Call: ${entry.ticket.label}` }).click();
      await eventually(async () => (await clinic.desk.get(`/v1/queue-entries/${entry.id}`)).room === '9');
    } finally {
      line.close();
    }
  }, 180_000);

  test('the gateway and the queue die and come back: what was typed stands, the next act acts once', async () => {
    const page = await newPage();
    await page.goto(queuePath());
    await signIn(page, desk, PASS_PHRASE);
    await live(page);
    const entry = await clinic.desk.post('/v1/queue-entries', { queue_id: clinic.queue.id, visitor: { name: 'Waits on' } });
    await page.getByText('Waits on').waitFor();
    await page.getByLabel('Room', { exact: true }).fill('11');
    const starts = [await kill('gateway'), await kill('queue')];
    try {
      await page.locator('[data-live="reconnecting"]').waitFor();
    } finally {
      await starts[0]?.();
    }
    await live(page);
    expect(await page.getByLabel('Room', { exact: true }).inputValue()).toBe('11');
    await page.getByRole('button', { name: `Call: ${entry.ticket.label}` }).dblclick();
    await page.getByRole('region', { name: /^Called and in the room/ }).getByText(entry.ticket.label).waitFor();
    expect(await clinic.desk.get(`/v1/queue-entries/${entry.id}`)).toMatchObject({ status: 'CALLED', calls: 1, room: '11' });
  }, 300_000);
});
