import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { newPage, newTab, signIn, useBrowser } from '../support/browser';
import { Clinic, PASS_PHRASE } from '../support/clinic';
import { url } from '../support/environment';

// Other people's pages can do nothing with who is signed in here; a sign-in that ends, ends everywhere. UI-1 ID-1 ID-3
useBrowser();

/** A page of somebody else: another origin on the same machine, the nearest that an attacker can stand. */
let stranger: Server;
let strangeUrl = '';
let clinic: Clinic;

beforeAll(async () => {
  stranger = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end('<!doctype html><title>A stranger</title><body></body>');
  });
  await new Promise<void>((listening) => stranger.listen(0, '127.0.0.1', listening));
  strangeUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`;
  clinic = await Clinic.open();
}, 180_000);
afterAll(() => stranger?.close());

describe('a stranger’s page', () => {
  test('cannot use the cookie: not to renew, not to sign out, by no form and no script', async () => {
    const page = await newPage();
    await page.goto('/');
    await signIn(page, await clinic.login('receptionist'), PASS_PHRASE);
    const attacker = await newTab(page);
    await attacker.goto(strangeUrl);
    const answers = await attacker.evaluate(async (target) => {
      const told: string[] = [];
      for (const path of ['/v1/auth/refresh', '/v1/auth/sign-out']) {
        for (const type of ['text/plain', 'application/json']) {
          const answer = await fetch(target + path, { method: 'POST', credentials: 'include', headers: { 'content-type': type }, body: '{}' })
            .then(async (got) => `${got.status} ${await got.text()}`, () => 'refused by the browser');
          told.push(answer);
        }
        await fetch(target + path, { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' }).catch(() => undefined);
      }
      return told;
    }, url);
    expect(answers.every((one) => one === 'refused by the browser')).toBe(true);
    // A form travels without asking first; its answer is a refusal.
    const answered = attacker.waitForResponse((got) => got.url() === `${url}/v1/auth/refresh`);
    await attacker.evaluate((target) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.enctype = 'text/plain';
      form.action = `${target}/v1/auth/refresh`;
      form.innerHTML = '<input name=\'{"x":"\' value=\'"}\'>';
      document.body.append(form);
      form.submit();
    }, url);
    expect((await answered).status()).toBeGreaterThanOrEqual(400);
    // Who was signed in still is.
    await page.reload();
    await page.getByRole('navigation').first().waitFor();
  });

  test('cannot read with it: the cookie opens nothing but the renewal', async () => {
    const page = await newPage();
    await page.goto('/');
    await signIn(page, await clinic.login('receptionist'), PASS_PHRASE);
    const status = await page.evaluate(async () => (await fetch('/v1/patients', { credentials: 'include' })).status);
    expect(status).toBe(401);
    const cookies = await page.context().cookies();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/v1/auth' });
  });

  test('cannot put the console into its frame', async () => {
    const page = await newPage();
    await page.goto(strangeUrl);
    for (const path of ['/', '/board/any', '/v1/facilities']) {
      const answer = await fetch(url + path, { headers: { accept: 'text/html' } });
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
      expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      await page.evaluate((target) => {
        document.body.innerHTML = '';
        const frame = document.createElement('iframe');
        frame.src = target;
        document.body.append(frame);
        return new Promise((loaded) => frame.addEventListener('load', loaded));
      }, url + path);
      const frame = page.frames().at(-1);
      expect(await frame?.locator('#root').count().catch(() => 0)).toBe(0);
      expect(frame?.url()).not.toContain(url);
    }
  });
});

describe('the policy', () => {
  test('stops script and style that somebody brings in, and what they would send away', async () => {
    const page = await newPage();
    await page.goto('/');
    const ran = await page.evaluate(async (away) => {
      const breaches: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => breaches.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
      const far = document.createElement('script');
      far.src = `${away}x.js`;
      document.body.append(far);
      document.body.insertAdjacentHTML('beforeend', '<img src="data:image/png;base64,x" onerror="window.injected = true">');
      document.body.insertAdjacentHTML('beforeend', '<style>body { display: none }</style>');
      const sent = await fetch(away).then(() => 'sent', () => 'stopped');
      await new Promise((again) => setTimeout(again, 300));
      return { injected: 'injected' in window, sent, breaches: [...new Set(breaches)].sort() };
    }, strangeUrl);
    expect(ran.injected).toBe(false);
    expect(ran.sent).toBe('stopped');
    expect(ran.breaches).toEqual(expect.arrayContaining(['connect-src', 'script-src-elem', 'script-src-attr', 'style-src-elem']));
  });
});

describe('a sign-in', () => {
  test('of an account that is deactivated ends in all tabs within seconds', async () => {
    const login = await clinic.login('receptionist');
    const page = await newPage();
    await page.goto('/');
    await signIn(page, login, PASS_PHRASE);
    const other = await newTab(page);
    await other.goto('/');
    await other.getByRole('navigation').first().waitFor();
    const { items } = await clinic.admin.get(`/v1/accounts?q=${login}`);
    await clinic.admin.post(`/v1/accounts/${items[0].id}/deactivate`);
    const signInPage = { name: 'Sign in' };
    const arrived = page.getByRole('heading', signInPage).or(page.getByRole('navigation')).first();
    await expect
      .poll(
        async () => {
          await page.reload();
          await arrived.waitFor();
          return page.getByRole('heading', signInPage).isVisible();
        },
        { timeout: 20_000, interval: 1_000 },
      )
      .toBe(true);
    await other.getByRole('heading', signInPage).waitFor();
  });

  test('leaves nothing behind: no token, no name in storage, URL or title', async () => {
    const { login, record } = await clinic.patient({ family_name: 'Unforgettable' });
    const page = await newPage();
    await page.goto('/patient/profile');
    await signIn(page, login, PASS_PHRASE);
    await page.getByText('Unforgettable').first().waitFor();
    const left = async () =>
      page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.title, location.href, document.cookie]));
    expect(await left()).not.toContain('Unforgettable');
    expect(await left()).not.toContain(record.email);
    await page.getByRole('button', { name: /Your account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await left()).not.toContain('Unforgettable');
    await page.goBack();
    expect(await page.getByText('Unforgettable').count()).toBe(0);
  });
});
