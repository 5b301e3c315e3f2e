import { session } from '~/lib/session/session';

import { offline, problemOf, retryAfter } from './problem';
import { reach } from './reach';

/** How often, and how long at most between two tries, what may be repeated is asked again. */
const TRIES = 3;
const LONGEST_PAUSE_MS = 3_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function prepared(request: Request): Request {
  const fresh = new Request(request.clone());
  const { token, facilityId } = session.state;
  if (token) fresh.headers.set('authorization', `Bearer ${token}`);
  if (token && facilityId) fresh.headers.set('ambula-facility', facilityId);
  return fresh;
}

/** Reads, and commands with a key, act once however often they are sent. */
function repeatable(request: Request): boolean {
  return request.method === 'GET' || request.headers.has('idempotency-key');
}

/** "Too busy", "not yet known here", "your first try is still running". */
async function passesSoon(response: Response): Promise<boolean> {
  if (response.status === 429 || response.status === 503) return (retryAfter(response) ?? 1) * 1000 <= LONGEST_PAUSE_MS;
  return response.status === 409 && (await problemOf(response.clone())).code === 'idempotency-busy';
}

/**
 * The one way to the gateway: signs in again silently when the access token has ended, repeats what may be repeated, and turns
 * a dead line into a problem like any other.
 */
export async function send(request: Request): Promise<Response> {
  let renewed = false;
  for (let attempt = 1; ; ++attempt) {
    let response: Response;
    try {
      response = await fetch(prepared(request));
      reach.tell(true);
    } catch (error) {
      if (request.signal.aborted) throw error;
      if (attempt >= TRIES || !repeatable(request)) {
        reach.tell(false);
        throw offline();
      }
      await pause(300 * attempt);
      continue;
    }
    if (response.status === 401 && session.state.token && !renewed) {
      renewed = true;
      if (await session.renew()) continue;
      return response;
    }
    if (attempt >= TRIES || !repeatable(request) || !(await passesSoon(response))) return response;
    await pause(Math.min((retryAfter(response) ?? 0.3) * 1000, LONGEST_PAUSE_MS));
  }
}
