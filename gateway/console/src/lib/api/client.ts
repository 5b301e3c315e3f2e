import createClient, { type ClientMethod } from 'openapi-fetch';

import { problemOf } from './problem';
import type { components, paths } from './schema';
import { send } from './transport';

/** `Schema<'Patient'>`: the names of the OpenAPI document. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

const client = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? 'http://localhost',
  fetch: send,
  bodySerializer: (body) => JSON.stringify(body),
});
client.use({
  onRequest({ request }) {
    // The contract: what changes a part of a record is a merge patch.
    if (request.method === 'PATCH') request.headers.set('content-type', 'application/merge-patch+json');
    return request;
  },
});

/** `ok(api.GET('/v1/…', …))`: the body, or an ApiError. */
export const api = client;

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** CSV, where a path has it, is for `download`: here is what was read as JSON. */
export async function ok<Data>(answer: Promise<Answer<Data>>): Promise<Exclude<Data, undefined | string>> {
  const { data, error, response } = await answer;
  if (!response.ok || error !== undefined) throw await problemOfParsed(response, error);
  return data as Exclude<Data, undefined | string>;
}

async function problemOfParsed(response: Response, error: unknown) {
  // The body was read already; it is given back to the one place that understands it.
  return problemOf(new Response(JSON.stringify(error ?? {}), { status: response.status, headers: response.headers }));
}

/** The header of a change to what was read as this version. */
export const ifMatch = (record: { version: number }) => ({ 'If-Match': `"v${record.version}"` });

export const newKey = () => ({ 'Idempotency-Key': crypto.randomUUID() });

export type { ClientMethod };

interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** Every page of a list that is known to be small, with a bound that is told when it is reached. */
export async function all<Item>(read: (cursor: string | undefined) => Promise<Page<Item>>, limit = 1000): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor && items.length < limit);
  return items;
}

/** A file of the API (CSV) to the person's disk. */
export async function download(path: string, name: string): Promise<void> {
  save(URL.createObjectURL(await fetchBlob(path)), name);
}

/** Opens a paper (PDF) in a tab of its own, to be looked at and printed; on the disk where the browser opens no tab. */
export async function openFile(path: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await fetchBlob(path));
  if (!window.open(url, '_blank')) return save(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export async function fetchBlob(path: string): Promise<Blob> {
  const response = await send(new Request(new URL(path, location.origin)));
  if (!response.ok) throw await problemOf(response);
  return response.blob();
}
