import { beforeAll, expect, test } from 'vitest';

import { as, expectAccessible, expectContained, expectQuiet, picture, useBrowser } from '../support/browser';
import { newPatient } from '../support/api';
import { Clinic, morningZone, PASS_PHRASE } from '../support/clinic';

// Every screen of the desk: accessible, in each language, dark and narrow, with names as people have them and as
// attackers write them [UI-1, UI-2].
useBrowser();

let clinic: Clinic;
let desk: string;
let canary: Record<string, any>;
const SCREENS = ['', '/book', '/patients', '/register', '/queues', '/walk-in', '/waiting', '/disruptions', '/sign-ups'];

beforeAll(async () => {
  clinic = await Clinic.open(morningZone());
  desk = await clinic.login('receptionist');
  const doctor = await clinic.doctor({ display_name: 'د. ليلى <b>Test</b>' });
  canary = await newPatient(clinic.desk, { given_name: '<img src=x onerror=alert(1)>', family_name: `${'Verylongname '.repeat(6)}` });
  const arabic = await newPatient(clinic.desk, { given_name: 'محمد', family_name: 'العربي' });
  await clinic.book(canary, doctor, clinic.at(0, '23:00'));
  await clinic.book(arabic, doctor, clinic.at(0, '22:00'));
  for (const [given_name, family_name] of [['X', 'Verylongname'.repeat(5)], ['محمد', 'الأحمد']]) {
    const patient = await newPatient(clinic.desk, { given_name, family_name });
    await clinic.desk.post('/v1/queue-entries', { queue_id: clinic.queue.id, patient_id: patient.id });
  }
});

const here = (path: string, look = {}) => as(desk, path, { zone: clinic.zone, ...look }, PASS_PHRASE);

test.each(['en', 'hi', 'de'] as const)('each screen in %s', async (language) => {
  const page = await here('/reception', { language });
  for (const screen of SCREENS) {
    await page.goto(`/reception${screen}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    if (language === 'en') await expectAccessible(page);
    await picture(page, `reception${screen.replace('/', '-') || '-day'}-${language}`);
  }
  expectQuiet(page);
});

test('dark and narrow', async () => {
  const page = await here('/reception', { dark: true, narrow: true });
  for (const screen of SCREENS) {
    await page.goto(`/reception${screen}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    await expectAccessible(page);
    await picture(page, `reception${screen.replace('/', '-') || '-day'}-dark-narrow`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), screen).toBeLessThanOrEqual(360);
    await expectContained(page);
    // Of a free time one reads whose it is: two doctors may begin alike.
    const cut = await page.locator('[data-time]').evaluateAll((times) => times.filter((one) => one.scrollWidth > one.clientWidth).length);
    expect(cut, screen).toBe(0);
  }
  expectQuiet(page);
});

test('a table holds names without end and from right to left, on a tablet and on a phone', async () => {
  const page = await here('/reception');
  for (const [width, height] of [[768, 1024], [360, 740]] as const) {
    await page.setViewportSize({ width, height });
    for (const screen of ['/patients', `/queues?queue=${clinic.queue.id}`]) {
      await page.goto(`/reception${screen}`);
      await page.getByText('محمد الأحمد').first().waitFor();
      const sideways = await page.getByRole('region').evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length);
      expect(sideways, `${screen} ${width}`).toBe(0);
      // The name of the value stands before the value, whatever the value's direction is.
      const name = page.getByRole('cell').filter({ hasText: 'محمد الأحمد' }).first();
      expect(await name.evaluate((cell) => getComputedStyle(cell).direction)).toBe('ltr');
      expect(await name.getByText('محمد الأحمد').evaluate((value) => getComputedStyle(value).direction)).toBe('rtl');
    }
    await picture(page, `reception-names-${width}`);
  }
  expectQuiet(page);
});

test('what is written in a name is text, and a clock of elsewhere is told', async () => {
  const page = await here(`/reception/patients/${canary.id}`, { zone: 'Pacific/Auckland' });
  await page.getByRole('heading', { name: /<img src=x/ }).waitFor();
  await page.getByText(/Times are those of the clinic/).waitFor();
  await page.getByRole('tab', { name: 'Details' }).click();
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Messages' }).click();
  await page.getByRole('tab', { name: 'History' }).click();
  await expectAccessible(page);
  expectQuiet(page);
});
