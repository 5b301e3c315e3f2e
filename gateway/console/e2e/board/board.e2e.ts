import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { newPatient } from '../support/api';
import { expectAccessible, expectQuiet, newPage, picture, useBrowser } from '../support/browser';
import { Clinic } from '../support/clinic';
import { openLine } from '../support/line';

// The screen on the wall and the link on the ticket: UI-2 QUE-8 QUE-9.
useBrowser();

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.open();
}, 180_000);

const enter = async () =>
  clinic.desk.post('/v1/queue-entries', { queue_id: clinic.queue.id, patient_id: (await newPatient(clinic.desk)).id });
const call = (entry: Record<string, any>, room: string) => clinic.desk.post(`/v1/queue-entries/${entry.id}/call`, { room });
const called = (page: Page) => page.getByRole('region', { name: 'Please come' });
const waiting = (page: Page) => page.getByRole('region', { name: 'Waiting', exact: true });

describe('the board', () => {
  test('shows labels and rooms as they change, large, and nobody’s name', async () => {
    const page = await newPage();
    await page.goto(`/board/${clinic.queue.board_token}`);
    await page.getByText('Nobody is waiting.').waitFor();
    await expectAccessible(page);
    await picture(page, 'board-empty');
    const first = await enter();
    const second = await enter();
    await waiting(page).getByText(first.ticket.label).waitFor();
    await waiting(page).getByText(second.ticket.label).waitFor();
    await call(first, '7');
    await called(page).getByText(first.ticket.label).waitFor();
    await called(page).getByText('Room 7').waitFor();
    await page.getByRole('status').getByText(`Ticket ${first.ticket.label}, please come to room 7.`).waitFor();
    expect(await waiting(page).getByText(first.ticket.label, { exact: true }).count()).toBe(0);
    const tall = await called(page).getByText(first.ticket.label).evaluate((label) => parseFloat(getComputedStyle(label).fontSize));
    expect(tall).toBeGreaterThanOrEqual(800 / 9);
    expect(await page.content()).not.toContain(first.patient?.display_name);
    await expectAccessible(page);
    await picture(page, 'board');
    await clinic.desk.post(`/v1/queue-entries/${first.id}/start`);
    await called(page).getByText(first.ticket.label).waitFor({ state: 'detached' });
    expectQuiet(page);
  });

  test('says that it is cut off, misses nothing, and goes on by itself', async () => {
    const page = await newPage();
    const line = await openLine();
    try {
      await page.goto(`${line.url}/board/${clinic.queue.board_token}`);
      await page.locator('[data-live="live"]').waitFor();
      line.cut();
      await page.locator('[data-live="reconnecting"]').waitFor();
      await page.getByText('No connection: what stands here may be old.').waitFor({ timeout: 40_000 });
      await expectAccessible(page);
      await picture(page, 'board-cut');
      const entry = await enter();
      await call(entry, '12');
      line.mend();
      await page.locator('[data-live="live"]').waitFor({ timeout: 20_000 });
      await called(page).getByText(entry.ticket.label).waitFor();
      await called(page).getByText('Room 12').waitFor();
      await page.getByText('No connection: what stands here may be old.').waitFor({ state: 'detached' });
    } finally {
      line.close();
    }
  }, 120_000);

  test('upright, dark, in Hindi', async () => {
    await enter();
    const page = await newPage({ narrow: true, dark: true, language: 'hi' });
    await page.goto(`/board/${clinic.queue.board_token}`);
    await page.getByRole('heading', { name: 'प्रतीक्षालय' }).waitFor();
    await page.locator('[data-live="live"]').waitFor();
    await expectAccessible(page);
    await picture(page, 'board-narrow-dark-hi');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expectQuiet(page);
  });

  test('a board that does not exist says so', async () => {
    const page = await newPage();
    await page.goto('/board/no-such-board');
    await page.getByText('There is no such board.').waitFor();
    await expectAccessible(page);
    expectQuiet(page);
  });
});

describe('the link on the ticket', () => {
  test('shows the own place without sign-in, then the call, then its end', async () => {
    await enter();
    const own = await enter();
    const page = await newPage({ narrow: true });
    await page.goto(`/track/${own.tracking_token}`);
    await page.getByText(own.ticket.label).waitFor();
    await page.getByText(/people are before you|person is before you/).waitFor();
    await page.getByText('How long it takes is not known yet.').waitFor();
    expect(await page.content()).not.toContain(own.patient?.display_name);
    await expectAccessible(page);
    await picture(page, 'track');
    await call(own, '7');
    await page.getByText('Please come now:').waitFor();
    await expectAccessible(page);
    await picture(page, 'track-called');
    await clinic.desk.post(`/v1/queue-entries/${own.id}/start`);
    await page.getByText('Your turn has come.').waitFor();
    expectQuiet(page);
  });

  test('a wait that is known comes with its spread', async () => {
    const own = await enter();
    const page = await newPage({ narrow: true, language: 'de' });
    // Evidence of weeks is not made in a test: what the gateway answers then is.
    await page.route('**/v1/track/**', async (route) => {
      const answer = await route.fetch();
      const body = { ...(await answer.json()), ahead: 3, expected_wait_min: 32, expected_wait_spread_min: [24, 48] };
      await route.fulfill({ response: answer, json: body });
    });
    await page.goto(`/track/${own.tracking_token}`);
    await page.getByText('3 Personen sind vor Ihnen.').waitFor();
    await page.getByText('Ungefähr 32 Minuten (meist 24 bis 48)').waitFor();
    await picture(page, 'track-wait-de');
    expectQuiet(page);
  });

  test('an old or wrong link says what to do', async () => {
    const page = await newPage({ narrow: true });
    await page.goto('/track/no-such-ticket');
    await page.getByText('This link is not valid (any more).').waitFor();
    await expectAccessible(page);
    await picture(page, 'track-over');
    expectQuiet(page);
  });
});

// Last: from so many turns the clinic learns how long one waits.
test('all who are called at once are seen on the board', async () => {
  const page = await newPage();
  await page.goto(`/board/${clinic.queue.board_token}`);
  await page.locator('[data-live="live"]').waitFor();
  for (let room = 1; room <= 7; ++room) await call(await enter(), String(room));
  await called(page).getByText('Room 7').waitFor();
  const rooms = await called(page).getByText(/^Room \d+$/).evaluateAll((all) => all.map((one) => one.getBoundingClientRect().bottom));
  expect(rooms.length).toBeGreaterThanOrEqual(7);
  expect(Math.max(...rooms)).toBeLessThanOrEqual(800);
  await picture(page, 'board-many');
  expectQuiet(page);
});
