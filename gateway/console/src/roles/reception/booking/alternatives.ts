import type { ApiError } from '~/lib/api/problem';

import type { Slot } from '../visits';

/** The times that a refusal offers instead. */
export function alternativesOf(error: ApiError): Slot[] {
  const offered = error.body.alternatives;
  return Array.isArray(offered) ? (offered as Slot[]) : [];
}
