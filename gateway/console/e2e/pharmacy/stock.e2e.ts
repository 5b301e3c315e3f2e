import { beforeAll, expect, test } from 'vitest';

import { as, expectAccessible, expectContained, expectQuiet, newPage, picture, signIn, useBrowser } from '../support/browser';
import { line, newMedicine, tail, Ward } from '../support/prescribed';

// Medicines, lots, alerts, ledger and figures through the screens [UI-1 UI-3 INV-1 INV-2 INV-3 INV-4 PHA-5].
useBrowser();

let ward: Ward;
beforeAll(async () => {
  ward = await Ward.open();
});

test('a new medicine, a delivery, and everything that happens to a lot', async () => {
  const page = await as('pharm001', '/pharmacy/medicines/new');
  const name = `Stocked ${tail()}`;
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/Needed|Too short|not possible/).first().waitFor();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Strength').fill('250 mg');
  await page.getByLabel('Form').fill('capsule');
  await page.getByLabel('Minimum').fill('20');
  await page.getByLabel(/Price of one unit/).fill('3.5');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: `${name} 250 mg capsule` }).waitFor();

  // The same once more is refused at the field.
  await page.goto('/pharmacy/medicines/new');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Strength').fill('250 mg');
  await page.getByLabel('Form').fill('capsule');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('There is one with this code or name already.').waitFor();

  await page.goto('/pharmacy/receive');
  const lot = `LOT-${tail()}`;
  await page.getByPlaceholder('Name of a medicine').fill(name);
  await page.getByRole('option', { name: new RegExp(name) }).click();
  await page.getByLabel('Lot').fill(lot);
  await page.getByLabel('Last usable day').fill('2020-01-01');
  await page.getByLabel('Quantity').fill('100');
  await page.getByRole('button', { name: 'Receive', exact: true }).click();
  await page.getByText('This lot has expired already').waitFor();
  await page.getByLabel('Last usable day').fill('2031-01-31');
  await expectAccessible(page);
  await picture(page, 'pharmacy-receive');
  await page.getByRole('button', { name: 'Receive', exact: true }).click();
  await page.getByRole('region', { name: 'Received just now' }).getByText(lot).waitFor();

  await page.goto('/pharmacy/medicines');
  await page.getByLabel('Find').fill(name);
  await page.getByRole('link', { name: new RegExp(name) }).click();
  const act = async (verb: string, number: [label: string, value: string] | undefined) => {
    await page.getByRole('button', { name: `Actions for lot ${lot}` }).click();
    await page.getByRole('menuitem', { name: verb }).click();
    const dialog = page.getByRole('dialog', { name: verb });
    if (number) await dialog.getByLabel(number[0]).fill(number[1]);
    await dialog.getByLabel('Reason').fill(`Because of ${verb}`);
    await dialog.getByRole('button', { name: verb }).click();
    await dialog.waitFor({ state: 'hidden' });
  };
  await act('Adjust', ['Change', '-10']);
  await act('Count', ['Counted', '85']);
  await act('Write off', ['Quantity', '5']);
  await act('Into quarantine', undefined);
  await page.getByText('In quarantine').waitFor();
  await act('Release', undefined);
  await act('Recall', undefined);
  await page.getByText('Recalled').waitFor();
  await expectAccessible(page);
  await picture(page, 'pharmacy-medicine');
  await act('Dispose', ['Quantity', '80']);
  await page.getByText('Disposed').waitFor();
  await page.getByRole('cell', { name: 'Because of Count' }).waitFor();
  const kinds = (await page.getByRole('region', { name: 'Stock ledger' }).getByRole('row').allInnerTexts()).join(' ');
  for (const kind of ['Receipt', 'Adjustment', 'Count', 'Write-off', 'Disposal']) expect(kinds).toContain(kind);
  expectQuiet(page);
});

test('a recalled lot keeps nothing for anybody', async () => {
  const medicine = await newMedicine(ward.pharmacist, [30]);
  const prescription = await ward.prescribe([line(medicine, 12)]);
  await ward.pharmacist.post(`/v1/pharmacy/prescriptions/${prescription.id}/validate`);
  const page = await as('pharm001', `/pharmacy/medicines/${medicine.id}`);
  await page.getByRole('button', { name: /Actions for lot/ }).click();
  await page.getByRole('menuitem', { name: 'Recall' }).click();
  await page.getByLabel('Reason').fill('Letter of the maker');
  await page.getByRole('button', { name: 'Recall' }).click();
  await page.getByText('Recalled').waitFor();
  await page.goto(`/pharmacy/prescriptions/${prescription.id}`);
  await page.getByText('1 of 1 short').waitFor();
  expect(await page.getByRole('button', { name: /^Hand over/ }).isDisabled()).toBe(true);
  expectQuiet(page);
});

test('alerts, ledger and figures: to look at, to read, to take along', async () => {
  const low = await newMedicine(ward.pharmacist, [3]);
  await ward.pharmacist.post(`/v1/pharmacy/prescriptions/${(await ward.prescribe([line(low, 2)])).id}/dispense`);
  const page = await as('pharm001', '/pharmacy/alerts');
  await page.getByLabel('Kind').selectOption('LOW');
  await page.getByRole('link', { name: new RegExp(low.name) }).waitFor();
  await expectAccessible(page);
  await picture(page, 'pharmacy-alerts');
  // By the keyboard to the ledger.
  await page.getByRole('heading', { level: 1 }).press('g');
  await page.keyboard.press('l');
  await page.getByRole('heading', { name: 'Stock ledger' }).waitFor();
  await page.getByLabel('Kind').selectOption('DISPENSE');
  await page.getByRole('link', { name: new RegExp(low.name) }).first().waitFor();
  await expectAccessible(page);
  await picture(page, 'pharmacy-ledger');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as CSV' }).click();
  expect((await saved).suggestedFilename()).toMatch(/^stock-ledger-.*\.csv$/);

  await page.goto('/pharmacy/figures');
  for (const chart of ['Prescriptions per day', 'Dispensing rate', 'Top prescribers', 'Value of the stock']) {
    const card = page.locator('section', { has: page.getByRole('heading', { name: chart, exact: true }) });
    await card.getByText('The numbers', { exact: true }).waitFor();
  }
  await page.locator('.recharts-surface').first().waitFor();
  await page.getByText('The numbers', { exact: true }).first().click();
  await page.getByRole('columnheader', { name: 'Hand-overs' }).waitFor();
  await expectAccessible(page);
  await picture(page, 'pharmacy-figures');
  expectQuiet(page);
});

test('every screen dark, narrow and in German; long names and right-to-left ones; empty and failed', async () => {
  const medicine = await newMedicine(ward.pharmacist, [500], { name: `Verylongname-${'x'.repeat(60)}<b>${tail()}` });
  const prescription = await ward.prescribe([line(medicine, 14)], {
    given_name: 'محمد عبد الرحمن', family_name: 'von und zu Hohenstein-Sigmaringen <script>alert(1)</script>',
  });
  const page = await newPage({ dark: true, narrow: true, language: 'de' });
  await page.goto('/pharmacy');
  await signIn(page, 'pharm001');
  const screens = [
    '', '/prescriptions', `/prescriptions/${prescription.id}`, '/medicines', '/medicines/new', `/medicines/${medicine.id}`, '/receive', '/alerts',
    '/ledger', '/figures',
  ];
  for (const screen of screens) {
    await page.goto(`/pharmacy${screen}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    await expectAccessible(page);
    expect([screen, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([screen, 360]);
    await expectContained(page);
    await picture(page, `pharmacy-narrow${screen.replace(/[0-9a-f-]{36}/, 'one').replaceAll('/', '-')}`);
  }
  await page.goto('/pharmacy');
  await page.getByLabel('Suchen').fill('so heißt niemand');
  await page.getByText('Kein Rezept passt zu diesen Filtern.').waitFor();
  await page.route('**/v1/pharmacy/alerts*', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503,"code":"overloaded"}' }),
  );
  await page.goto('/pharmacy/alerts');
  await page.getByRole('alert').getByRole('button', { name: 'Erneut versuchen' }).or(page.getByRole('alert').getByRole('button')).first().waitFor();
  await expectAccessible(page);
  await picture(page, 'pharmacy-failed');
  expectQuiet(page);
}, 300_000);
