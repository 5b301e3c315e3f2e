import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { as, expectAccessible, expectQuiet, picture, useBrowser } from '../support/browser';
import { line, newMedicine, tail, Ward } from '../support/prescribed';

// The pharmacist's day through the screens: the pharmacy's part of journey 1 [UI-1 PHA-1 PHA-2 PHA-3 PHA-4 INV-2].
useBrowser();

let ward: Ward;
beforeAll(async () => {
  ward = await Ward.open();
});

const open = (page: Page, number: string) => page.getByRole('link', { name: number }).click();
const handOver = (page: Page) => page.getByRole('button', { name: /^Hand over/ });

test('pending, checked, ready, handed over in two parts, printed', async () => {
  const medicine = await newMedicine(ward.pharmacist, [10, 30]);
  const page = await as('pharm001', '/pharmacy');
  await page.getByRole('heading', { name: 'Pending prescriptions' }).waitFor();

  // It comes onto the open list by itself.
  const prescription = await ward.prescribe([line(medicine, 21, { instructions: 'After meals' })]);
  await page.getByLabel('Find').fill(prescription.number as string);
  await page.getByRole('link', { name: prescription.number }).waitFor();
  await expectAccessible(page);
  await picture(page, 'pharmacy-pending');
  await open(page, prescription.number);

  // Reserved from the lot that expires first, the rest from the next.
  await page.getByText('After meals').waitFor();
  await page.getByRole('button', { name: 'Check and reserve' }).click();
  await page.getByText('All of it is there and reserved').waitFor();
  await page.getByText(/10 of lot L1-\w+.*; 11 of lot L2-/).waitFor();
  await expectAccessible(page);
  await picture(page, 'pharmacy-reserved');
  await page.getByRole('button', { name: 'Ready to fetch' }).click();
  await page.getByText('The patient is told that it can be fetched.').waitFor();

  // Part of it first; a double click hands over once.
  const quantity = page.getByLabel(`Quantity of ${medicine.name}`);
  await quantity.fill('5');
  await page.getByRole('button', { name: 'Hand over this part' }).dblclick();
  await page.getByText('Partly handed over').waitFor();
  const part = await ward.pharmacist.get(`/v1/pharmacy/prescriptions/${prescription.id}`);
  expect(part.items[0]).toMatchObject({ dispensed: 5, remaining: 16 });
  expect(part.dispenses).toHaveLength(1);
  await page.getByRole('button', { name: 'Hand over all' }).click();
  await page.getByText(/21 of 21 handed over/).waitFor();
  await picture(page, 'pharmacy-dispensed');

  // Both papers.
  for (const [button, path] of [['Print prescription', '/document.pdf'], ['Print receipt', '/receipt.pdf']] as const) {
    const answer = page.waitForResponse((response) => response.url().endsWith(path));
    await page.getByRole('button', { name: button }).first().click();
    expect((await answer).status()).toBe(200);
    expect((await answer).headers()['content-type']).toBe('application/pdf');
  }

  // What comes back goes into quarantine.
  await page.getByRole('button', { name: 'Take back' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Take back' });
  await dialog.getByLabel(new RegExp(medicine.name)).first().fill('2');
  await dialog.getByLabel('Reason').fill('Not tolerated');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Take back' }).click();
  await page.getByText('2 returned').waitFor();
  const { items: lots } = await ward.pharmacist.get(`/v1/pharmacy/medicines/${medicine.id}/lots`);
  expect(lots.filter((lot: { status: string }) => lot.status === 'QUARANTINED')).toMatchObject([{ on_hand: 2 }]);
  expectQuiet(page);
});

test('what is short is named, what was free text is mapped; hold and decline with a reason', async () => {
  const medicine = await newMedicine(ward.pharmacist, [4]);
  const free = `Herb tea ${tail()}`;
  const prescription = await ward.prescribe([line(medicine, 20), line({ name: free, strength: '1 g', form: 'tea' }, 2)]);
  const page = await as('pharm001', `/pharmacy/prescriptions/${prescription.id}`);
  await page.getByRole('button', { name: 'Check and reserve' }).click();
  const told = page.getByRole('alert').filter({ hasText: 'Not all of it is there' });
  await told.getByText(`${medicine.name} 500 mg tablet: 16 missing, 4 there`).waitFor();
  await told.getByText(`${free} 1 g tea: choose which of your medicines this is`).waitFor();
  await expectAccessible(page);
  await picture(page, 'pharmacy-short');
  expect((await ward.pharmacist.get(`/v1/pharmacy/prescriptions/${prescription.id}`)).fulfilment).toBe('NONE');

  // Chosen by keyboard; then that line can be handed over.
  const tea = await newMedicine(ward.pharmacist, [50], { name: `Tea ${tail()}`, strength: '1 g', form: 'bag' });
  const pick = page.getByRole('combobox', { name: new RegExp(free) }).or(page.getByLabel(new RegExp(`Which medicine is .${free}`))).first();
  await pick.fill(tea.name);
  await page.getByRole('option', { name: new RegExp(tea.name) }).waitFor();
  await pick.press('ArrowDown');
  await pick.press('Enter');
  await page.getByRole('button', { name: 'Check and reserve' }).click();
  await told.getByText(/choose which/).waitFor({ state: 'detached' });

  for (const [act, word] of [['Hold: ask the doctor', 'On hold'], ['Decline', 'Declined']] as const) {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: act }).click();
    const dialog = page.getByRole('dialog', { name: act });
    await dialog.getByRole('button', { name: act }).click();
    await dialog.getByText('Needed.').waitFor();
    await dialog.getByLabel('Reason').fill('Dose is unclear <img src=x onerror=alert(1)>');
    await dialog.getByRole('button', { name: act }).click();
    await page.locator('#content').getByText(word, { exact: true }).first().waitFor();
    await page.getByText('Dose is unclear <img src=x onerror=alert(1)>').waitFor();
    await page.getByRole('button', { name: 'Take up again' }).click();
    await handOver(page).waitFor();
  }
  expectQuiet(page);
});

test('what somebody changed meanwhile is not handed over unseen; a dead line is said', async () => {
  const medicine = await newMedicine(ward.pharmacist, [40]);
  const prescription = await ward.prescribe([line(medicine, 9)]);
  const page = await as('pharm001', `/pharmacy/prescriptions/${prescription.id}`);
  await handOver(page).waitFor();
  // Nothing is read again here while a colleague hands over elsewhere.
  await page.route(/\/v1\/pharmacy\/prescriptions\/[0-9a-f-]+$/, (route) => route.abort());
  await ward.pharmacist.post(`/v1/pharmacy/prescriptions/${prescription.id}/dispense`, { lines: [{ item_id: prescription.items[0].item_id, quantity: 3 }] });
  await handOver(page).click();
  await page.getByText('Somebody changed this in the meantime.').waitFor();
  await page.getByText(/May be old/).waitFor();
  await picture(page, 'pharmacy-stale');
  await page.unroute(/\/v1\/pharmacy\/prescriptions\/[0-9a-f-]+$/);
  await page.getByText('Partly handed over').waitFor();
  expect((await ward.pharmacist.get(`/v1/pharmacy/prescriptions/${prescription.id}`)).items[0]).toMatchObject({ dispensed: 3, remaining: 6 });
  expectQuiet(page);
});
