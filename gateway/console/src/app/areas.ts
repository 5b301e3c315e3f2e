import { administration } from '~/roles/administration/area';
import { doctor } from '~/roles/doctor/area';
import { nurse } from '~/roles/nurse/area';
import { patient } from '~/roles/patient/area';
import { pharmacy } from '~/roles/pharmacy/area';
import { reception } from '~/roles/reception/area';

import { hasRole } from '~/lib/session/useSession';
import type { SessionState } from '~/lib/session/session';
import type { Area } from './area';

/** In the order of the navigation. */
export const areas: readonly Area[] = [reception, nurse, doctor, pharmacy, administration, patient];

export function areasOf(state: SessionState): Area[] {
  return areas.filter((area) => hasRole(state, ...area.roles));
}

/** The area that a path belongs to: `/reception/day` is reception's. */
export function areaOfPath(path: string): Area | undefined {
  return areas.find((area) => path === area.home || path.startsWith(`/${area.name}/`) || path === `/${area.name}`);
}
