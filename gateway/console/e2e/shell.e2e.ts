import { describe, expect, test } from 'vitest';

import { as, expectAccessible, expectQuiet, newPage, newTab, picture, signIn, useBrowser } from './support/browser';
import { url } from './support/environment';

// The console's frame: sign-in, policy, languages, tabs [UI-1, UI-2].
useBrowser();

describe('the page', () => {
  test('comes packed, cached by name, and with a policy that allows nothing inline', async () => {
    const page = await fetch(`${url}/reception`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('permissions-policy')).toContain('camera=()');
    const script = /src="(\/assets\/[^"]+)"/.exec(await page.text())?.[1] ?? '';
    const asset = await fetch(url + script, { headers: { 'accept-encoding': 'br' } });
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-encoding')).toBe('br');
  });

  test('is never the answer of the API', async () => {
    const answer = await fetch(`${url}/v1/no-such-path`, { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('signing in', () => {
  test('says what is wrong, and nothing more', async () => {
    const page = await newPage();
    await page.goto('/');
    await expectAccessible(page);
    await page.getByLabel('Login or e-mail').fill('rec001');
    await page.locator('input[name="password"]').fill('not-the-password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Login and password do not fit together.').waitFor();
    await picture(page, 'sign-in-refused');
    expectQuiet(page);
  });

  test('leads to the start of the role, keeps the token out of every storage, survives a reload', async () => {
    const page = await as('rec001');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/reception/);
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    expect(stored).not.toMatch(/ey[A-Za-z0-9_-]{10,}\./);
    await page.reload();
    await page.getByRole('navigation').first().waitFor();
    await expectAccessible(page);
    await picture(page, 'shell-reception');
    expectQuiet(page);
  });

  test('a page of another role is not there', async () => {
    const page = await as('rec001', '/pharmacy');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  });
});

describe('the shell', () => {
  test('palette, shortcuts and languages by keyboard', async () => {
    const page = await as('rec001');
    await page.keyboard.press('Control+K');
    await page.getByPlaceholder('What do you want to do?').fill('keyboard');
    // Over the whole window, not only beside the navigation.
    expect(await page.locator('.mantine-Spotlight-inner').evaluate((place) => place.getBoundingClientRect().left)).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: /Your account/ }).click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { name: 'Tastenkürzel' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    expectQuiet(page);
  });

  test('dark, narrow and Hindi', async () => {
    const page = await newPage({ dark: true, narrow: true, language: 'hi' });
    await page.goto('/');
    await signIn(page, 'rec001');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(page);
    await picture(page, 'shell-dark-narrow-hi');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expectQuiet(page);
  });
});

describe('the end of a sign-in', () => {
  test('ends in every tab', async () => {
    const page = await as('rec001');
    const other = await newTab(page);
    await other.goto('/');
    await other.getByRole('navigation').first().waitFor();
    await page.getByRole('button', { name: /Your account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
    await other.reload();
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('two tabs renew at once and both stay signed in', async () => {
    const page = await as('rec001');
    const other = await newTab(page);
    await Promise.all([page.reload(), other.goto('/')]);
    await Promise.all([page.getByRole('navigation').first().waitFor(), other.getByRole('navigation').first().waitFor()]);
    await Promise.all([page.reload(), other.reload()]);
    await Promise.all([page.getByRole('navigation').first().waitFor(), other.getByRole('navigation').first().waitFor()]);
  });

  test('warns who is idle, then hides the screen and gives it back', async () => {
    const page = await newPage();
    await page.clock.install();
    await page.goto('/account/password');
    await signIn(page, 'rec001');
    await page.getByLabel('The same again').fill('half typed');
    await page.clock.runFor(14 * 60_000 + 5_000);
    await page.getByRole('dialog', { name: 'Are you still there?' }).waitFor();
    await picture(page, 'idle-warning');
    await page.clock.runFor(60_000);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.getByLabel('The same again').isVisible()).toBe(false);
    await signIn(page, 'rec001');
    expect(await page.getByLabel('The same again').inputValue()).toBe('half typed');
  });
});
