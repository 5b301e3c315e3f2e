import type { Schema } from '~/lib/api/client';

export type Account = Schema<'Account'>;
export type Membership = Schema<'Membership'>;
export type Role = Schema<'Role'>;

/** What is given by hand; a patient's role comes with the binding, an integrator's with its client. */
export const STAFF_ROLES = ['admin', 'receptionist', 'nurse', 'doctor', 'pharmacist', 'auditor'] as const satisfies readonly Role[];

const isStaffRole = (role: Role) => (STAFF_ROLES as readonly Role[]).includes(role);

export function rolesIn(memberships: readonly Membership[], facilityId: string): Role[] {
  return memberships.find((one) => one.facility_id === facilityId)?.roles.filter(isStaffRole) ?? [];
}

export const ofInstallation = (memberships: readonly Membership[]) => memberships.some((one) => one.facility_id === null);

/** The memberships with other staff roles in one facility; everything else of the account stays as it is. */
export function withRoles(memberships: readonly Membership[], facilityId: string, roles: readonly Role[], installation: boolean): Membership[] {
  const here = memberships.find((one) => one.facility_id === facilityId);
  const kept = here?.roles.filter((role) => !isStaffRole(role)) ?? [];
  const own = [...kept, ...roles];
  return [
    ...memberships.filter((one) => one.facility_id !== facilityId && one.facility_id !== null),
    ...(own.length > 0 ? [{ facility_id: facilityId, roles: own }] : []),
    ...(installation ? [{ facility_id: null, roles: ['installation_admin' as const] }] : []),
  ];
}
