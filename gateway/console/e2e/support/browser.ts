import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

import { password, screenFile, url } from './environment';

let browser: Browser;
const contexts: BrowserContext[] = [];
const troubles = new WeakMap<Page, string[]>();

/** Call once at the top of a file: one browser for all its tests. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env.AMBULA_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
  afterAll(async () => {
    await browser?.close();
  });
}

export interface Look {
  /** 360 px wide, as a phone. */
  narrow?: boolean;
  dark?: boolean;
  language?: 'en' | 'hi' | 'de';
  zone?: string;
}

/** A browser of its own: its cookies and storage are shared with nobody. */
export async function newPage(look: Look = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: look.narrow ? { width: 360, height: 740 } : { width: 1366, height: 800 },
    colorScheme: look.dark ? 'dark' : 'light',
    locale: look.language ?? 'en',
    timezoneId: look.zone ?? 'Asia/Kolkata',
    reducedMotion: 'reduce',
  });
  contexts.push(context);
  context.setDefaultTimeout(30_000);
  return watched(await context.newPage());
}

/** Another tab of the same browser. */
export async function newTab(page: Page): Promise<Page> {
  return watched(await page.context().newPage());
}

/** A page whose console must stay silent: a breach of the policy, a crash or a log line fails the test. */
function watched(page: Page): Page {
  const found: string[] = [];
  troubles.set(page, found);
  page.on('pageerror', (error) => found.push(`crash: ${error.message}`));
  page.on('console', (message) => {
    // The browser itself logs each refused request; refusals are shown in words and tested there.
    if (!/Failed to load resource/.test(message.text())) found.push(`console.${message.type()}: ${message.text()}`);
  });
  return page;
}

export function expectQuiet(page: Page): void {
  expect(troubles.get(page)).toEqual([]);
}

export async function signIn(page: Page, login: string, secret = password): Promise<void> {
  if (!page.url().startsWith(url)) await page.goto('/');
  await page.getByLabel('Login or e-mail').or(page.getByLabel('लॉगिन या ई-मेल')).or(page.getByLabel('Anmeldename oder E-Mail')).fill(login);
  await page.locator('input[name="password"]').fill(secret);
  await page.locator('form', { has: page.locator('input[name="password"]') }).locator('button[type="submit"]').click();
  await page.locator('#content').waitFor();
}

/** A page on which this account is signed in, at this path; a demo account unless its password is given. */
export async function as(login: string, path = '/', look: Look = {}, secret = password): Promise<Page> {
  const page = await newPage(look);
  await page.goto(path);
  await signIn(page, login, secret);
  return page;
}

/** No violation of WCAG 2.2 AA that a machine can find. */
export async function expectAccessible(page: Page): Promise<void> {
  // A page that is still on its way has neither heading nor landmarks.
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const told = violations.map((one) => `${one.id} (${one.help}): ${one.nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
  expect(told).toEqual([]);
}

/** No text of the content stands out of the frame that it belongs to (cards, fields, badges), and what is pressed is read whole. */
export async function expectContained(page: Page): Promise<void> {
  const spilled = await page.evaluate(() => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.querySelector('#content') ?? document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (!text.textContent?.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const words = range.getBoundingClientRect();
      for (let frame = text.parentElement; frame && frame.id !== 'content'; frame = frame.parentElement) {
        const style = getComputedStyle(frame);
        // What scrolls, is cut on purpose, or is only heard has its own measure.
        if (style.overflowX !== 'visible' || style.position === 'absolute' || frame.closest('svg, .recharts-wrapper')) break;
        const box = frame.getBoundingClientRect();
        const framed = parseFloat(style.borderRightWidth) > 0 || style.backgroundColor !== 'rgba(0, 0, 0, 0)';
        if (framed && (words.right > box.right + 1 || words.left < box.left - 1)) found.push(text.textContent.trim().slice(0, 60));
      }
    }
    for (const part of document.querySelectorAll<HTMLElement>('#content button, #content button *')) {
      const style = getComputedStyle(part);
      // Three dots say that there is more.
      const hard = style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis';
      const cut = hard && part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 1;
      if (cut) found.push(`cut: ${part.innerText.slice(0, 60)}`);
    }
    return found;
  });
  expect(spilled).toEqual([]);
}

/** `.run/screens/<name>.png`, to be looked at. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: screenFile(name), animations: 'disabled' });
}
