import type { Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';

import { newPatient } from './support/api';
import { as, expectAccessible, expectQuiet, picture, useBrowser } from './support/browser';
import { Clinic, PASS_PHRASE } from './support/clinic';
import { Floor } from './support/floor';

// What a console does when something is slow, lost, refused, or much: in words, at its place, and never twice [UI-1].
useBrowser();

let floor: Floor;
let clinic: Clinic;
let desk: string;

beforeAll(async () => {
  floor = await Floor.open(2);
  clinic = floor.clinic;
  desk = await clinic.login('receptionist');
}, 180_000);

const here = (path: string, look = {}) => as(desk, path, look, PASS_PHRASE);
const problem = (status: number, code: string, headers: Record<string, string> = {}) => ({
  status, headers, contentType: 'application/problem+json', body: JSON.stringify({ status, code, title: code }),
});

/** The form of a new patient, filled in. */
async function register(page: Page, name: string): Promise<void> {
  await page.getByLabel('Given name').fill(name);
  await page.getByLabel('Family name').fill(clinic.tag);
  await page.getByLabel('or age in years').fill('30');
  await page.getByRole('combobox', { name: 'Sex' }).click();
  await page.getByRole('option', { name: 'Female' }).click();
}
const known = async (name: string) =>
  (await clinic.desk.get(`/v1/patients?q=${encodeURIComponent(`${name} ${clinic.tag}`)}`)).items.filter((one: any) => one.given_name === name);

describe('a command', () => {
  test('whose answer was lost is sent again with the same key, and acted once', async () => {
    const page = await here('/reception/register');
    const keys: (string | undefined)[] = [];
    await page.route('**/v1/patients', async (route: Route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.fallback();
      // It arrives and is done; the answer never comes back.
      await route.fetch();
      return route.abort('connectionreset');
    });
    await register(page, 'Onceonly');
    await page.getByRole('button', { name: 'Register a patient' }).dblclick();
    await page.getByRole('heading', { name: `Onceonly ${clinic.tag}` }).waitFor();
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBeTruthy();
    expect(keys[1]).toBe(keys[0]);
    expect(await known('Onceonly')).toHaveLength(1);
    expectQuiet(page);
  });

  test.each([
    [429, 'rate-limited', 'That was too much at once.'],
    [503, 'overloaded', 'The system is very busy.'],
  ] as const)('that is refused with %i for long says so in words, keeps what was typed, and goes through later', async (status, code, words) => {
    const name = `Patience${status}`;
    const page = await here('/reception/register');
    let refuse = true;
    await page.route('**/v1/patients', (route) =>
      refuse && route.request().method() === 'POST' ? route.fulfill(problem(status, code, { 'retry-after': '30' })) : route.fallback(),
    );
    await register(page, name);
    await page.getByRole('button', { name: 'Register a patient' }).click();
    await page.getByText(words, { exact: false }).first().waitFor();
    expect(await page.getByLabel('Given name').inputValue()).toBe(name);
    expect(await known(name)).toHaveLength(0);
    await expectAccessible(page);
    await picture(page, `trouble-${status}`);
    refuse = false;
    await page.getByRole('button', { name: 'Register a patient' }).click();
    await page.getByRole('heading', { name: `${name} ${clinic.tag}` }).waitFor();
    expect(await known(name)).toHaveLength(1);
    expectQuiet(page);
  });

  test('that is refused for a moment only is repeated unseen', async () => {
    const page = await here('/reception/register');
    let tries = 0;
    await page.route('**/v1/patients', (route) =>
      route.request().method() === 'POST' && ++tries === 1 ? route.fulfill(problem(429, 'rate-limited', { 'retry-after': '1' })) : route.fallback(),
    );
    await register(page, 'Unseen');
    await page.getByRole('button', { name: 'Register a patient' }).click();
    await page.getByRole('heading', { name: `Unseen ${clinic.tag}` }).waitFor();
    expect(tries).toBe(2);
    expectQuiet(page);
  });

  test('of two doctors for the one who waits: one gets them, the other is told that nobody is left', async () => {
    const { entry } = await floor.walkIn();
    const pages = await Promise.all(floor.doctors.map((one) => floor.as(one.login, '/doctor')));
    await Promise.all(pages.map((page) => page.getByText(entry.ticket.label).first().waitFor()));
    await Promise.all(pages.map((page) => page.getByRole('button', { name: 'Call next' }).dblclick()));
    const got = await Promise.all(
      pages.map(async (page) => {
        const called = page.getByRole('region', { name: 'Called now' }).getByText(entry.ticket.label);
        const nobody = page.getByText(/^Nobody/).first();
        await called.or(nobody).first().waitFor();
        return (await called.count()) > 0 ? 'called' : 'nobody';
      }),
    );
    expect(got.sort()).toEqual(['called', 'nobody']);
    expect(await clinic.desk.get(`/v1/queue-entries/${entry.id}`)).toMatchObject({ status: 'CALLED', calls: 1 });
  });
});

describe('a screen', () => {
  test('that loads says so; one that cannot says why, and tries again when asked', async () => {
    const page = await here('/reception');
    await page.getByRole('heading', { level: 1 }).waitFor();
    let held: Route | undefined;
    await page.route('**/v1/disruptions*', (route) => {
      held = route;
    });
    await page.goto('/reception/disruptions');
    await page.getByRole('status', { name: 'Loading' }).waitFor();
    await picture(page, 'trouble-loading');
    await expect.poll(() => held !== undefined, { timeout: 20_000 }).toBe(true);
    await held?.fulfill(problem(500, 'internal'));
    const alert = page.getByRole('alert').filter({ hasText: /\S/ }).first();
    await alert.waitFor();
    expect(await alert.innerText()).not.toMatch(/500|internal|undefined/);
    await expectAccessible(page);
    await picture(page, 'trouble-failed');
    await page.unroute('**/v1/disruptions*');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await alert.waitFor({ state: 'detached' });
  });

  test('with hundreds of rows holds those in sight, on a desk and on a phone', async () => {
    await newPatient(clinic.desk, { given_name: 'First', family_name: clinic.tag });
    const [one] = (await clinic.desk.get('/v1/patients?limit=1')).items;
    const items = Array.from({ length: 400 }, (_, index) => ({
      ...one, id: `${one.id.slice(0, -4)}${String(index).padStart(4, '0')}`, given_name: 'Row', family_name: `No ${index}`, display_name: `Row No ${index}`,
    }));
    for (const narrow of [false, true]) {
      const page = await here('/reception', { narrow });
      await page.route(/\/v1\/patients\?/, (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify({ items, next_cursor: null }) }));
      await page.goto('/reception/patients');
      await page.getByText('Row No 0', { exact: true }).waitFor();
      const table = page.getByRole('table');
      expect(await table.getAttribute('aria-rowcount')).toBe('401');
      expect(await table.getByRole('row').count()).toBeLessThan(90);
      // To the end: the rows there are drawn, those at the beginning are gone.
      await expect
        .poll(async () => {
          await table.evaluate((element) => element.parentElement?.scrollTo(0, element.parentElement.scrollHeight));
          return page.getByText('Row No 399', { exact: true }).count();
        }, { timeout: 20_000 })
        .toBe(1);
      expect(await page.getByText('Row No 0', { exact: true }).count()).toBe(0);
      expect(await table.getByRole('row').count()).toBeLessThan(90);
      await picture(page, `trouble-many${narrow ? '-narrow' : ''}`);
      expectQuiet(page);
    }
  });

  test('says what was done where no button is', async () => {
    const admin = await clinic.login('admin');
    for (const narrow of [false, true]) {
      const page = await as(admin, `/administration/facilities/${clinic.facility.id}`, { narrow }, PASS_PHRASE);
      const save = page.getByRole('button', { name: 'Save' });
      await page.getByLabel('Phone').fill(narrow ? '+91 11 5550 101' : '+91 11 5550 102');
      await save.click();
      const toast = page.getByRole('status').filter({ hasText: 'Saved.' }).first();
      await toast.waitFor();
      const [word, button] = [await toast.boundingBox(), await save.boundingBox()];
      if (!word || !button) throw new Error('not on the screen');
      const apart = word.x + word.width <= button.x || button.x + button.width <= word.x || word.y + word.height <= button.y || button.y + button.height <= word.y;
      expect(apart).toBe(true);
      await picture(page, `trouble-toast${narrow ? '-narrow' : ''}`);
      expectQuiet(page);
    }
  });

  test('on paper has no navigation, and all of its content', async () => {
    const page = await here('/reception/patients');
    await page.getByRole('table').waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('navigation').first().isVisible()).toBe(false);
    expect(await page.locator('header').first().isVisible()).toBe(false);
    await page.getByRole('heading', { level: 1 }).waitFor();
    // Nothing is cut where the window ends.
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('#content, #content [role="region"]')].filter((part) => part.scrollHeight > part.clientHeight + 1 && getComputedStyle(part).overflowY !== 'visible').length,
    );
    expect(cut).toBe(0);
    await picture(page, 'trouble-paper');
  });
});

describe('what a screen reads beside its own content', () => {
  const broken = problem(500, 'internal');
  const told = (page: Page) => page.getByRole('alert').filter({ hasText: 'Not everything here could be read.' });

  test.each([
    ['the choice of doctors when booking', '/reception/book', '**/v1/doctors?*'],
    ['the choice of specialties when booking', '/reception/book', '**/v1/specialties?*'],
    ['the choice of departments when booking', '/reception/book', '**/v1/departments?*'],
    ['the choice of doctors for a free time', '/reception/waiting', '**/v1/doctors?*'],
    ['the choice of queues for a walk-in', '/reception/walk-in', '**/v1/queues?*'],
  ] as const)('%s: could not be read, says so, and is read again', async (_, path, url) => {
    const page = await here('/reception');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.route(url, (route) => route.fulfill(broken));
    await page.goto(path);
    await told(page).first().waitFor();
    await expectAccessible(page);
    await page.unroute(url);
    await told(page).first().getByRole('button', { name: 'Try again' }).click();
    await told(page).first().waitFor({ state: 'detached' });
    expectQuiet(page);
  });

  test('the choice of a facility for a new account', async () => {
    const page = await as('admin', '/administration');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.route('**/v1/facilities?*', (route) => route.fulfill(broken));
    await page.goto('/administration/accounts/new');
    await told(page).waitFor();
    await page.unroute('**/v1/facilities?*');
    await told(page).getByRole('button', { name: 'Try again' }).click();
    await told(page).waitFor({ state: 'detached' });
    await expect.poll(() => page.getByLabel('Facility', { exact: true }).isEnabled()).toBe(true);
    expectQuiet(page);
  });

  test('where a patient waits, and the next free day', async () => {
    const { login } = await clinic.patient();
    const page = await as(login, '/patient', {}, PASS_PHRASE);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.route('**/v1/queue-entries?*', (route) => route.fulfill(broken));
    await page.reload();
    await told(page).waitFor();
    await expectAccessible(page);
    await page.unroute('**/v1/queue-entries?*');
    await told(page).getByRole('button', { name: 'Try again' }).click();
    await told(page).waitFor({ state: 'detached' });

    const day = /\/v1\/slots\?.*limit=200/;
    const after = /\/v1\/slots\?(?=.*from=)(?!.*to=)/;
    await page.route(day, (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify({ items: [], next_cursor: null }) }));
    await page.route(after, (route) => route.fulfill(broken));
    await page.goto(`/patient/book?doctor=${floor.doctors[0]?.id}`);
    await told(page).waitFor();
    await expectAccessible(page);
    await page.unroute(after);
    await told(page).getByRole('button', { name: 'Try again' }).click();
    await told(page).waitFor({ state: 'detached' });
    expectQuiet(page);
  });

  test('who is to be seen by whom: the dialog of an entry', async () => {
    const { entry } = await floor.walkIn();
    const page = await here('/reception');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.route('**/v1/doctors?*', (route) => route.fulfill(broken));
    await page.goto(`/reception/queues?queue=${floor.queue('REGULAR')}`);
    await page.getByRole('button', { name: `More for ${entry.ticket.label}` }).click();
    await page.getByRole('menuitem', { name: 'Assign a doctor' }).click();
    const dialog = page.getByRole('dialog');
    const inside = dialog.getByRole('alert').filter({ hasText: 'Not everything here could be read.' });
    await inside.waitFor();
    await expectAccessible(page);
    await page.unroute('**/v1/doctors?*');
    await inside.getByRole('button', { name: 'Try again' }).click();
    await inside.waitFor({ state: 'detached' });
    expectQuiet(page);
  });

  test('a search that failed has found nobody, but does not say that there is nobody', async () => {
    const page = await here('/reception/walk-in');
    await page.route('**/v1/patients/suggest?*', (route) => route.fulfill(broken));
    await page.getByPlaceholder('Name, phone, record number').fill('Jörna');
    await page.getByText('The system is busy or restarting.').waitFor();
    expect(await page.getByText('Nobody found').count()).toBe(0);
    expectQuiet(page);
  });

  test('a line that has not told who waits does not say that nobody does', async () => {
    const nurse = await clinic.login('nurse');
    const page = await as(nurse, '/nurse', {}, PASS_PHRASE);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.route('**/v1/queues/*/stream', (route) => route.fulfill(broken));
    await page.reload();
    await page.locator('[data-live="reconnecting"]').first().waitFor();
    await page.getByRole('status', { name: 'Loading' }).first().waitFor();
    expect(await page.getByText(/Nobody|No emergency/).count()).toBe(0);
    await page.unroute('**/v1/queues/*/stream');
    await page.locator('[data-live="live"]').first().waitFor();
    await page.getByText('No emergency.').waitFor();
  });
});
