import { offline, problemOf } from '~/lib/api/problem';
import type { components } from '~/lib/api/schema';

import { alone, listen, tell } from './channel';

export type Account = components['schemas']['Account'];
export type Me = components['schemas']['Me'];
export type Facility = components['schemas']['Facility'];
export type Role = components['schemas']['Role'];

export interface SessionState {
  /** `locked`: signed out with the screen kept behind the sign-in, so that nothing typed is lost. */
  status: 'starting' | 'out' | 'locked' | 'in';
  /** Why it ended, for the words on the sign-in page. */
  why?: 'asked' | 'idle' | 'ended';
  /** Only ever in memory. */
  token?: string;
  expiresAt?: number;
  me?: Me;
  facility?: Facility;
  /** Sent when the account is a member of several. */
  facilityId?: string;
  roles: Role[];
}

interface Tokens {
  access_token: string;
  expires_in: number;
  account: Account;
}

/** Says only that a cookie may be there, so that a visitor's first page needs no refused question. */
const HINT = 'ambula.signed-in';
const FACILITY = 'ambula.facility';
/** So long before its end a token is renewed. */
const EARLY_MS = 30_000;

class Session {
  state: SessionState = { status: 'starting', roles: [] };
  private listeners = new Set<() => void>();
  private renewing: Promise<boolean> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    listen((message) => {
      if (message.kind === 'token') this.hear(message);
      if (message.kind === 'out') this.end(message.why);
    });
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  read = () => this.state;

  private set(change: Partial<SessionState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  /** Somebody was signed in here before: their screens are likely to be needed. */
  get expected(): boolean {
    return localStorage.getItem(HINT) !== null;
  }

  /** At the start of the page: who was signed in here? */
  async start(): Promise<void> {
    if (this.expected && (await this.renew())) return;
    if (this.state.status === 'starting') this.set({ status: 'out' });
  }

  async signIn(login: string, password: string): Promise<void> {
    const tokens = await this.ask<Tokens>('/v1/auth/sign-in', { login, password, session: 'cookie' });
    await this.take(tokens);
  }

  /** True: there is a good access token now. Many may ask at once, in many tabs; the refresh token is used once. */
  renew(): Promise<boolean> {
    const seen = this.state.token;
    this.renewing ??= alone('ambula-refresh', async () => {
      // Another tab was faster and told us while we waited for our turn.
      if (this.state.token && this.state.token !== seen) return true;
      return this.refresh();
    }).finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async refresh(): Promise<boolean> {
    try {
      await this.take(await this.ask<Tokens>('/v1/auth/refresh', {}));
      return true;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('401')) {
        // The cookie is every tab's: none of them is signed in any more.
        tell({ kind: 'out', why: 'ended' });
        this.end('ended');
      }
      return false;
    }
  }

  private async take(tokens: Tokens): Promise<void> {
    const before = this.state.me?.id;
    if (before && before !== tokens.account.id) {
      // Somebody else now: nothing of the one before may stay in memory.
      localStorage.setItem(HINT, '1');
      location.assign('/');
      return new Promise(() => undefined);
    }
    const expiresAt = Date.now() + tokens.expires_in * 1000;
    localStorage.setItem(HINT, '1');
    this.state = { ...this.state, token: tokens.access_token, expiresAt };
    tell({ kind: 'token', token: tokens.access_token, expiresAt, accountId: tokens.account.id });
    this.schedule();
    await this.learn(tokens.account);
  }

  /** A token that another tab got. */
  private hear(message: { token: string; expiresAt: number; accountId: string }): void {
    if (this.state.me && this.state.me.id !== message.accountId) return location.assign('/');
    if (!this.state.me && this.state.status !== 'locked') {
      // Signed in elsewhere while this tab showed the sign-in page.
      if (this.state.status === 'out') void this.renew();
      return;
    }
    this.set({ token: message.token, expiresAt: message.expiresAt, status: 'in', why: undefined });
    this.schedule();
  }

  /** Who is it, what may they do, and where? */
  private async learn(account: Account): Promise<void> {
    const facilities = account.memberships.map((one) => one.facility_id).filter((id): id is string => Boolean(id));
    const kept = localStorage.getItem(FACILITY);
    const facilityId = facilities.length > 1 ? (facilities.find((id) => id === kept) ?? facilities[0]) : undefined;
    const me = account.must_change_password
      ? { ...account, permissions: [] }
      : await this.ask<Me>('/v1/me', undefined, facilityId);
    const here = facilityId ?? facilities[0];
    let facility: Facility | undefined;
    if (here && !account.must_change_password) {
      facility = me.permissions.includes('facility_read')
        ? await this.ask<Facility>(`/v1/facilities/${here}`, undefined, facilityId)
        : await this.ownFacility(here);
    }
    const roles = account.memberships
      .filter((one) => one.facility_id === here || one.facility_id === null)
      .flatMap((one) => one.roles);
    this.set({ status: 'in', why: undefined, me, facility, facilityId, roles: [...new Set(roles)] });
  }

  private async ownFacility(id: string): Promise<Facility | undefined> {
    const page = await this.ask<{ items: Facility[] }>('/v1/facilities?limit=200');
    return page.items.find((one) => one.id === id);
  }

  /** Another of the account's facilities; every screen starts anew. */
  chooseFacility(id: string): void {
    localStorage.setItem(FACILITY, id);
    location.assign('/');
  }

  /** After the account changed: a new password, a record that was bound. */
  async reload(): Promise<void> {
    await this.renew();
  }

  async signOut(): Promise<void> {
    try {
      if (this.state.token) await this.ask('/v1/auth/sign-out', {}, this.state.facilityId);
    } catch {
      // Ended already, or no line: the tokens of this browser are forgotten in any case.
    }
    tell({ kind: 'out', why: 'asked' });
    this.end('asked');
  }

  /** Nobody was there for long: the sign-in ends, the screen stays behind the sign-in page. */
  async lock(): Promise<void> {
    try {
      await this.ask('/v1/auth/sign-out', {}, this.state.facilityId);
    } catch {
      // As above.
    }
    tell({ kind: 'out', why: 'idle' });
    this.end('idle');
  }

  private end(why: 'asked' | 'idle' | 'ended'): void {
    clearTimeout(this.timer);
    localStorage.removeItem(HINT);
    const wasIn = this.state.status === 'in' || this.state.status === 'locked';
    if (wasIn && why !== 'asked') return this.set({ status: 'locked', why, token: undefined, expiresAt: undefined });
    this.set({ status: 'out', why: wasIn ? why : this.state.why, token: undefined, expiresAt: undefined, me: undefined,
      facility: undefined, facilityId: undefined, roles: [] });
  }

  /** Renews in time, but only while somebody looks: a forgotten tab does not keep a sign-in alive. */
  private schedule(): void {
    clearTimeout(this.timer);
    const inMs = Math.max((this.state.expiresAt ?? 0) - Date.now() - EARLY_MS, 1_000);
    this.timer = setTimeout(() => {
      if (document.visibilityState === 'visible') void this.renew();
    }, inMs);
  }

  /** The few questions that come before there is a client to ask them. */
  private async ask<Body>(path: string, body?: unknown, facilityId?: string): Promise<Body> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (this.state.token && !path.startsWith('/v1/auth/sign-in') && path !== '/v1/auth/refresh') {
      headers.authorization = `Bearer ${this.state.token}`;
    }
    if (facilityId) headers['ambula-facility'] = facilityId;
    const init: RequestInit = { method: body === undefined ? 'GET' : 'POST', headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    let response: Response;
    try {
      response = await fetch(path, init);
    } catch {
      throw offline();
    }
    if (!response.ok) throw await problemOf(response);
    return (response.status === 204 ? undefined : await response.json()) as Body;
  }
}

export const session = new Session();
