import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** More stops than this no screen has between two acts. */
const MOST_STOPS = 80;

const here = (place: Locator) => place.evaluate((element) => element === document.activeElement);

/** To this place by the Tab key alone. */
export async function tabTo(page: Page, place: Locator): Promise<void> {
  await place.waitFor();
  for (let stop = 0; stop < MOST_STOPS; ++stop) {
    if (await here(place)) return;
    await page.keyboard.press('Tab');
  }
  expect.fail(`not reached by ${MOST_STOPS} stops`);
}

/** There by Tab, then pressed. */
export async function press(page: Page, place: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, place);
  expect(await place.evaluate((element) => element.matches(':focus-visible'))).toBe(true);
  await page.keyboard.press(key);
}

/** Who works by keys always stands somewhere: never on the page as such. */
export async function expectFocus(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body)).toBe(true);
}
