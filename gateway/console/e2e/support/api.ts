import { randomUUID } from 'node:crypto';

import { password, url } from './environment';

const TOKEN_MS = 240_000; // a token lives for five minutes, a test file on a busy machine for longer

/** What a test prepares behind the screens, through the public API. */
export class Person {
  private signedInAt = Date.now();

  private constructor(
    private readonly login: string,
    private readonly secret: string,
    private token: string,
    readonly account: Record<string, any>,
  ) {}

  static async signIn(login: string, secret = password): Promise<Person> {
    const body = await call('POST', '/v1/auth/sign-in', { login, password: secret });
    return new Person(login, secret, body.access_token as string, body.account as Record<string, any>);
  }

  private async fresh(): Promise<string> {
    if (Date.now() - this.signedInAt > TOKEN_MS) {
      this.token = (await call('POST', '/v1/auth/sign-in', { login: this.login, password: this.secret })).access_token as string;
      this.signedInAt = Date.now();
    }
    return this.token;
  }

  get = async (path: string) => call('GET', path, undefined, await this.fresh());
  post = async (path: string, body: unknown = {}) => call('POST', path, body, await this.fresh());
  async put(path: string, body: unknown): Promise<any> {
    const token = await this.fresh();
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
    return call('PUT', path, body, token, { 'if-match': response.headers.get('etag') ?? '' });
  }
  async patch(path: string, body: unknown): Promise<any> {
    const { version } = await this.get(path);
    return call('PATCH', path, body, await this.fresh(), { 'if-match': `"v${version}"` });
  }
}

const DEADLINE_MS = 60_000;

/** Answers the body; waits while a neighbour has not heard of a fresh record yet. */
async function call(method: string, path: string, body?: unknown, token?: string, more: Record<string, string> = {}): Promise<any> {
  const headers: Record<string, string> = {
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', ...more,
  };
  if (token) headers.authorization = `Bearer ${token}`;
  if (method === 'POST' && token) headers['idempotency-key'] = randomUUID();
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await fetch(url + path, init);
    const text = await response.text();
    if (response.ok) return text ? JSON.parse(text) : undefined;
    if (![429, 503].includes(response.status) || Date.now() > end) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    await new Promise((again) => setTimeout(again, 200));
  }
}

/** A patient of record that no other test has. */
export async function newPatient(reception: Person, fields: Record<string, unknown> = {}): Promise<Record<string, any>> {
  const tail = randomUUID().slice(0, 8);
  return reception.post('/v1/patients', {
    given_name: 'Jörna', family_name: `Sample ${tail}`, birth_date: '1985-04-03', sex: 'FEMALE',
    email: `${tail}@patients.example`, ...fields,
  });
}
